/**
 * Call stacks: of small programs whose callers are known by their labels, in every kind of code; of the demo's
 * recording, against a list of calls kept on the way; and of garbage.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cr0, Seg, slot } from '../../../src/core/cpu/ia32/state.js';
import type { Machine } from '../../../src/core/machine.js';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';
import { bundledSymbols } from '../../../src/replay/guest/bundledSymbols.js';
import { callStack, type Frame } from '../../../src/replay/guest/callStack.js';
import { instructionAt } from '../../../src/replay/guest/code.js';
import { GuestMemory } from '../../../src/replay/guest/guestMemory.js';
import { interruptFrame } from '../../../src/replay/guest/interruption.js';
import { registersOf } from '../../../src/replay/guest/registers.js';
import { Symbols } from '../../../src/replay/guest/symbols.js';
import { ready } from '../../../src/replay/ready.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { Rig } from '../../core/cpu/i8086/support/rig.js';
import { bench } from '../../core/cpu/ia32/support/bench.js';

beforeAll(() => ready());

const CODE = 0x10000;
const STACK = 0x9000;
const ENOUGH = 100_000;
const CODE_SELECTOR = 8;

/** The part of a machine that can be looked at. */
const machineOf = (part: Pick<Machine, 'cpu' | 'memory'>) => part as Machine;

interface Ran {
  readonly machine: Machine;
  /** Linear addresses. */
  readonly labels: ReadonlyMap<string, number>;
}

/** Runs a program to its HLT, in segments that begin at `base`. */
function run(bits: 16 | 32, base: number, source: string): Ran {
  const { cpu, memory } = bench('interpreter');
  const { s } = cpu;
  const program = `bits ${bits}\norg ${CODE - base}\n${source}\nalign 8\ngdt: dq 0, 00CF9B000000FFFFh`;
  const { bytes, symbols } = assemble(program);
  memory.load(CODE, bytes);
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    s.base[seg] = base;
    s.selector[seg] = bits === 32 ? CODE_SELECTOR : base / 16;
    s.limit[seg] = bits === 32 ? 0xffffffff : 0xffff;
    s.access[seg] = (bits === 32 ? 0xc000 : 0) | (seg === Seg.cs ? 0x9b : 0x93);
  }
  if (bits === 32) s.cr0 |= Cr0.PE;
  s.gdtBase = symbols.get('gdt')! + base;
  s.eip = CODE - base;
  s.gpr[slot(4)] = STACK;
  cpu.dropCaches();
  expect(cpu.run(s.clock + ENOUGH)).toBe('halted');
  const labels = new Map([...symbols].map(([name, at]) => [name, at + base]));
  return { machine: machineOf({ cpu, memory }), labels };
}

const symbolsOf = ({ labels }: Ran): Symbols =>
  new Symbols([...labels].map(([name, address]) => ({ name, address })));

/** Frames behind the first, with the labels for their addresses. */
function callers(frames: readonly Frame[], { labels }: Ran): string[] {
  const names = new Map([...labels].map(([name, address]) => [address, name]));
  return frames
    .slice(1)
    .map(({ pc, certainty, left }) => `${names.get(pc) ?? pc.toString(16)} ${certainty} ${left}`);
}

/** `start` calls `outer`, that `middle`, that `inner`; `enter` is what functions begin with. */
const nest = (enter = '', call = (name: string) => `call ${name}`) => `
start:  ${call('outer')}
.back:  hlt
outer:  ${enter}
        push    dx
        push    dx
        ${call('middle')}
.back:  hlt
middle: ${enter}
        ${call('inner')}
.back:  hlt
inner:  ${enter}
        hlt
`;
const BACK = ['middle.back', 'outer.back', 'start.back'];
const WITH_EBP = 'push ebp\nmov ebp, esp\nsub esp, 8';
const WITH_BP = 'push bp\nmov bp, sp\nsub sp, 2';
const indirect = (register: string) => (name: string) => `mov ${register}, ${name}\ncall ${register}`;

