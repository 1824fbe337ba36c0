/**
 * A `Context` for helper tests: one MiB of flat physical memory, no paging (but pages that can be made to
 * fault on writes), segment checks as SDM volume 3A, 5.3 and 5.4 state them, and builders for descriptors.
 */
import type { Context, Size } from '../../../../../src/core/cpu/ia32/context.js';
import { Fault, Flag, IA32, Seg, slot, Vector } from '../../../../../src/core/cpu/ia32/state.js';

export const GDT = 0x1000;
export const IDT = 0x2000;
export const TSS = 0x3000;

/** Access bytes, and the flags nibble in the high byte: 4 is D/B, 8 is G. */
export const CODE0 = 0x409b;
export const DATA0 = 0x4093;
export const CODE3 = 0x40fb;
export const DATA3 = 0x40f3;

export class FakeContext implements Context {
  readonly s = IA32.create();
  family = 6;
  clock = 0;
  readonly memory = new DataView(new ArrayBuffer(1 << 20));
  /** Pages (address >>> 12) whose writes raise #PF. */
  readonly readOnly = new Set<number>();
  /** Calls of modeChanged, with their argument. */
  readonly modeChanges: boolean[] = [];

  read(seg: number, offset: number, size: Size): number {
    this.#check(seg, offset, size, false);
    return this.readSystem(this.s.base[seg]! + offset, size);
  }
  write(seg: number, offset: number, value: number, size: Size): void {
    this.#check(seg, offset, size, true);
    this.writeLinear(this.s.base[seg]! + offset, value, size, this.s.cpl === 3);
  }
  probeWrite(seg: number, offset: number, size: Size): void {
    this.#check(seg, offset, size, true);
    this.#pageFault(this.s.base[seg]! + offset, this.s.cpl === 3);
  }
  #check(seg: number, offset: number, size: Size, write: boolean): void {
    const access = this.s.access[seg]!;
    const bad = !(access & 0x80) || offset + size - 1 > this.s.limit[seg]! || (write && !(access & 2));
    if (bad) throw new Fault(seg === Seg.ss ? Vector.SS : Vector.GP, 0);
  }
  readSystem(linear: number, size: Size): number {
    if (size === 1) return this.memory.getUint8(linear);
    return size === 2 ? this.memory.getUint16(linear, true) : this.memory.getUint32(linear, true);
  }
  writeSystem(linear: number, value: number, size: Size): void {
    this.writeLinear(linear, value, size, false);
  }
  probeSystemWrite(linear: number, length: number): void {
    for (const address of [linear, linear + length - 1]) this.#pageFault(address, false);
  }
  readLinear(linear: number, size: Size): number {
    return this.readSystem(linear, size);
  }
  writeLinear(linear: number, value: number, size: Size, user: boolean): void {
    this.#pageFault(linear, user);
    if (value >>> 0 !== value || value > 2 ** (8 * size) - 1)
      throw new RangeError(`${value} as ${size} bytes`);
    if (size === 1) this.memory.setUint8(linear, value);
    else if (size === 2) this.memory.setUint16(linear, value, true);
    else this.memory.setUint32(linear, value, true);
  }
  #pageFault(linear: number, user: boolean): void {
    if (this.readOnly.has(linear >>> 12)) throw new Fault(Vector.PF, user ? 7 : 3, linear);
  }
  getFlags(): number {
    return this.s.eflags | 2;
  }
  setFlags(value: number): void {
    this.s.eflags = value | 2;
  }
  segmentChanged(): void {}
  entered(): void {}

  modeChanged(flush: boolean): void {
    this.modeChanges.push(flush);
  }
  invalidatePage(): void {}
  portIn(): number {
    return 0xff;
  }
  portOut(): void {}

  // ---- what tests set up and look at ----

  gpr(n: number, value?: number): number {
    if (value !== undefined) this.s.gpr[slot(n)] = value;
    return this.s.gpr[slot(n)]!;
  }
  /** Doublewords from `address` on. */
  dwords(address: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.readSystem(address + 4 * i, 4));
  }
  words(address: number, count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.readSystem(address + 2 * i, 2));
  }
  /** A segment or system descriptor in the GDT; `limit` in bytes, or pages with G. */
  describe(selector: number, base: number, limit: number, access: number): void {
    const at = GDT + (selector & 0xfff8);
    const low = ((base << 16) | (limit & 0xffff)) >>> 0;
    const high =
      ((base & 0xff000000) | (limit & 0xf0000) | ((base >>> 16) & 0xff) | ((access & 0xf0ff) << 8)) >>> 0;
    this.writeSystem(at, low, 4);
    this.writeSystem(at + 4, high, 4);
  }
  /** A gate at `address`. */
  gate(address: number, selector: number, offset: number, access: number, count = 0): void {
    this.writeSystem(address, ((selector << 16) | (offset & 0xffff)) >>> 0, 4);
    this.writeSystem(address + 4, ((offset & 0xffff0000) | (access << 8) | count) >>> 0, 4);
  }
  idtGate(vector: number, selector: number, offset: number, access: number): void {
    this.gate(IDT + vector * 8, selector, offset, access);
  }
  /** Loads a segment register directly, as if from a flat descriptor with these attributes. */
  segment(seg: number, selector: number, base: number, limit: number, access: number): void {
    this.s.selector[seg] = selector;
    this.s.base[seg] = base;
    this.s.limit[seg] = limit;
    this.s.access[seg] = access;
  }
  /** Everything but memory, to compare before and after. */
  registers(): string {
    return Buffer.from(this.s.bytes).toString('hex');
  }
}

