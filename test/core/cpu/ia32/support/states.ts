/**
 * Random machine states, the same for every core they are put into: real, protected (16 and 32 bits,
 * CPL 0 and 3) and virtual-8086 mode, flat and odd segments, with and without paging, tables full of
 * descriptors and gates, boundary-biased registers.
 *
 * Memory: interrupt vectors at 0, GDT 1000h, IDT 2000h, TSS 3000h, LDT 3800h, page directory 4000h,
 * page table 5000h, code 10000h to 13FFFh, data everywhere; a device at A0000h.
 */
import { Cr0, Cr4, Flag, type Ia32State, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import type { Bench } from './bench.js';
import type { Chance } from './chance.js';

export const GDT = 0x1000;
export const IDT = 0x2000;
export const TSS = 0x3000;
export const LDT = 0x3800;
export const PAGE_DIRECTORY = 0x4000;
export const PAGE_TABLE = 0x5000;
export const CODE = 0x10000;
/** Of vector n at n * 16. */
export const HANDLERS = 0x11000;
export const DEVICE = 0xa0000;
const DESCRIPTORS = 32;

const DATA_RW = 0x13;
const CODE_RX = 0x1b;
const PRESENT = 0x80;
const BIG = 0x4000;
const TYPES: readonly number[] = [0x10, 0x12, 0x13, 0x14, 0x16, 0x18, 0x1a, 0x1b, 0x1c, 0x1e];
const SYSTEM: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 9, 0xb, 0xc, 0xe, 0xf];
const LIMITS: readonly number[] = [0, 1, 2, 7, 0x7ff, 0x1ffe, 0xfffe, 0xffff, 0x12345, 0x7ffff, 0xfffff];
const BASES: readonly number[] = [0, 0, 0x20000, 0x20001, 0x30ffd, 0x9f000, 0xfffff000, 0x400000];
const FREE_FLAGS = 0x8d5 | Flag.DF | Flag.IF;

export type Mode = 'real' | 'protected' | 'virtual8086';

export interface Situation {
  readonly mode: Mode;
  readonly size: 16 | 32;
  readonly cpl: 0 | 3;
  readonly paging: boolean;
  /** Protected mode: every data segment is flat, and ESP points to memory. */
  readonly flat?: boolean;
}

export function situation(chance: Chance): Situation {
  const mode = chance.pick(['real', 'protected', 'protected', 'protected', 'virtual8086'] as const);
  const size =
    mode === 'protected' ? chance.pick([16, 32] as const) : mode === 'real' && chance.oneIn(8) ? 32 : 16;
  const cpl = mode === 'virtual8086' ? 3 : mode === 'real' ? 0 : chance.pick([0, 0, 3] as const);
  return { mode, size, cpl, paging: mode !== 'real' && chance.oneIn(2) };
}

/** Writes into memory that several cores share the contents of. */
export type Poke = (at: number, bytes: readonly number[]) => void;

const dword = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];

function descriptor(base: number, limit: number, access: number): number[] {
  const [l, b] = [dword(limit), dword(base)];
  const high = (access >>> 8) & 0xf0;
  return [l[0]!, l[1]!, b[0]!, b[1]!, b[2]!, access & 0xff, high | (l[2]! & 0xf), b[3]!];
}

export const gate = (selector: number, offset: number, access: number, count: number): number[] => {
  const o = dword(offset);
  return [o[0]!, o[1]!, selector & 0xff, selector >>> 8, count, access, o[2]!, o[3]!];
};

function randomDescriptor(chance: Chance): number[] {
  const dpl = chance.pick([0, 0, 3]) << 5;
  const present = chance.oneIn(12) ? 0 : PRESENT;
  const size = (chance.oneIn(2) ? BIG : 0) | (chance.oneIn(3) ? 0x8000 : 0);
  if (!chance.oneIn(4)) {
    return descriptor(chance.pick(BASES), chance.pick(LIMITS), chance.pick(TYPES) | dpl | present | size);
  }
  const type = chance.pick(SYSTEM);
  if (type >= 4 && type !== 9 && type !== 0xb) {
    return gate(
      chance.below(DESCRIPTORS) * 8,
      chance.pick([0, 0x100, 0xffff]),
      type | dpl | present,
      chance.below(4),
    );
  }
  return descriptor(type === 2 ? LDT : TSS, chance.pick([0x2b, 0x67, 0x1ff]), type | dpl | present);
}

