/** The debugger on the demo's recording: moves against a walk step by step, and commands as a user types them. */
import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { COMMANDS, CommandError, runCommand } from '../../../src/replay/debug/commands/index.js';
import { type Arrival, Debugger, type Move } from '../../../src/replay/debug/debugger.js';
import { stepOver } from '../../../src/replay/debug/stepping.js';
import { bundledSymbols } from '../../../src/replay/guest/bundledSymbols.js';
import { ready } from '../../../src/replay/ready.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};

let debug: Debugger;

beforeAll(async () => {
  await ready();
  const trace = Trace.open(memorySource(new Uint8Array(readFileSync(FILE))));
  debug = new Debugger(new Timeline(trace, boards), bundledSymbols(trace));
});
beforeEach(() => debug.breakpoints.clear());

function go(move: Move): Arrival {
  for (;;) {
    const { done, value } = move.next();
    if (done) return value as Arrival;
  }
}

function say(line: string): string {
  const run = runCommand(debug, line);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value as string;
  }
}

describe('moves', () => {
  it('go to a count of instructions, from either side', () => {
    const half = Math.floor(64_434_744 / 2);
    for (const count of [half, half + 1000, half - 1000, half - 999]) {
      expect(go(debug.seekRetired(count)).reason).toBe('arrived');
      expect(debug.retired).toBe(count);
    }
  });

  it('stop at both ends, and stay possible', () => {
    expect(go(debug.run('forward')).reason).toBe('end');
    expect(debug.clock).toBe(debug.end);
    expect(debug.step('forward').reason).toBe('end');
    expect(go(debug.run('back')).reason).toBe('beginning');
    expect(debug.clock).toBe(0);
    expect(debug.step('back').reason).toBe('beginning');
    expect(debug.step('forward').reason).toBe('arrived');
  });

  it('over calls and interrupts stay in their function, and are undone by those back', () => {
    say('seek end');
    say('reverse-find PANIC');
    const { pc, stack } = debug.registers;
    let over = 0;
    for (let n = 0; n < 200; n++) {
      const [clock, top] = [debug.clock, stack()];
      const instruction = debug.instruction()!;
      if (go(stepOver(debug, 'forward')).reason === 'end') break;
      if (instruction.flow !== 'call') continue;
      over++;
      expect([pc(), stack()]).toEqual([instruction.address + instruction.bytes.length, top]);
      const behind = debug.clock;
      expect(go(stepOver(debug, 'back')).reason).toBe('arrived');
      expect(debug.clock).toBe(clock);
      go(debug.seek(behind));
    }
    expect(over).toBeGreaterThan(5);
  });

  it('over an interrupt lead from the instruction behind it to the one it came behind, and back', () => {
    // As `bisect` tells of this trace: the store that lost updates was interrupted, and went on at this clock.
    go(debug.seek(182_270_361));
    expect(debug.instruction()!.text).toBe('mov [1003ECh],eax');
    expect(go(stepOver(debug, 'back')).reason).toBe('arrived');
    expect(debug.instruction()!.text).toBe('inc eax');
    // The interrupt was delivered at clock 182069872.
    expect(debug.clock).toBeLessThan(182_069_872);
    expect(debug.clock).toBeGreaterThan(182_069_800);
    expect(go(stepOver(debug, 'forward')).reason).toBe('arrived');
    expect(debug.clock).toBe(182_270_361);
  });

  it('that are given up leave a place up to which nothing was missed', () => {
    go(debug.seek(debug.end));
    const search = debug.find('back', { condition: () => debug.clock < 1000 });
    for (let n = 0; n < 6; n++) search.next();
    search.return({ reason: 'arrived', met: [], hits: [] });
    expect(debug.clock).toBeGreaterThan(0);
    expect(debug.clock).toBeLessThan(debug.end);
    const hash = debug.timeline.stateHash();
    go(debug.seek(debug.clock - 12345));
    expect(debug.timeline.stateHash()).not.toBe(hash);
  });
});

it('a breakpoint whose condition does not hold is not told of, beside one that has none', () => {
  go(debug.seek(debug.end - 1_000_000));
  for (let n = 0; n < 20; n++) debug.step('forward');
  const address = debug.pc;
  go(debug.seek(debug.end - 1_000_000));
  debug.breakpoints.add({ kind: 'execute', address }, 'never', { source: '0', holds: () => false });
  const always = debug.breakpoints.add({ kind: 'execute', address }, 'always');
  expect(go(debug.run('forward'))).toMatchObject({ reason: 'breakpoint', met: [always] });
  go(debug.seek(debug.end));
  expect(go(debug.run('back'))).toMatchObject({ reason: 'breakpoint', met: [always] });
});