describe('the callers of a function', () => {
  it.each([
    ['flat', 32, 0, nest()],
    ['in segments of 32 bits', 32, 0x8000, nest()],
    ['with frame pointers', 32, 0, nest(WITH_EBP)],
    ['in 16 bits', 16, 0x8000, nest()],
    ['in 16 bits, far', 16, 0x8000, nest('', (name) => `call 800h:${name}`)],
  ] as const)('are certain by its symbol, %s', (_, bits, base, source) => {
    const ran = run(bits, base, source);
    const frames = callStack(ran.machine, symbolsOf(ran));
    expect(callers(frames, ran)).toEqual(BACK.map((name) => `${name} certain call`));
    expect(frames.map(({ at }) => at?.split('+')[0])).toEqual([
      expect.stringMatching(/^inner|gdt/),
      'middle',
      'outer',
      'start',
    ]);
    expect(frames.at(-1)!.stack).toBe(base + STACK);
  });

  it('are likely without symbols, if calls lead near it', () => {
    const ran = run(32, 0, nest());
    expect(callers(callStack(ran.machine, new Symbols()), ran)).toEqual(
      BACK.map((name) => `${name} likely call`),
    );
  });

  it.each([
    [32, 0, nest(WITH_EBP, indirect('eax'))],
    [32, 0x8000, nest(WITH_EBP, indirect('eax'))],
    [16, 0x8000, nest(WITH_BP, indirect('ax'))],
  ] as const)(
    'are likely by frame pointers, whatever they were called by: %i bits at %i',
    (bits, base, source) => {
      const ran = run(bits, base, source);
      for (const symbols of [new Symbols(), symbolsOf(ran)]) {
        expect(callers(callStack(ran.machine, symbols), ran)).toEqual(
          BACK.map((name) => `${name} likely call`),
        );
      }
    },
  );

  it('are possible if nothing else speaks for them', () => {
    const ran = run(16, 0x8000, nest('', indirect('ax')));
    const found = callers(callStack(ran.machine, symbolsOf(ran)), ran);
    expect(found).toEqual(BACK.map((name) => `${name} possible call`));
  });

  it('are told from return addresses that were left on the stack', () => {
    const stale = `
start:  call    leave
        sub     esp, 12
        call    inner
.back:  hlt
leave:  call    other
.back:  ret
other:  ret
inner:  sub     esp, 4
        hlt`;
    const ran = run(32, 0, stale);
    const frames = callStack(ran.machine, symbolsOf(ran));
    const [first, ...others] = callers(frames, ran);
    expect(first).toBe('start.back certain call');
    // Behind the outermost function nothing is known to end the search.
    for (const other of others) expect(other).not.toContain('certain');
  });

  it('lie behind an INT', () => {
    const source = `
start:  xor     ax, ax
        mov     es, ax
        mov     word [es:4 * 60h], service
        mov     [es:4 * 60h + 2], cs
        call    user
.back:  hlt
user:   int     60h
.back:  hlt
service:
        push    ax
        call    inner
.back:  hlt
inner:  hlt`;
    const ran = run(16, 0x8000, source);
    const expected = ['service.back certain call', 'user.back certain interrupt', 'start.back certain call'];
    expect(callers(callStack(ran.machine, symbolsOf(ran)), ran)).toEqual(expected);

    const rig = new Rig();
    rig.load(`${source}\n`, { ss: 0x5000, sp: 0x100 });
    rig.cpu.run(ENOUGH);
    const { symbols } = assemble(`bits 16\norg 0\n${source}`);
    const labels = new Map([...symbols].map(([name, at]) => [name, at + CODE]));
    const onRig = { machine: machineOf(rig), labels };
    expect(callers(callStack(onRig.machine, symbolsOf(onRig)), onRig)).toEqual(expected);
  });

  it('lie behind an interrupt, which is likely by its frame and certain if it is known', () => {
    const source = `
start:  call    work
.back:  hlt
work:   sti
        pushfd
        push    dword ${CODE_SELECTOR}
        push    dword .next
        jmp     handler
.next:  hlt
handler:
        pushad
.call:  call    inner
.back:  hlt
inner:  hlt`;
    const ran = run(32, 0, source);
    const frames = callStack(ran.machine, symbolsOf(ran));
    expect(callers(frames, ran)).toEqual([
      'handler.back certain call',
      'work.next likely interrupt',
      'start.back likely call',
    ]);
    const at = STACK - 4 - 12;
    const known = [{ at, frame: interruptFrame(ran.machine, at, 4)! }];
    expect(callers(callStack(ran.machine, symbolsOf(ran), known), ran)[1]).toBe(
      'work.next certain interrupt',
    );
    expect(frames[2]!.stack).toBe(STACK - 4);
  });
});