/** Descriptor tables, gates, TSS and page tables. */
export function pokeTables(chance: Chance, poke: Poke): void {
  for (let n = 1; n < DESCRIPTORS; n++) poke(GDT + n * 8, randomDescriptor(chance));
  poke(GDT + 8, descriptor(0, 0xfffff, CODE_RX | PRESENT | BIG | 0x8000));
  poke(GDT + 16, descriptor(0, 0xfffff, DATA_RW | PRESENT | BIG | 0x8000));
  for (let n = 0; n < 8; n++) poke(LDT + n * 8, randomDescriptor(chance));
  for (let n = 0; n < 32; n++) {
    const type = chance.pick([6, 7, 0xe, 0xe, 0xe, 0xe, 0xf, 0xf, 0xf, 0xf]);
    const dpl = chance.pick([0, 3]) << 5;
    poke(IDT + n * 8, gate(8, HANDLERS + n * 16, type | dpl | (chance.oneIn(16) ? 0 : PRESENT), 0));
    poke(n * 4, dword((HANDLERS << 12) + n * 16));
  }
  poke(TSS, [0, 0, 0, 0, ...dword(chance.pick([0x8000, 0x8ffe, 2])), 16, 0, 0, 0]);
  poke(TSS + 0x66, [0x80, 0]);
  for (let n = 0x80; n < 0x90; n++) poke(TSS + n, [chance.pick([0, 0xff, 0x55])]);
  pokePages(chance, poke);
}

/** The first 4 MiB by a page table, the next by a large page, then nothing. Tables stay mapped and writable. */
function pokePages(chance: Chance, poke: Poke): void {
  const rights = () => chance.pick([7, 7, 7, 7, 3, 5, 1, 0x67, 0x47, 0x25, 0, 6]);
  poke(PAGE_DIRECTORY, [
    ...dword(PAGE_TABLE | chance.pick([7, 7, 7, 0x27, 3])),
    ...dword(0x80 | rights()),
    ...dword(rights()),
  ]);
  for (let page = 0; page < 0x100; page++) {
    const system = page < 0x8 || (page >= 0x10 && page < 0x14);
    const to = chance.oneIn(16) && !system ? chance.below(0x100) : page;
    poke(PAGE_TABLE + page * 4, dword((to << 12) | (system ? 7 : rights())));
  }
}

function setSegment(
  s: Ia32State,
  seg: number,
  selector: number,
  base: number,
  limit: number,
  access: number,
): void {
  s.selector[seg] = selector;
  s.base[seg] = base;
  s.limit[seg] = limit;
  s.access[seg] = access;
}

function protectedSegments(s: Ia32State, chance: Chance, situation: Situation): void {
  const { size, cpl, paging } = situation;
  const dpl = cpl << 5;
  for (const seg of [Seg.es, Seg.ds, Seg.fs, Seg.gs, Seg.ss]) {
    const big = chance.oneIn(2) ? BIG : 0;
    const flat = chance.oneIn(3) || situation.flat;
    const type = seg === Seg.ss ? chance.pick([DATA_RW, DATA_RW, 0x17]) : chance.pick(TYPES);
    if (flat) setSegment(s, seg, 16 | cpl, 0, 0xffffffff, DATA_RW | PRESENT | dpl | BIG | 0x8000);
    else if (seg !== Seg.ss && chance.oneIn(10)) setSegment(s, seg, 0, 0, 0, 0);
    else
      setSegment(
        s,
        seg,
        (chance.below(DESCRIPTORS) * 8) | cpl,
        chance.pick(BASES),
        chance.pick(LIMITS),
        type | PRESENT | dpl | big,
      );
  }
  const base = paging || chance.oneIn(2) ? 0 : CODE;
  const limit = chance.oneIn(6) ? CODE - base + 0x1000 : 0xffffffff;
  setSegment(s, Seg.cs, 8 | cpl, base, limit, CODE_RX | PRESENT | dpl | (size === 32 ? BIG : 0));
}

function paragraphSegments(s: Ia32State, chance: Chance, { mode, size }: Situation): void {
  const access = mode === 'real' ? DATA_RW | PRESENT : 0xf3;
  for (const seg of [Seg.es, Seg.ss, Seg.ds, Seg.fs, Seg.gs]) {
    const selector = chance.pick([0, 0x1fff, 0x2000, 0x9fff, 0xa000, 0xf000, 0xffff]);
    const unreal = mode === 'real' && chance.oneIn(6);
    setSegment(
      s,
      seg,
      selector,
      selector << 4,
      unreal ? 0xffffffff : 0xffff,
      access | (unreal && seg !== Seg.ss ? BIG : 0),
    );
  }
  setSegment(s, Seg.cs, CODE >> 4, CODE, 0xffff, access | (size === 32 ? BIG : 0));
}