it('a step over is no breakpoint because one is there whose condition does not hold', () => {
  say('seek end');
  say('reverse-find PANIC');
  while (debug.instruction()!.flow !== 'call') say('step');
  const { address, bytes } = debug.instruction()!;
  const next = address + bytes.length;
  debug.breakpoints.add({ kind: 'execute', address: next }, 'never', { source: '0', holds: () => false });
  expect(go(stepOver(debug, 'forward'))).toMatchObject({ reason: 'arrived', met: [] });
  expect(debug.pc).toBe(next);
});

describe('commands', () => {
  it('lead from the failure back to its cause', () => {
    say('seek end');
    expect(say('reverse-find "lost update"')).toContain('clock');
    expect(say('print counter')).toMatch(/^\d+ \([0-9a-f]+h\)$/);
    say('who counter');
    const writer = debug.instruction()!;
    expect(writer.about).toBe('counter');
    const before = say('print counter');
    say('step');
    expect(say('print counter')).not.toBe(before);
  });

  it('find what appears on the screen, from either side', () => {
    say('seek 20%');
    say('find screen tick 1002');
    const shown = debug.clock;
    expect(say('screen')).toContain('tick 1002');
    say('reverse-step');
    expect(say('screen')).not.toContain('tick 1002');
    say('seek end');
    say('reverse-find screen tick 1002');
    expect(say('screen')).not.toContain('tick 1002');
    say('step');
    expect(debug.clock).toBe(shown);
  });

  it('that find nothing say so, and stay', () => {
    say('seek 50%');
    const { clock } = debug;
    for (const line of [
      'find nowhere to be seen',
      'reverse-find "PANIC"',
      'previous-event mouse',
      'find screen xyzzy',
    ]) {
      expect(() => say(line)).toThrow(CommandError);
      expect(debug.clock).toBe(clock);
    }
  });

  it('tell what they met, and not what others did', () => {
    say('seek end');
    expect(say('who counter')).toContain('write of 4 bytes');
    expect(say('seek 50%')).not.toContain('write');
  });

  it('set breakpoints of every kind, list and delete them', () => {
    say('seek 50%');
    expect(say('break 0x100000 if eax == 1')).toBe(
      '1: break 0x100000 at 00100000h if eax == 1'.replace('1:', `${first()}:`),
    );
    say('watch counter');
    say('catch interrupt 0x20');
    say('catch exception');
    say('catch port 0x20-0x21');
    say('catch cr3');
    say('catch serial');
    expect(say('breakpoints').split('\n')).toHaveLength(7);
    say(`disable ${first()}`);
    expect(say('bl')).toContain('(disabled)');
    say('delete');
    expect(say('bl')).toBe('no breakpoints');
  });

  it('say what was deleted, by number, range or all', () => {
    for (const at of [1, 2, 3, 4, 5]) say(`break ${at}`);
    const one = first();
    expect(say(`delete ${one + 1}-${one + 2}`)).toBe('2 breakpoints deleted');
    expect(say(`delete ${one}`)).toBe(`breakpoint ${one} deleted`);
    expect(say('info breakpoints').split('\n')).toHaveLength(2);
    expect(say('delete')).toBe('2 breakpoints deleted');
    expect(say('i b')).toBe('no breakpoints');
    expect(() => say('delete 1-x')).toThrow(/^there is no breakpoint 1-x$/);
  });

  it('take what users of gdb write', () => {
    say('seek 60%');
    expect(say('print $eax')).toBe(say('print eax'));
    expect(say('i r')).toBe(say('registers'));
    expect(say('watch *0x1003ec')).toMatch(/ at 001003ech$/);
    expect(say('info watchpoints').split('\n')).toHaveLength(1);
    expect(() => say('watch 0x1003ec')).toThrow('watch dword[1003ech]');
    expect(() => say('watch $eax')).toThrow('watch dword[$eax]');
    expect(() => say('set eax=1')).toThrow('poke eax=1');
    say('delete');
  });

  it('stop once at what is temporary', () => {
    say('seek 60%');
    say(`tbreak ${debug.symbols.address('worker.store')}`);
    say('break 0');
    say('continue');
    expect(debug.pc).toBe(debug.symbols.address('worker.store'));
    expect(debug.breakpoints.all).toHaveLength(1);
    say('delete');
  });

  it('tell what a write changed, and what made something true', () => {
    say('seek end');
    const after = debug.expression('counter').value()!;
    const line = say('who counter').split('\n')[0];
    const before = debug.expression('counter').value()!;
    expect(line).toMatch(/^counter: ([0-9a-f]+)h -> ([0-9a-f]+)h by the next instruction, not executed yet$/);
    expect(line!.match(/[0-9a-f]+(?=h )/g)!.map((digits) => BigInt(`0x${digits}`))).toEqual([before, after]);
    say('step');
    expect(debug.expression('counter').value()).toBe(after);
    const made = say('bisect counter >= 1000').split('\n')[0]!;
    expect(debug.expression('counter').value()).toBe(1000n);
    expect(made).toMatch(/^counter 3e7h -> 3e8h, behind mov \[/);
  });

  it('stop at a watched variable, forwards behind the write and backwards before it', () => {
    say('seek 60%');
    say('watch counter');
    const value = Number(debug.expression('counter').value());
    say('continue');
    const after = Number(debug.expression('counter').value());
    expect(after).not.toBe(value);
    say('reverse-continue');
    expect(Number(debug.expression('counter').value())).toBe(value);
    expect(debug.instruction()!.about).toBe('counter');
  });

  it('leave a function, and go back to its call', () => {
    say('seek end');
    say('reverse-find PANIC');
    while (debug.instruction()!.flow !== 'call') say('step');
    const call = debug.clock;
    const { address, bytes } = debug.instruction()!;
    say('step');
    expect(say('backtrace').split('\n')[1]).toContain((address + bytes.length).toString(16));
    say('step 3');
    say('reverse-finish');
    expect(debug.clock).toBe(call);
    say('step');
    say('finish');
    expect(debug.pc).toBe(address + bytes.length);
  });

  it('remember positions', () => {
    say('seek 30%');
    const { clock } = debug;
    say('mark here');
    say('seek 1.5s');
    expect(debug.clock).not.toBe(clock);
    say('seek here');
    expect(debug.clock).toBe(clock);
    expect(say('marks')).toContain('here');
    expect(say('mark')).toBe(say('marks'));
    expect(() => say('mark end')).toThrow('is a position already');
    say('unmark here');
    expect(say('marks')).toBe('no marks');
  });

  it('show registers, memory, code, devices, the screen and events', () => {
    say('seek 60%');
    expect(say('registers')).toContain('eip');
    expect(say('x/16 0x100000')).toMatch(/^00100000h {2}([0-9a-f]{2} ){16}/);
    expect(say('disassemble/4').split('\n')).toHaveLength(4);
    expect(say('info devices')).toContain('pic1');
    expect(say('info devices pic1')).toContain('imr');
    expect(say('screen')).toContain('racer');
    expect(say('events 5').split('\n')).toHaveLength(5);
    expect(say('where')).toContain('clock');
    const [, clock, count, seconds] = /^clock (\d+) of \d+, (i:\d+), ([\d.]+s), 60\.00%$/.exec(say('when'))!;
    expect(Number(clock)).toBe(debug.clock);
    const here = debug.clock;
    for (const place of [clock!, count!]) {
      say('seek 10%');
      say(`seek ${place}`);
      expect(debug.clock).toBe(here);
    }
    say(`seek ${seconds}`);
    expect(Math.abs(debug.clock - here)).toBeLessThan(200);
    say(`seek ${here}`);
  });

  it.each([
    ['seek nowhere', /no position/],
    ['frobnicate', /no command/],
    ['break', undefined],
    ['break nosuchsymbol', /nosuchsymbol/],
    ['watch eax', /only memory is watched/],
    ['catch fish', /catch knows/],
    ['catch interrupt 0x120', /no vector/],
    ['print', /expression is missing/],
    ['who disk hdz 3', /no disk/],
    ['delete 99', /no breakpoint/],
    ['unmark x', /no mark/],
    ['step many', /no number/],
  ])('%s is answered in a line', (line, message) => {
    if (!message) expect(() => say(line)).not.toThrow();
    else {
      expect(() => say(line)).toThrow(message);
      expect(() => say(line)).toThrow(CommandError);
    }
  });

  it('are all in the help, and have names of their own', () => {
    const help = say('help');
    const names = COMMANDS.flatMap((command) => command.names);
    expect(new Set(names).size).toBe(names.length);
    for (const {
      names: [name],
    } of COMMANDS)
      expect(help).toContain(name);
  });
});

const first = (): number => debug.breakpoints.all[0]!.number;