describe('call stacks of the demo', () => {
  const boards = {
    pc: (d: Description, blobs: Blobs) =>
      buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
  };
  const file = new URL('../../../traces/lost-update.rewind', import.meta.url);

  /** Opcodes of calls, and prefixes that may stand before them. */
  const OPCODES = new Set([0xe8, 0x9a, 0xff, 0xcd, 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e]);

  /**
   * Passes the run from power-on instruction by instruction and keeps the calls that were made and have not
   * returned. Now and then: those, and what the call stack says.
   */
  function compare(to: number, every: number) {
    const timeline = new Timeline(Trace.open(memorySource(new Uint8Array(readFileSync(file)))), boards);
    const symbols = bundledSymbols(timeline.trace);
    const registers = registersOf(timeline.machine.cpu);
    const memory = new GuestMemory(timeline.machine);
    const calls: { back: number; stack: number }[] = [];
    const results: { clock: number; real: number[]; told: Frame[] }[] = [];
    let pending: { back: number; stack: number } | undefined;
    let n = 0;
    timeline.scan(to, () => {
      const [pc, stack] = [registers.pc(), registers.stack()];
      if (pending && stack < pending.stack) calls.push(pending);
      pending = undefined;
      while (calls.length > 0 && stack >= calls.at(-1)!.stack) calls.pop();
      if (OPCODES.has(Number(memory.read(pc, 1)))) {
        const { flow, bytes } = instructionAt(timeline.machine, pc, symbols)!;
        if (flow === 'call' || flow === 'interrupt') pending = { back: pc + bytes.length, stack };
      }
      if (n++ % every !== 0) return false;
      const told = callStack(timeline.machine, symbols);
      results.push({ clock: timeline.clock, real: calls.map(({ back }) => back), told });
      return false;
    });
    return results;
  }

  it('hold what was called: what is certain is so, and little is missed', () => {
    const results = compare(1_300_000, 499);
    let [deepest, told, missed] = [0, 0, 0];
    for (const { clock, real, told: frames } of results) {
      const certain = frames.slice(1).filter(({ certainty }) => certainty === 'certain');
      for (const { pc } of certain) expect(real, `clock ${clock}`).toContain(pc);
      told += certain.length;
      missed += real.filter((back) => !frames.some(({ pc }) => pc === back)).length;
      deepest = Math.max(deepest, certain.length);
    }
    expect(results.length).toBeGreaterThan(100);
    expect(deepest).toBeGreaterThanOrEqual(3);
    // Jumps out of a function may hide some callers.
    expect(told).toBeGreaterThan(100);
    expect(missed).toBeLessThan(told / 50);
  });
});

describe('garbage', () => {
  it('gives frames, or none, and is left as it is', () => {
    const { cpu, memory } = bench('interpreter');
    const { s } = cpu;
    const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
    const calls = fc.constantFrom(0xe8, 0xff, 0x9a, 0xcd, 0x10, 0xd0, 0x02, 0);
    const word = fc.oneof(fc.nat(0x1fff), fc.integer({ min: 0, max: 0xffffffff }), fc.constant(0x1000));
    fc.assert(
      fc.property(
        fc.oneof(bytes, fc.array(calls, { minLength: 64, maxLength: 64 })),
        fc.array(word, { minLength: 8, maxLength: 8 }),
        fc.constantFrom(0, Cr0.PE, Cr0.PE | Cr0.PG),
        fc.constantFrom(0, 0x4000),
        (pattern, words, cr0, access) => {
          for (let at = 0; at < 0x8000; at += 64) memory.load(at, Uint8Array.from(pattern));
          [
            s.gpr[slot(4)],
            s.gpr[slot(5)],
            s.eip,
            s.base[Seg.cs],
            s.base[Seg.ss],
            s.cr3,
            s.gdtBase,
            s.idtBase,
          ] = words as [number, number, number, number, number, number, number, number];
          s.cr0 = cr0;
          s.access[Seg.cs] = access;
          const before = [s.bytes.slice(), memory.ram.slice(0, 0x8000)];
          const frames = callStack(machineOf({ cpu, memory }), new Symbols());
          expect(frames.length).toBeGreaterThanOrEqual(1);
          expect(frames.length).toBeLessThanOrEqual(64);
          expect(Buffer.compare(s.bytes, before[0]!)).toBe(0);
          expect(Buffer.compare(memory.ram.subarray(0, 0x8000), before[1]!)).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });
});