/** The selectors of `protectedContext`. */
export const SELECTOR = { code0: 0x08, data0: 0x10, code3: 0x1b, data3: 0x23, tss: 0x28 } as const;

/**
 * Protected mode with flat 1 MiB segments (code0, data0, code3, data3), a 386 TSS whose ring 0 stack is
 * data0:8000h, running at `cpl` with ESP = 9000h and EIP = 4000h.
 */
export function protectedContext(cpl: 0 | 3): FakeContext {
  const cpu = new FakeContext();
  const { s } = cpu;
  s.cr0 = 0x11;
  s.eflags = 2;
  s.dr[7] = 0x400;
  s.gdtBase = GDT;
  s.gdtLimit = 0x7ff;
  s.idtBase = IDT;
  s.idtLimit = 0x7ff;
  cpu.describe(SELECTOR.code0, 0, 0xfffff, CODE0);
  cpu.describe(SELECTOR.data0, 0, 0xfffff, DATA0);
  cpu.describe(SELECTOR.code3, 0, 0xfffff, CODE3);
  cpu.describe(SELECTOR.data3, 0, 0xfffff, DATA3);
  cpu.describe(SELECTOR.tss, TSS, 0x67, 0x8b);
  cpu.segment(Seg.tr, SELECTOR.tss, TSS, 0x67, 0x8b);
  cpu.writeSystem(TSS + 4, 0x8000, 4);
  cpu.writeSystem(TSS + 8, SELECTOR.data0, 2);
  s.cpl = cpl;
  cpu.segment(Seg.cs, cpl ? SELECTOR.code3 : SELECTOR.code0, 0, 0xfffff, cpl ? CODE3 : CODE0);
  for (const seg of [Seg.es, Seg.ss, Seg.ds, Seg.fs, Seg.gs]) {
    cpu.segment(seg, cpl ? SELECTOR.data3 : SELECTOR.data0, 0, 0xfffff, cpl ? DATA3 : DATA0);
  }
  cpu.gpr(4, 0x9000);
  s.eip = 0x4000;
  return cpu;
}

/** Real mode: 64 KiB segments at the given paragraphs, IVT at 0, SP = 1000h. */
export function realContext(cs = 0x2000, ss = 0x3000): FakeContext {
  const cpu = new FakeContext();
  cpu.s.cr0 = 0x10;
  cpu.s.eflags = 2;
  cpu.s.idtLimit = 0x3ff;
  for (let seg = 0; seg < 6; seg++) cpu.segment(seg, 0, 0, 0xffff, 0x93);
  cpu.segment(Seg.cs, cs, cs << 4, 0xffff, 0x93);
  cpu.segment(Seg.ss, ss, ss << 4, 0xffff, 0x93);
  cpu.gpr(4, 0x1000);
  cpu.s.eip = 0x100;
  return cpu;
}

/** Virtual-8086 mode in the system of `protectedContext`: CS 4000h, SS 5000h, SP 1000h, IP 100h. */
export function virtualContext(ioPrivilege: number): FakeContext {
  const cpu = protectedContext(3);
  cpu.s.eflags = Flag.VM | (ioPrivilege << 12) | Flag.IF | 2;
  const paragraphs: Record<number, number> = {
    [Seg.cs]: 0x4000,
    [Seg.ss]: 0x5000,
    [Seg.ds]: 0x6000,
    [Seg.es]: 0x6100,
  };
  for (let seg = 0; seg < 6; seg++) {
    const paragraph = paragraphs[seg] ?? 0x6200 + seg;
    cpu.segment(seg, paragraph, paragraph << 4, 0xffff, 0xf3);
  }
  cpu.gpr(4, 0x1000);
  cpu.s.eip = 0x100;
  return cpu;
}

/** The fault an action throws, as [vector, error]. */
export function faultOf(action: () => unknown): [number, number | undefined] | undefined {
  try {
    action();
    return undefined;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return [fault.vector, fault.error];
  }
}

/** The fault of an action that must change no register. */
export function cleanFault(
  cpu: FakeContext,
  action: () => unknown,
): [number, number | undefined] | undefined {
  const before = cpu.registers();
  const fault = faultOf(action);
  if (cpu.registers() !== before) throw new Error('registers changed before the fault');
  return fault;
}