/** Registers that hold counts, data and addresses in about equal parts. */
function register(chance: Chance): number {
  if (chance.oneIn(2)) return chance.value();
  const page = chance.pick([0, 0x20000, 0x21000, 0x22000, 0x9f000, DEVICE, 0xff000]);
  return (page + chance.pick([0, 1, 0x7fe, 0xff8, 0xffd, 0xffe, 0xfff])) >>> 0;
}

/** What every core is given: a pure function of the choices. */
export function setState(s: Ia32State, chance: Chance, situation: Situation, offset: number): number {
  const { mode, cpl, paging } = situation;
  for (let n = 0; n < 8; n++) s.gpr[n * 2] = register(chance);
  s.gpr[8] =
    chance.oneIn(2) || situation.flat
      ? chance.pick([0x8000, 0x8ffe, 0x20ffd, 0xfffe, 0x11000])
      : register(chance);
  if (mode === 'protected') protectedSegments(s, chance, situation);
  else paragraphSegments(s, chance, situation);
  setSegment(
    s,
    Seg.tr,
    0x28,
    TSS,
    chance.pick([0x67, 0xff, 0x2069]),
    situation.flat ? 0x8b : chance.pick([0x8b, 0x8b, 0x83]),
  );
  setSegment(s, Seg.ldtr, 0x30, LDT, 0x3f, 0x82);
  s.gdtBase = GDT;
  s.gdtLimit = DESCRIPTORS * 8 - 1;
  s.idtBase = mode === 'real' ? 0 : IDT;
  s.idtLimit = chance.oneIn(20) ? 0x17 : 0x7ff;
  s.cr0 = (mode === 'real' ? 0 : Cr0.PE) | (paging ? Cr0.PG : 0) | Cr0.ET | systemBits(chance);
  s.cr3 = PAGE_DIRECTORY;
  s.cr4 =
    (chance.oneIn(2) ? Cr4.PSE : 0) |
    (chance.oneIn(6) ? Cr4.VME | Cr4.PVI : 0) |
    (chance.oneIn(6) ? Cr4.TSD : 0) |
    (chance.oneIn(2) ? Cr4.OSFXSR : 0);
  s.cpl = cpl;
  s.intr = chance.oneIn(20) ? 1 : 0;
  s.shadow = chance.oneIn(20) ? chance.pick([1, 2]) : 0;
  if (chance.oneIn(16)) breakpoints(s, chance);
  s.eip = CODE - s.base[Seg.cs]! + offset;
  const modes = mode === 'virtual8086' ? Flag.VM : 0;
  const rare = (flag: number) => (chance.oneIn(12) ? flag : 0);
  const iopl = chance.pick([0, 0, 3]) * 0x1000;
  return (
    2 |
    modes |
    iopl |
    (chance.bits() & FREE_FLAGS) |
    rare(Flag.TF) |
    rare(Flag.AC) |
    rare(Flag.NT) |
    rare(Flag.RF) |
    rare(Flag.VIF) |
    rare(Flag.VIP)
  );
}

function systemBits(chance: Chance): number {
  const rare = (bit: number) => (chance.oneIn(8) ? bit : 0);
  return rare(Cr0.WP) | rare(Cr0.AM) | rare(Cr0.TS) | rare(Cr0.EM) | rare(Cr0.MP) | rare(Cr0.NE);
}

function breakpoints(s: Ia32State, chance: Chance): void {
  for (let n = 0; n < 4; n++) s.dr[n] = chance.pick([CODE, CODE + 1, 0x20ffe, 0x21000, 0x8ffc]);
  s.dr[7] = (0x400 | chance.below(256) | (chance.bits() & 0xdddd0000)) >>> 0;
}

/** Puts one situation into a core; every core it is given to with the same seed is alike. */
export function establish({ cpu }: Bench, chance: Chance, situation: Situation, offset: number): void {
  const flags = setState(cpu.s, chance, situation, offset);
  cpu.setFlags(flags);
  cpu.dropCaches();
}
