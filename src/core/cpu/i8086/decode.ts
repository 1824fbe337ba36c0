/**
 * What the chip's group decode ROM tells about each opcode: whether a modrm byte follows, whether the effective
 * address begins with reading the operand, how wide operands are, and the microcode's routine. Every byte is an
 * instruction: 60h to 6Fh repeat 70h to 7Fh, C0h, C1h, C8h and C9h repeat C2h, C3h, CAh and CBh.
 */
import type { Chip } from './chip.js';
import * as arithmetic from './routines/arithmetic.js';
import { adjustAscii, adjustDecimal } from './routines/decimal.js';
import { wait } from './routines/halt.js';
import * as interrupt from './routines/interrupt.js';
import * as jump from './routines/jump.js';
import * as move from './routines/move.js';
import { aad, aam, divRm, mulRm } from './routines/multiply.js';
import * as stack from './routines/stack.js';
import { cmps, lods, movs, stos } from './routines/string.js';

export type Routine = (c: Chip) => void;

/** Bits of `TRAITS`. */
export const Trait = {
  /** A modrm byte follows. */
  modrm: 1,
  /** The operand in memory is read first. */
  load: 2,
  /** Bit 0 of the opcode is the width; else words, or bytes with `byte`. */
  width: 4,
  byte: 8,
  /** The modrm byte's reg field chooses the routine, which costs a clock. */
  group: 16,
  /** Executed by the loader without microcode. */
  direct: 32,
  /** Interrupts wait until the next instruction is over. */
  shadow: 64,
} as const;

const DIRECT = [
  0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd,
];
const BYTE = [0x27, 0x2f, 0x37, 0x3f, 0xd4, 0xd5, 0xd6, 0xd7];
/** Effective addresses whose operand is not read: MOV to memory, LEA, POP. */
const NO_LOAD = [0x88, 0x89, 0x8c, 0x8d, 0x8f, 0xc6, 0xc7];
const MODRM_ABOVE_80 = [0xc4, 0xc5, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff];

function hasModrm(opcode: number): boolean {
  if (opcode < 0x40) return (opcode & 4) === 0;
  if (opcode >= 0x80 && opcode < 0x90) return true;
  if ((opcode & 0xfc) === 0xd0 || (opcode & 0xf8) === 0xd8) return true;
  return MODRM_ABOVE_80.includes(opcode);
}

function hasWidth(opcode: number): boolean {
  if (opcode < 0x40) return (opcode & 7) < 6;
  if (opcode >= 0x80 && opcode < 0x8c) return true;
  if (opcode >= 0xa0 && opcode < 0xb0) return true;
  const row = opcode & 0xfe;
  return (opcode & 0xfc) === 0xd0 || [0xc6, 0xe4, 0xe6, 0xec, 0xee, 0xf6, 0xfe].includes(row);
}

function traits(opcode: number): number {
  const { modrm, load, width, byte, group, direct, shadow } = Trait;
  let bits = 0;
  if (hasModrm(opcode)) bits |= NO_LOAD.includes(opcode) ? modrm : modrm | load;
  if (hasWidth(opcode)) bits |= width;
  if (BYTE.includes(opcode)) bits |= byte;
  if ((opcode & 0xf6) === 0xf6) bits |= group;
  if (DIRECT.includes(opcode)) bits |= direct;
  if (opcode === 0x8e || (opcode & 0xe7) === 0x07) bits |= shadow;
  return bits;
}

/** F6h and F7h: TEST (twice), NOT, NEG, MUL, IMUL, DIV, IDIV. */
const GROUP_F6: readonly Routine[] = [
  arithmetic.testRmImmediate,
  arithmetic.testRmImmediate,
  arithmetic.notRm,
  arithmetic.negRm,
  mulRm,
  mulRm,
  divRm,
  divRm,
];

/** FEh and FFh: INC, DEC, CALL, CALL far, JMP, JMP far, PUSH (twice); with bytes, FEh does odd things. */
const GROUP_FE: readonly Routine[] = [
  arithmetic.incDecRm,
  arithmetic.incDecRm,
  jump.callRm,
  jump.callFarRm,
  jump.jmpRm,
  jump.jmpFarRm,
  stack.pushRm,
  stack.pushRm,
];

