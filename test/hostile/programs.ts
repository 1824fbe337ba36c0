/**
 * Hostile programs: random bytes, and random instructions with a liking for what reaches far (ports, MMIO,
 * control registers, descriptor tables, self-modification), started in each mode of the CPU over tables
 * that are half sensible. Everything follows from one seed.
 */
import type { Ia32State } from '../../src/core/cpu/ia32/state.js';
import { Cr0, Flag, Seg, slot } from '../../src/core/cpu/ia32/state.js';
import type { Machine } from '../../src/core/machine.js';
import { Random } from '../support/pc.js';

export const MODES = ['real', 'protected16', 'protected32', 'user', 'paged', 'v86', 'traffic'] as const;
export type Mode = (typeof MODES)[number];

/** Where things lie; all below 1 MiB, so that every mode reaches them. */
const GDT = 0x6000;
const IDT = 0x6800;
const LDT = 0x7000;
const TSS = [0x7400, 0x7600] as const;
const DIRECTORY = 0x8000;
const TABLE = 0x9000;
const CODE = 0x10000;
const CODE_BYTES = 0x2000;
const DATA = 0x30000;
const STACK_TOP = 0x3f00;

const PORT_RANGES: readonly (readonly [number, number])[] = [
  [0x00, 0x20],
  [0x20, 2],
  [0x40, 4],
  [0x60, 5],
  [0x70, 2],
  [0x80, 0x10],
  [0x92, 1],
  [0xa0, 2],
  [0xb2, 2],
  [0xc0, 0x20],
  [0xe8, 2],
  [0xf0, 2],
  [0x170, 8],
  [0x1f0, 8],
  [0x2f8, 8],
  [0x376, 1],
  [0x3b0, 0x30],
  [0x3f0, 16],
  [0x4d0, 2],
  [0xcf8, 8],
  [0xb000, 0x40],
  [0xc000, 0x10],
];

