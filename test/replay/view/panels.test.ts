/** Panels on a program whose every address, register and page table entry is known. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import type { CodeLine, RegisterPage, RegisterView } from '../../../src/replay/view/view.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { FIRMWARE, goTo, openFirmware } from './support/opened.js';
import {
  ABSENT,
  DIRECTORY,
  LARGE,
  NOWHERE,
  PAGED,
  READ_ONLY,
  STACK,
  TABLE,
  UNMAPPED,
  VIDEO,
} from './support/paged.js';

let debug: Debugger;
beforeAll(async () => {
  await ready();
  debug = openFirmware('pc', PAGED, 40_000);
});

const address = (name: string): number => debug.symbols.address(name)!;

function codeAt(name: string, rows = 18, syntax: 'intel' | 'att' = 'intel'): readonly CodeLine[] {
  goTo(debug, name);
  return viewOf(debug, { code: { rows, syntax } }).code!;
}

function registersAt(name: string, page: RegisterPage): (register: string) => RegisterView {
  goTo(debug, name);
  const rows = viewOf(debug, { registers: page }).registers!;
  return (register) => rows.find((row) => row.name === register)!;
}

const texts = (lines: readonly CodeLine[]) => lines.map(({ text }) => text);

describe('code', () => {
  it('is what was assembled, before and behind', () => {
    const lines = codeAt('near_function.within', 9);
    expect(texts(lines)).toEqual([
      'push bp',
      'mov bp,sp',
      'add ax,1',
      'pop bp',
      'ret',
      // Data: "Hello, view!"
      'dec ax',
      'insb',
      'insb',
      'outsw',
    ]);
    expect(lines.map(({ label }) => label)).toEqual([
      'near_function',
      ...[undefined, undefined],
      'near_function.within',
      undefined,
      'greeting',
      ...[undefined, undefined, undefined],
    ]);
    expect(lines[3]).toMatchObject({
      here: true,
      previous: false,
      address: address('near_function.within'),
      bytes: '5d',
    });
    expect(lines.map(({ previous }) => previous).indexOf(true)).toBe(2);
  });

  it('is in both syntaxes', () => {
    expect(codeAt('inner', 3).at(1)!.text).toBe('mov eax,[ebp+8]');
    expect(codeAt('inner', 3, 'att').at(1)!.text).toBe('mov 8(%ebp),%eax');
  });

  it('names what is called, where the segment does not begin at 0, too', () => {
    expect(codeAt('real', 6).find(({ here }) => here)!.about).toBe('near_function');
    expect(codeAt('moved', 6).map(({ about }) => about)).toContain('outer');
  });

  it('tells where jumps lead, and what instructions took', () => {
    const lines = codeAt('count', 6);
    const here = lines.findIndex((line) => line.here);
    expect(lines[here + 1]).toMatchObject({
      text: expect.stringContaining('jmp'),
      jumpsTo: here,
      about: 'count',
    });
    // In no time before: nothing of it was executed yet.
    expect(lines[here + 1]!.clocks).toBeUndefined();
    const before = debug.clock;
    debug.step('back');
    expect(lines[here - 1]!.clocks).toBe(before - debug.clock);
  });

  it('shows other places, and breakpoints', () => {
    goTo(debug, 'count');
    const found = debug.breakpoints.add({ kind: 'execute', address: address('inner') }, 'break inner');
    const lines = viewOf(debug, { code: { rows: 6, syntax: 'intel', at: 'inner' } }).code!;
    expect(lines[2]).toMatchObject({ label: 'inner', breakpoint: found.number, here: false });
    expect(viewOf(debug, {}).breakpoints).toEqual([
      { number: found.number, text: 'break inner', enabled: true, address: address('inner') },
    ]);
    debug.breakpoints.clear();
  });

  it('says so where there is none', () => {
    goTo(debug, 'count');
    const at = (text: string) => viewOf(debug, { code: { rows: 6, syntax: 'intel', at: text } }).code!;
    expect(texts(at(`0x${UNMAPPED.toString(16)}`))).toEqual(['(no memory)']);
    expect(texts(at('no such'))[0]).toMatch(/at column/);
  });
});

describe('registers', () => {
  it('say what they point to', () => {
    const row = registersAt('inner.read', 'main');
    expect(row('eax')).toMatchObject({ value: hex(address('greeting')), changed: true, note: 'greeting' });
    expect(row('ebp')).toMatchObject({ value: hex(STACK - 12), note: 'stack+4h', changed: false });
    expect(row('eip')).toMatchObject({ note: 'inner.read', changed: true });
    expect(row('cs')).toMatchObject({ value: '0008', note: 'base 00000000' });
  });

  it('point into their segments in 16-bit code', () => {
    const row = registersAt('returned', 'main');
    // DS:SI is a text that begins with a symbol, and DX no address of anything.
    expect(row('esi')).toMatchObject({ value: hex(address('greeting') - FIRMWARE) });
    expect(row('edx').note).toBeUndefined();
    expect(row('ss').note).toBe('base 00020000');
  });

  it('of segments are decoded', () => {
    const row = registersAt('paged', 'segments');
    expect(row('cs')).toMatchObject({
      value: '0008 base 00000000 limit ffffffff',
      note: '32-bit code, read and execute, DPL 0, accessed, limit in pages',
    });
    expect(row('ss').note).toMatch(/^32-bit data, read and write/);
    expect(registersAt('real', 'segments')('cs').value).toBe('f000 base 000f0000 limit 0000ffff');
  });

  it('that control are decoded', () => {
    const row = registersAt('paged', 'control');
    expect(row('cr0')).toMatchObject({ changed: true, note: expect.stringMatching(/PE.*WP.*PG/) });
    expect(row('cr3').note).toBe(`directory at ${hex(DIRECTORY)}`);
    expect(row('cr4').note).toBe('PSE');
    expect(row('gdtr').value).toBe(`base ${hex(address('gdt'))} limit 0017`);
    expect(row('a20').value).toBe('open');
    expect(row('cr3').changed).toBe(false);
  });

  it('of the x87 are numbers', () => {
    const row = registersAt('numbers', 'x87');
    expect(row('st0')).toMatchObject({ value: '0000 0000000000000000 0', note: 'R5 zero', changed: true });
    expect(row('st1')).toMatchObject({ value: 'bfff 8000000000000000 -1', note: 'R6 valid' });
    // Pi, rounded to 64 bits.
    expect(row('st2')).toMatchObject({ value: `4000 c90fdaa22168c235 ${Math.PI}`, note: 'R7 valid' });
    expect(row('st3').note).toBe('R0 empty');
    expect(row('control').note).toBe('64 bits, nearest, masked: IE DE ZE OE UE PE');
    expect(row('status').note).toBe('TOP 5');
  });

  it('that are not there are said not to be', () => {
    expect(registersAt('paged', 'sse')('sse').value).toBe('none');
  });
});

describe('memory', () => {
  const memoryAt = (place: string, at: string, physical = false) => {
    goTo(debug, place);
    return viewOf(debug, { memory: { at, rows: 1, physical } }).memory!;
  };

  it('is marked where it has changed', () => {
    expect(memoryAt('one_byte', '0x6003')).toEqual({
      at: 0x6003,
      lines: [{ address: 0x6000, bytes: [0x44, 0x55, 0x22, 0x11, ...new Array(12).fill(0)], changed: [1] }],
    });
    // The same bytes by another mapping.
    expect(memoryAt('one_byte', `0x${(LARGE.linear + 0x6000).toString(16)}`).lines[0]!.changed).toEqual([1]);
    expect(memoryAt('one_byte', '0x6000', true).lines[0]!.changed).toEqual([1]);
    expect(memoryAt('written', '0x6000').lines[0]!.changed).toEqual([]);
  });

  it('follows registers by their segments', () => {
    expect(memoryAt('near_function.within', 'sp').at).toBe(0x20000 + 0x100 - 4);
    expect(memoryAt('near_function.within', 'si').at).toBe(address('greeting'));
    expect(memoryAt('near_function.within', 'ip').at).toBe(address('near_function.within'));
    expect(memoryAt('near_function.within', 'ss: sp + 2').at).toBe(0x20000 + 0x100 - 2);
    expect(memoryAt('near_function.within', 'ss').at).toBe(0x20000);
    expect(memoryAt('count', 'greeting').at).toBe(address('greeting'));
  });

  it('has gaps where no page is, or a device', () => {
    const none = new Array(16).fill(undefined);
    for (const { linear } of [{ linear: ABSENT }, NOWHERE, VIDEO]) {
      expect(memoryAt('count', `0x${linear.toString(16)}`).lines[0]!.bytes).toEqual(none);
    }
    expect(memoryAt('count', 'edx +')).toEqual({ lines: [], error: expect.stringMatching(/column/) });
    expect(memoryAt('count', `[0x${ABSENT.toString(16)}]`)).toEqual({ lines: [], error: 'no value here' });
  });
});

describe('the stack', () => {
  it('is read from where it is in 16-bit code', () => {
    goTo(debug, 'near_function.within');
    const { stack, frames } = viewOf(debug, { stack: { rows: 2 } });
    expect(stack).toEqual([
      { address: 0x200fc, value: '0000', note: '<- bp' },
      { address: 0x200fe, value: hex(address('returned') - FIRMWARE, 4), note: 'returns to returned' },
    ]);
    expect(frames!.map(({ pc }) => pc)).toEqual([address('near_function.within'), address('returned')]);
  });

  it('tells return addresses and pointers', () => {
    goTo(debug, 'inner.read');
    const { stack, frames } = viewOf(debug, { stack: { rows: 4 } });
    expect(stack!.map(({ note }) => note)).toEqual([
      'returns to outer.back',
      '<- ebp',
      expect.stringMatching(/^returns to moved/),
      'greeting',
    ]);
    expect(stack!.map((line) => line.address)).toEqual([16, 12, 8, 4].map((below) => STACK - below));
    expect(frames![0]).toEqual({ pc: address('inner.read'), name: 'inner.read', certain: true });
    expect(frames![1]!.pc).toBe(address('outer.back'));
  });
});

describe('the walk of an address', () => {
  const walk = (linear: number) => {
    goTo(debug, 'count');
    return viewOf(debug, { pages: { of: `0x${linear.toString(16)}` } }).pages!;
  };
  const rights = (linear: number) => walk(linear).find(({ level }) => level === 'rights')!.text;

  it('goes through two tables', () => {
    expect(walk(READ_ONLY.linear + 0x123)).toEqual([
      { level: 'linear', address: READ_ONLY.linear + 0x123, text: '' },
      { level: 'CR3', entry: hex(DIRECTORY), text: `page directory at ${hex(DIRECTORY)}` },
      // Accessed, by the program's own accesses.
      {
        level: 'PDE',
        address: DIRECTORY,
        entry: hex(TABLE + 0x27),
        text: `page table at ${hex(TABLE)} P W U A`,
      },
      {
        level: 'PTE',
        address: TABLE + 0xc00,
        entry: hex(READ_ONLY.physical + 5),
        text: 'page at 00080000 P U',
      },
      { level: 'physical', address: READ_ONLY.physical + 0x123, text: 'RAM' },
      { level: 'rights', text: 'supervisor: read; user: read' },
    ]);
  });

  it('ends where nothing is present', () => {
    expect(
      walk(ABSENT)
        .map(({ level, text }) => `${level} ${text}`)
        .slice(2),
    ).toEqual([`PDE page table at ${hex(TABLE)} P W U A`, 'PTE not present']);
    expect(walk(UNMAPPED).at(-1)).toEqual({
      level: 'PDE',
      address: DIRECTORY + 0x800,
      entry: '00000000',
      text: 'not present',
    });
  });

  it('knows large pages, and what is at the other end', () => {
    const large = walk(LARGE.linear + 0x12345);
    expect(large[2]).toMatchObject({ level: 'PDE', text: '4 MiB page at 00000000 P W PS' });
    expect(large[3]).toMatchObject({ level: 'physical', address: 0x12345, text: 'RAM' });
    expect(rights(LARGE.linear)).toBe('supervisor: read and write; user: nothing');
    expect(walk(VIDEO.linear).find(({ level }) => level === 'physical')!.text).toBe("a device's memory");
    expect(walk(NOWHERE.linear).find(({ level }) => level === 'physical')!.text).toBe('nothing');
    expect(walk(FIRMWARE).find(({ level }) => level === 'physical')!.text).toBe('ROM');
  });

  it('is short without paging', () => {
    goTo(debug, 'real');
    expect(viewOf(debug, { pages: {} }).pages!.map(({ level }) => level)).toEqual([
      'linear',
      'paging',
      'physical',
    ]);
    goTo(debug, 'fill');
    expect(viewOf(debug, { pages: {} }).pages![1]!.text).toBe('paging is off');
  });
});

describe('the position', () => {
  it('says in which mode the processor is', () => {
    const at = (name: string) => {
      goTo(debug, name);
      return viewOf(debug, {}).position;
    };
    expect(at('real')).toMatchObject({ mode: 'real', at: 'real', halted: false });
    expect(at('real').logical).toBe(`f000:${hex(address('real') - FIRMWARE, 4)}`);
    expect(at('paged')).toMatchObject({
      mode: 'protected 32, ring 0',
      logical: `0008:${hex(address('paged'))}`,
    });
    expect(at('count').clock).toBe(debug.clock);
    expect(at('count').checkpoints).toContain(0);
  });
});

describe('devices', () => {
  it('are the fields of their state', () => {
    goTo(debug, 'one_byte');
    const { devices } = viewOf(debug, { devices: { name: 'cpu' } });
    const field = (name: string) => devices!.fields.find((one) => one.name === name)!;
    expect(devices!.names).toEqual(expect.arrayContaining(['cpu', 'schedule', 'pic1', 'vga']));
    expect(field('eip')).toEqual({ name: 'eip', value: hex(address('one_byte')), changed: true });
    expect(field('selector')).toMatchObject({
      value: '[0010 0008 0010 0010 0000 0000 0000 0000]'.replace(/(\w+)/g, '0000$1'),
      changed: false,
    });
    expect(field('clock')).toMatchObject({ value: String(debug.clock), changed: true });
    expect(viewOf(debug, { devices: { name: 'no such' } }).devices!.fields).toEqual([]);
  });
});

describe('watches', () => {
  it('are values, or why there are none', () => {
    goTo(debug, 'written');
    const watches = ['ebx', 'byte[ebx]', '[0x80000000]', 'no such'];
    expect(viewOf(debug, { watches }).watches!.map(({ value }) => value)).toEqual([
      '24576 (6000h)',
      '68 (44h)',
      'no value here',
      expect.stringMatching(/column/),
    ]);
  });
});

const hex = (value: number, digits = 8): string => value.toString(16).padStart(digits, '0');
