/** Corners of single instructions that were once wrong, each with the place in the manual that decides it. */
import { describe, expect, it } from 'vitest';
import { Cr0, Seg } from '../../../../src/core/cpu/ia32/state.js';
import { type Bench, bench } from './support/bench.js';

const CODE = 0x8000;
const STACK = 0x20000;
const GDT = 0x1000;
const IDT = 0x2000;
const PAGE_DIRECTORY = 0x4000;
const PAGE_TABLE = 0x5000;
const RAM = 1 << 20;
const FLAT32 = [0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0];
const CODE32 = [0xff, 0xff, 0, 0, 0, 0x9b, 0xcf, 0];
const GATE = (vector: number): number[] => [vector, 0x90, 8, 0, 0, 0x8e, 0, 0];

const dword = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];

/** Flat 32-bit protected mode at CPL 0, about to execute `code`. */
function flat(engine: 'interpreter' | 'evaluator', code: readonly number[]): Bench {
  const b = bench(engine, 'i686', RAM);
  const { s } = b.cpu;
  const put = (at: number, bytes: readonly number[]): void => b.memory.writeBytes(at, Uint8Array.from(bytes));
  put(GDT + 8, [...CODE32, ...FLAT32]);
  for (let vector = 0; vector < 32; vector++) put(IDT + vector * 8, GATE(vector));
  for (let page = 0; page < RAM >>> 12; page++) put(PAGE_TABLE + page * 4, dword((page << 12) | 7));
  put(PAGE_DIRECTORY, dword(PAGE_TABLE | 7));
  put(CODE, code);
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    [s.base[seg], s.limit[seg], s.access[seg]] = [0, 0xffffffff, seg === Seg.cs ? 0xc09b : 0xc093];
    s.selector[seg] = seg === Seg.cs ? 8 : 16;
  }
  [s.gdtBase, s.gdtLimit, s.idtBase, s.idtLimit] = [GDT, 0x17, IDT, 0xff];
  s.cr0 = Cr0.PE | Cr0.ET;
  s.cr3 = PAGE_DIRECTORY;
  s.eip = CODE;
  s.gpr[8] = STACK;
  b.cpu.dropCaches();
  return b;
}

/** Executes one instruction, and whatever exception it raises. */
function step({ cpu }: Bench): void {
  cpu.run(cpu.clock + 1);
}

describe.each(['interpreter', 'evaluator'] as const)('in the %s', (engine) => {
  it('POP SS moves the stack pointer by the width of the old stack segment (SDM 2B, POP)', () => {
    const b = flat(engine, [0x17]);
    const { s } = b.cpu;
    s.access[Seg.ss] = 0x93;
    s.gpr[8] = 0x2fffc;
    b.memory.write(0xfffc, 16, 4);
    b.cpu.dropCaches();
    step(b);
    expect([s.selector[Seg.ss], s.access[Seg.ss], s.gpr[8]]).toEqual([16, 0xc093, 0x20000]);
  });

  it('POP SS that faults leaves the stack pointer (SDM 3A, 6.5)', () => {
    const b = flat(engine, [0x17]);
    b.memory.write(STACK, 0x1234, 4);
    step(b);
    expect(b.wires.delivered).toEqual([13]);
    expect(b.cpu.s.gpr[8]).toBe(STACK - 16);
  });

  it('ARPL writes only what it changes: a read-only destination that need not change is no fault', () => {
    const b = flat(engine, [0x63, 0x1d, ...dword(0x30000)]); // arpl [30000h], bx
    b.cpu.s.access[Seg.ds] = 0xc091;
    b.memory.write(0x30000, 0xfff2, 2);
    b.cpu.s.gpr[6] = 2;
    b.cpu.dropCaches();
    step(b);
    expect(b.wires.delivered).toEqual([]);
    expect(b.cpu.getFlags() & 0x40).toBe(0);
  });

  it('ARPL of a read-only destination that must change is #GP', () => {
    const b = flat(engine, [0x63, 0x1d, ...dword(0x30000)]);
    b.cpu.s.access[Seg.ds] = 0xc091;
    b.memory.write(0x30000, 0xfff0, 2);
    b.cpu.s.gpr[6] = 2;
    b.cpu.dropCaches();
    step(b);
    expect(b.wires.delivered).toEqual([13]);
  });

  it('ENTER faults as a write at the final stack pointer would (SDM 2A, ENTER)', () => {
    const b = flat(engine, [0xc8, 0x00, 0x10, 0x00]); // enter 1000h, 0
    const { s } = b.cpu;
    b.memory.write(PAGE_TABLE + 0x1f * 4, 0x1f006, 4); // the page below the stack is not present
    s.cr0 = (s.cr0 | Cr0.PG) >>> 0;
    s.gpr[8] = STACK + 0x20; // room for the frame of the fault
    b.cpu.dropCaches();
    step(b);
    expect(b.wires.delivered).toEqual([14]);
    expect(s.cr2 >>> 12).toBe(0x1f);
    const error = b.memory.read(s.gpr[8]!, 4);
    expect(error & 2).toBe(2);
  });

  it('an access to two pages of which the second faults reports where the second begins (SDM 3A, 4.7)', () => {
    for (const [code, error] of [
      [[0xa1, ...dword(0x2fffe)], 0],
      [[0xa3, ...dword(0x2fffe)], 2],
    ] as const) {
      const b = flat(engine, code);
      const { s } = b.cpu;
      b.memory.write(PAGE_TABLE + 0x30 * 4, 0, 4);
      s.cr0 = (s.cr0 | Cr0.PG) >>> 0;
      b.cpu.dropCaches();
      step(b);
      expect([b.wires.delivered, s.cr2, b.memory.read(s.gpr[8]!, 4)]).toEqual([[14], 0x30000, error]);
    }
  });
});