class Bytes {
  readonly random: Random;
  readonly out: number[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  put(...bytes: number[]): void {
    this.out.push(...bytes.map((byte) => byte & 0xff));
  }

  /** Little-endian. */
  word(value: number, size: number): void {
    for (let i = 0; i < size; i++) this.put(value >>> (8 * i));
  }

  any(n: number): void {
    for (let i = 0; i < n; i++) this.put(this.random.u32());
  }
}

/** A number near where things change: borders of sizes and signs, and the places of this program. */
export function edgy(random: Random): number {
  const near = [0, 0xff, 0xffff, 0x7fff, 0x7fffffff, 0x80000000, 0xffffffff, 0xa0000, 0xb8000, 0xfffff];
  const places = [GDT, IDT, LDT, TSS[0], DIRECTORY, TABLE, CODE, DATA, 0x1ff000, 0xfffffff0];
  const kind = random.below(4);
  if (kind === 0) return random.u32();
  if (kind === 1) return random.u32() >>> random.below(32);
  return (random.pick(kind === 2 ? near : places) + random.below(9) - 4) >>> 0;
}

function port(random: Random): number {
  if (random.below(16) === 0) return random.u32() & 0xffff;
  const [first, count] = random.pick(PORT_RANGES);
  return first + random.below(count);
}

function selector(random: Random): number {
  return (random.below(20) << 3) | random.below(8);
}

/** MOV of a constant to a register. */
const load = (b: Bytes, register: number, value: number, wide: 2 | 4): void => {
  b.put(0xb8 + register);
  b.word(value, wide);
};

/** MOV DX, port; MOV AL or EAX, value; OUT. */
function output(b: Bytes, at: number, value: number, wide: 2 | 4, whole = false): void {
  load(b, 2, at, wide);
  if (whole && wide === 2) b.put(0x66);
  load(b, 0, value, whole ? 4 : wide);
  b.put(whole ? (wide === 4 ? 0xef : 0x66) : 0xee);
  if (whole && wide === 2) b.put(0xef);
}

/** A command to a drive, its registers before it, and some of its data. */
const diskCommand = (b: Bytes, wide: 2 | 4): void => {
  const base = b.random.pick([0x1f0, 0x1f0, 0x1f0, 0x170]);
  for (let register = 1; register < 6; register++) output(b, base + register, b.random.below(8), wide);
  output(b, base + 6, 0xa0 | (b.random.below(8) << 4), wide);
  const commands = [0x20, 0x24, 0x30, 0x34, 0x40, 0xc4, 0xc5, 0xc6, 0xc8, 0xca, 0x91, 0xec, 0xef, 0xe7, 0x08];
  output(b, base + 7, b.random.pick(commands), wide);
  load(b, 1, b.random.below(600), wide);
  load(b, 2, base, wide);
  b.put(0xf3, b.random.pick([0x6c, 0x6d, 0x6e, 0x6f]));
};

/** Bytes to the floppy controller: a command and what may be its parameters. */
const floppyCommand = (b: Bytes, wide: 2 | 4): void => {
  output(b, 0x3f2, 0x1c | b.random.below(4), wide);
  output(b, 0x3f5, b.random.pick([0x03, 0x04, 0x07, 0x08, 0x0f, 0x0a, 0x13, 0x4a, 0xe6, 0xc5, 0x4d]), wide);
  for (let i = 0; i < 8; i++) output(b, 0x3f5, b.random.below(4), wide);
};

/** A write to a PCI configuration register: windows move, routes change. */
const pciWrite = (b: Bytes, wide: 2 | 4): void => {
  const device = b.random.pick([0, 0x800, 0x900, 0xb00]);
  const register = b.random.pick([4, 0x10, 0x20, 0x40, 0x59, 0x60, 0x80, b.random.below(256)]) & 0xfc;
  output(b, 0xcf8, (0x80000000 | device | register) >>> 0, wide, true);
  output(b, 0xcfc, edgy(b.random), wide, true);
};

/** A register of the VGA by its index. */
const vgaRegister = (b: Bytes, wide: 2 | 4): void => {
  const index = b.random.pick([0x3c4, 0x3ce, 0x3d4, 0x3c0]);
  output(b, index, b.random.below(32), wide);
  output(b, index === 0x3c0 ? index : index + 1, b.random.u32() & 0xff, wide);
};

type Template = (b: Bytes, wide: 2 | 4) => void;

/** Accesses to ports and memory that touch devices. */
const TRAFFIC: readonly Template[] = [
  diskCommand,
  floppyCommand,
  pciWrite,
  vgaRegister,
  // IN, OUT, INS, OUTS of all widths.
  (b, wide) => {
    load(b, 2, port(b.random), wide);
    load(b, 0, edgy(b.random), wide);
    b.put(b.random.pick([0xec, 0xed, 0xee, 0xee, 0xee, 0xef, 0x6c, 0x6d, 0x6e, 0x6f]));
  },
  (b) => b.put(b.random.pick([0xe4, 0xe5, 0xe6, 0xe6, 0xe7]), port(b.random)),
  (b, wide) => {
    load(b, 2, port(b.random), wide);
    load(b, 1, b.random.below(600), wide);
    b.put(b.random.pick([0xf3, 0xf2]), b.random.pick([0x6c, 0x6d, 0x6e, 0x6f]));
  },
  // Stores and loads at an absolute address: MMIO, tables, code.
  (b, wide) => {
    b.put(b.random.pick([0xa0, 0xa1, 0xa2, 0xa3]));
    b.word(edgy(b.random), wide);
  },
  (b, wide) => {
    load(b, 7, edgy(b.random), wide);
    load(b, 6, edgy(b.random), wide);
    load(b, 1, b.random.below(300), wide);
    b.put(b.random.pick([0xf3, 0xf2, 0x90]), b.random.pick([0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xae]));
  },
];

const TEMPLATES: readonly Template[] = [
  ...TRAFFIC,
  // Random bytes, and a random ModR/M instruction.
  (b) => b.any(1 + b.random.below(8)),
  (b) => {
    b.put(b.random.u32() & 0x3f, b.random.u32());
    b.any(4);
  },
  (b) => {
    b.put(0x0f);
    b.any(3);
  },
  (b) => {
    b.put(b.random.pick([0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x26, 0x2e, 0x64]));
    b.any(3);
  },
  // Registers with numbers that matter.
  (b, wide) => load(b, b.random.below(8), edgy(b.random), wide),
  // MOV to and from control and debug registers.
  (b, wide) => {
    load(b, 0, b.random.below(2) ? edgy(b.random) : DIRECTORY, wide);
    b.put(0x0f, b.random.pick([0x20, 0x21, 0x22, 0x22, 0x23]), 0xc0 | (b.random.below(8) << 3));
  },
  // CR0 with any of its bits turned over.
  (b) => {
    b.put(0x0f, 0x20, 0xc0, 0x66, 0x0f, 0xba, 0xf8, b.random.below(32), 0x0f, 0x22, 0xc0);
  },
  // Descriptor tables, LMSW, INVLPG; LLDT, LTR, VERR ...
  (b) => b.put(0x0f, b.random.below(2), (b.random.below(4) << 6) | b.random.below(64), ...[0, 0x70, 0, 0]),
  // Segment registers by MOV and POP, far pointers.
  (b, wide) => {
    load(b, 0, selector(b.random), wide);
    b.put(0x8e, 0xc0 | (b.random.below(6) << 3));
  },
  (b) => b.put(b.random.pick([0x07, 0x17, 0x1f])),
  (b, wide) => {
    b.put(b.random.pick([0x9a, 0xea]));
    b.word(b.random.below(CODE_BYTES), wide);
    b.word(selector(b.random), 2);
  },
  // Interrupts and returns.
  (b) => b.put(0xcd, b.random.u32()),
  (b) => b.put(b.random.pick([0xcc, 0xce, 0xcf, 0xcb, 0xc3, 0x9d, 0x9c, 0x60, 0x61, 0xc9, 0xfa, 0xfb, 0xf4])),
  // A loop of a few turns, a jump near by.
  (b, wide) => {
    load(b, 1, b.random.below(50), wide);
    b.any(b.random.below(4));
    b.put(0xe2, -2 - b.random.below(6));
  },
  (b) => b.put(0x70 | b.random.below(16), b.random.below(40) - 10),
  // x87.
  (b) => {
    b.put(0xd8 | b.random.below(8));
    b.any(b.random.below(2) ? 1 : 3);
  },
];

/** The end of any interrupt: tells both 8259As. */
const HANDLER = [0x50, 0xb0, 0x20, 0xe6, 0xa0, 0xe6, 0x20, 0x58, 0xcf];

/** Accesses to devices in a ring, behind the handler of all interrupts. */
function traffic(random: Random): Uint8Array {
  const b = new Bytes(random);
  b.put(...HANDLER);
  while (b.out.length < CODE_BYTES - 128) {
    b.put(0xfb, 0x90); // STI
    load(b, 7, 0xa0000 + random.below(0x20000), 4);
    load(b, 6, 0xa0000 + random.below(0x20000), 4);
    random.pick(TRAFFIC)(b, 4);
  }
  b.put(0xe9);
  b.word(HANDLER.length - b.out.length - 4, 4);
  return Uint8Array.from(b.out);
}

function program(random: Random, wide: 2 | 4): Uint8Array {
  const b = new Bytes(random);
  const plain = random.below(8) === 0;
  while (b.out.length < CODE_BYTES) {
    if (plain) b.any(64);
    else random.pick(TEMPLATES)(b, wide);
  }
  return Uint8Array.from(b.out.slice(0, CODE_BYTES));
}

// ---- tables ----

/** A descriptor in two words (SDM volume 3A, figure 3-8). */
function descriptor(base: number, limit: number, access: number): [number, number] {
  const low = ((base << 16) | (limit & 0xffff)) >>> 0;
  const high = (base & 0xff000000) | ((base >>> 16) & 0xff) | (limit & 0xf0000) | (access << 8);
  return [low, high >>> 0];
}

function gate(target: number, offset: number, type: number): [number, number] {
  return [((target << 16) | (offset & 0xffff)) >>> 0, ((offset & 0xffff0000) | (type << 8)) >>> 0];
}

/** `access` below has the descriptor's flags (G, D/B) as bits 12 to 15, as the machine's state has them. */
const SENSIBLE: readonly [number, number][] = [
  [0, 0],
  descriptor(0, 0xfffff, 0xc09b),
  descriptor(0, 0xfffff, 0xc093),
  descriptor(CODE, 0xffff, 0x009b),
  descriptor(DATA, 0xffff, 0x0093),
  descriptor(TSS[0], 0x1ff, 0x008b),
  descriptor(LDT, 0xff, 0x0082),
  descriptor(CODE, 0xffff, 0x40fb),
  descriptor(0, 0xfffff, 0xc0f3),
  descriptor(TSS[1], 0x1ff, 0x00e9),
  gate(0x08, CODE + 0x100, 0xec),
  gate(0x48, 0, 0xe5),
  descriptor(CODE, 0xffff, 0x009f),
  descriptor(DATA, 0x0fff, 0x40f7),
];
const SEL = {
  code32: 0x08,
  data32: 0x10,
  code16: 0x18,
  data16: 0x20,
  tss: 0x28,
  ldt: 0x30,
  user: 0x3b,
} as const;

function tables(machine: Machine, random: Random): void {
  const { memory } = machine;
  const put = (at: number, [low, high]: readonly [number, number]) => {
    memory.write(at, low, 4);
    memory.write(at + 4, high, 4);
  };
  const wild = (): [number, number] => [random.u32(), random.u32()];
  for (let i = 0; i < 24; i++) put(GDT + 8 * i, (random.below(32) ? SENSIBLE[i] : undefined) ?? wild());
  for (let i = 0; i < 16; i++) put(LDT + 8 * i, random.below(2) ? random.pick(SENSIBLE) : wild());
  for (let i = 0; i < 256; i++) {
    const type = random.pick([0x8e, 0x8e, 0x8f, 0xee, 0xef, 0x86, 0x85]);
    const sane = gate(type === 0x85 ? 0x48 : SEL.code32, CODE + random.below(CODE_BYTES), type);
    put(IDT + 8 * i, random.below(40) ? sane : wild());
  }
  for (const tss of TSS) {
    for (let i = 0; i < 0x1fc; i += 4) memory.write(tss + i, random.below(3) ? 0 : edgy(random), 4);
    const fields: [number, number][] = [
      [4, DATA + STACK_TOP],
      [8, SEL.data32],
      [0x1c, DIRECTORY],
      [0x20, CODE],
    ];
    fields.push(
      [0x24, 2],
      [0x38, DATA + STACK_TOP],
      [0x4c, SEL.code32],
      [0x50, SEL.data32],
      [0x54, SEL.data32],
    );
    for (const [at, value] of fields) memory.write(tss + at, value, 4);
    memory.write(tss + 0x66, random.pick([0x68, 0x68, 0x1f0, 0xffff]), 2);
  }
  vectors(machine, random);
  pages(machine, random);
}

function orderlyInterrupts({ memory }: Machine): void {
  const [low, high] = gate(SEL.code32, CODE, 0x8e);
  for (let i = 0; i < 256; i++) {
    memory.write(IDT + 8 * i, low, 4);
    memory.write(IDT + 8 * i + 4, high, 4);
  }
  for (const [i, [first, second]] of SENSIBLE.entries()) {
    memory.write(GDT + 8 * i, first, 4);
    memory.write(GDT + 8 * i + 4, second, 4);
  }
}

/** Real mode's vectors: some the BIOS's, some into the program. */
function vectors({ memory }: Machine, random: Random): void {
  for (let i = 0; i < 256; i++) {
    if (random.below(2)) memory.write(4 * i, ((CODE >>> 4) << 16) | random.below(CODE_BYTES), 4);
  }
}

/** The first 2 MiB onto themselves, with entries of other kinds in between. */
function pages({ memory }: Machine, random: Random): void {
  for (let i = 0; i < 1024; i++) {
    const large = random.below(64) === 0 ? (i << 22) | 0x83 | random.below(128) : 0;
    memory.write(DIRECTORY + 4 * i, i === 0 ? TABLE + 7 : random.below(4) ? large : edgy(random), 4);
    const flags = random.below(80) ? 7 : random.below(0x200);
    memory.write(TABLE + 4 * i, i < 512 ? (i << 12) | flags : edgy(random), 4);
  }
}

// ---- the CPU's state ----

function segment(s: Ia32State, seg: number, at: number, base: number, limit: number, access: number): void {
  s.selector[seg] = at;
  s.base[seg] = base;
  s.limit[seg] = limit;
  s.access[seg] = access;
}

const DATA_SEGMENTS = [Seg.es, Seg.ss, Seg.ds, Seg.fs, Seg.gs];

function realSegments(s: Ia32State, access: number): void {
  segment(s, Seg.cs, CODE >>> 4, CODE, 0xffff, access);
  for (const seg of DATA_SEGMENTS) segment(s, seg, DATA >>> 4, DATA, 0xffff, access);
}

function protectedMode(s: Ia32State, mode: Mode): void {
  Object.assign(s, { gdtBase: GDT, gdtLimit: 24 * 8 - 1, idtBase: IDT, idtLimit: 0x7ff, cr3: DIRECTORY });
  s.cr0 = (Cr0.PE | Cr0.ET | (mode === 'paged' || mode === 'v86' ? Cr0.PG : 0)) >>> 0;
  segment(s, Seg.tr, SEL.tss, TSS[0], 0x1ff, 0x8b);
  segment(s, Seg.ldtr, SEL.ldt, LDT, 0xff, 0x82);
  if (mode === 'v86') {
    s.cpl = 3;
    realSegments(s, 0xf3);
    return;
  }
  const user = mode === 'user';
  if (user) s.cpl = 3;
  if (mode === 'protected16') segment(s, Seg.cs, SEL.code16, CODE, 0xffff, 0x9b);
  else if (user) segment(s, Seg.cs, SEL.user, CODE, 0xffff, 0x40fb);
  else segment(s, Seg.cs, SEL.code32, 0, 0xffffffff, 0xc09b);
  for (const seg of DATA_SEGMENTS) {
    segment(s, seg, user ? 0x43 : SEL.data32, 0, 0xffffffff, user ? 0xc0f3 : 0xc093);
  }
}

function registers(s: Ia32State, mode: Mode, random: Random): void {
  for (let n = 0; n < 8; n++) s.gpr[slot(n)] = edgy(random);
  const flat = mode !== 'real' && mode !== 'v86';
  s.gpr[slot(4)] = flat ? DATA + STACK_TOP : STACK_TOP;
  s.eip = mode === 'protected32' || mode === 'paged' ? CODE : 0;
  if (mode === 'traffic') s.eip = CODE + HANDLER.length;
  const vm = mode === 'v86' ? Flag.VM : 0;
  s.eflags = (2 | vm | (random.u32() & (Flag.IF | Flag.IOPL | Flag.DF | Flag.AC | Flag.ID))) >>> 0;
  if (random.below(16) === 0) s.eflags |= Flag.TF;
  for (let n = 0; n < 4 && random.below(8) === 0; n++) {
    s.dr[n] = edgy(random);
    s.dr[7] = s.dr[7]! | (1 << (2 * n)) | (random.below(16) << (16 + 4 * n));
  }
}

/** Puts a program into a machine that has just been loaded, and the CPU before it. */
export function prepare(machine: Machine, mode: Mode, seed: number): void {
  const random = new Random(seed);
  const s = machine.cpu.state as Ia32State;
  const wide = mode === 'real' || mode === 'v86' || mode === 'protected16' ? 2 : 4;
  machine.memory.load(CODE, mode === 'traffic' ? traffic(random) : program(random, wide));
  tables(machine, random);
  if (mode === 'traffic') orderlyInterrupts(machine);
  if (mode === 'real') {
    s.cr0 = Cr0.ET;
    realSegments(s, 0x93);
  } else protectedMode(s, mode);
  registers(s, mode, random);
  s.halted = 0;
  machine.cpu.dropCaches();
}