function groupF6(c: Chip): void {
  GROUP_F6[(c.modrm >> 3) & 7]!(c);
}

function groupFe(c: Chip): void {
  GROUP_FE[(c.modrm >> 3) & 7]!(c);
}

function none(): void {}

function routine(opcode: number): Routine {
  if (opcode < 0x40) return lowRoutine(opcode);
  if (opcode < 0x50) return arithmetic.incDecReg;
  if (opcode < 0x58) return stack.pushReg;
  if (opcode < 0x60) return stack.popReg;
  if (opcode < 0x80) return jump.jcc;
  if (opcode < 0x90) return ROW_80[opcode & 0xf]!;
  if (opcode < 0x98) return move.xchgAccumulator;
  if (opcode < 0xa0) return ROW_98[opcode & 7]!;
  if (opcode < 0xb0) return ROW_A0[(opcode & 0xf) >> 1]!;
  if (opcode < 0xc0) return move.movRegImmediate;
  return ROWS_C0[opcode - 0xc0]!;
}

/** 00h to 3Fh: eight ALU operations in rows of eight, their last two columns stack, prefixes and adjustments. */
function lowRoutine(opcode: number): Routine {
  const column = opcode & 7;
  if (column < 2) return arithmetic.aluRmReg;
  if (column < 4) return arithmetic.aluRegRm;
  if (column < 6) return arithmetic.aluAccumulatorImmediate;
  if (opcode < 0x20) return column === 6 ? stack.pushSegment : stack.popSegment;
  if (column === 6) return none;
  return opcode < 0x30 ? adjustDecimal : adjustAscii;
}

const ROW_80: readonly Routine[] = [
  ...Array(4).fill(arithmetic.aluRmImmediate),
  ...Array(2).fill(arithmetic.testRmReg),
  ...Array(2).fill(move.xchgRmReg),
  ...Array(2).fill(move.movRmReg),
  ...Array(2).fill(move.movRegRm),
  move.movRmSegment,
  move.lea,
  move.movSegmentRm,
  stack.popRm,
];

const ROW_98: readonly Routine[] = [
  move.cbw,
  move.cwd,
  jump.callFar,
  wait,
  stack.pushf,
  stack.popf,
  move.sahf,
  move.lahf,
];

/** By pairs of a byte and a word form. */
const ROW_A0: readonly Routine[] = [
  move.movAccumulatorDirect,
  move.movDirectAccumulator,
  movs,
  cmps,
  arithmetic.testAccumulatorImmediate,
  stos,
  lods,
  cmps,
];

const RETURNS: readonly Routine[] = [jump.retRelease, jump.ret, jump.retRelease, jump.ret];
const FAR_RETURNS: readonly Routine[] = [jump.retRelease, jump.retf, jump.retRelease, jump.retf];

const ROWS_C0: readonly Routine[] = [
  ...RETURNS,
  move.les,
  move.lds,
  ...Array(2).fill(move.movRmImmediate),
  ...FAR_RETURNS,
  interrupt.int3,
  interrupt.int,
  interrupt.into,
  jump.iret,
  ...Array(2).fill(arithmetic.shiftRmOne),
  ...Array(2).fill(arithmetic.shiftRmCl),
  aam,
  aad,
  move.salc,
  move.xlat,
  ...Array(8).fill(move.esc),
  jump.loopWhile,
  jump.loopWhile,
  jump.loop,
  jump.jcxz,
  ...Array(2).fill(move.inImmediate),
  ...Array(2).fill(move.outImmediate),
  jump.callNear,
  jump.jmpRelative,
  jump.jmpFar,
  jump.jmpRelative,
  ...Array(2).fill(move.inDx),
  ...Array(2).fill(move.outDx),
  ...Array(6).fill(none),
  ...Array(2).fill(groupF6),
  ...Array(6).fill(none),
  ...Array(2).fill(groupFe),
];

export const ROUTINES: readonly Routine[] = Array.from({ length: 256 }, (_, opcode) => routine(opcode));
export const TRAITS = Uint8Array.from({ length: 256 }, (_, opcode) => traits(opcode));
