/**
 * Multiplication and division: the microcode's loops CORX and CORD, bit by bit, with the routines around them
 * that make numbers positive and signs right again. F1, which a REP prefix sets, is also the sign of the result:
 * so REP IMUL and REP IDIV negate theirs, and REP MUL negates its product.
 */
import { add, pass, rotateLeftCarry, rotateRightCarry, subtract } from '../alu.js';
import type { Chip } from '../chip.js';
import { Flag, Reg } from '../state.js';
import { divideError } from './interrupt.js';

const { CF, ZF, OF } = Flag;

const carry = (c: Chip): boolean => (c.latch & CF) !== 0;

/** Loops that go once through every bit count from this down to zero. */
const lastBit = (c: Chip): number => (c.word ? 15 : 7);

/** COM1: leaves all flags alone. */
const complement = (value: number): number => ~value & 0xffff;

/** CF1: F1 goes with the instruction, as a prefix's would. */
function flipF1(c: Chip): void {
  c.f1 = !c.f1;
  c.hasPrefixes = true;
}

/** 17F CORX: tmpa:tmpc = tmpc * tmpb. */
function corx(c: Chip): void {
  c.jump();
  c.tmpa = 0;
  c.clock();
  c.tmpc = rotateRightCarry(c, c.tmpc);
  let counter = lastBit(c);
  c.clock();
  for (;;) {
    if (carry(c)) {
      c.clocks(2);
      c.tmpa = add(c, c.tmpa, c.tmpb, 0);
      c.storeFlags();
      c.clock();
    } else c.jump();
    c.clock();
    c.tmpa = rotateRightCarry(c, c.tmpa);
    c.clock();
    c.tmpc = rotateRightCarry(c, c.tmpc);
    if (counter-- === 0) break;
    c.jump();
  }
  c.clock();
  c.jump();
}

/** 188 CORD: tmpa:tmpc / tmpb; the quotient's complement to tmpc, the remainder to tmpa. False: too large. */
function cord(c: Chip): boolean {
  c.jump();
  c.clock();
  subtract(c, c.tmpa, c.tmpb, 0);
  c.storeFlags();
  let counter = lastBit(c);
  c.clock();
  if (!carry(c)) return false;
  c.clock();
  for (;;) {
    c.clock();
    c.tmpc = rotateLeftCarry(c, c.tmpc);
    c.clock();
    c.tmpa = rotateLeftCarry(c, c.tmpa);
    c.clock();
    const more = carry(c) ? subtractOverflowed(c, counter) : subtractIfLess(c, counter);
    if (!more) break;
    counter--;
    c.jump();
  }
  c.clock();
  c.tmpc = rotateLeftCarry(c, c.tmpc);
  c.clock();
  rotateLeftCarry(c, c.tmpc);
  c.flags = (c.flags & ~CF) | (c.latch & CF);
  c.jump();
  return true;
}

/** 195: the shifted dividend has one bit more than the divisor: it is larger. */
function subtractOverflowed(c: Chip, counter: number): boolean {
  c.jump();
  c.clock();
  return subtractEnd(c, counter);
}

/** 196: the difference becomes the dividend, and a zero goes into the quotient's complement. */
function subtractEnd(c: Chip, counter: number): boolean {
  c.tmpa = subtract(c, c.tmpa, c.tmpb, 0);
  c.latch &= ~CF;
  if (counter > 0) return true;
  c.clock();
  c.jump();
  return false;
}

function subtractIfLess(c: Chip, counter: number): boolean {
  c.clock();
  subtract(c, c.tmpa, c.tmpb, 0);
  c.storeFlags();
  c.clock();
  if (!carry(c)) {
    c.jump();
    return subtractEnd(c, counter);
  }
  c.clock();
  if (counter > 0) return true;
  c.clock();
  return false;
}

/** 1C0 PREIMUL: makes tmpc and tmpb positive; F1 changes with each sign. */
function preImul(c: Chip): void {
  c.jump();
  rotateLeftCarry(c, c.tmpc);
  c.clock();
  if (carry(c)) {
    c.clock();
    c.tmpc = subtract(c, 0, c.tmpc, 0);
    flipF1(c);
    c.clock();
  }
  c.jump();
  positiveB(c);
}

/** 1BB: makes tmpb positive. */
function positiveB(c: Chip): void {
  c.clock();
  rotateLeftCarry(c, c.tmpb);
  c.clock();
  if (carry(c)) {
    c.clock();
    c.tmpb = subtract(c, 0, c.tmpb, 0);
    flipF1(c);
  } else c.jump();
  c.jump();
}

/** 1B6 NEGATE: tmpa:tmpc changes its sign. */
function negate(c: Chip): void {
  c.clock();
  c.tmpc = subtract(c, 0, c.tmpc, 0);
  c.storeFlags();
  c.clock();
  if (carry(c)) {
    c.jump();
    c.tmpa = complement(c.tmpa);
  } else {
    c.clocks(2);
    c.tmpa = subtract(c, 0, c.tmpa, 0);
  }
  flipF1(c);
  c.clock();
  positiveB(c);
}

/** 1B4 PREIDIV: makes the dividend tmpa:tmpc and the divisor tmpb positive. */
function preIdiv(c: Chip): void {
  c.jump();
  rotateLeftCarry(c, c.tmpa);
  c.clock();
  if (!carry(c)) {
    c.jump();
    positiveB(c);
  } else {
    c.clock();
    negate(c);
  }
}

/** 1CC CCOF, 1D1 SCOF: CF and OF tell whether the high half of a product matters. */
function carryUnlessZero(c: Chip): void {
  if ((c.latch & ZF) !== 0) {
    c.jump();
    c.flags &= ~(CF | OF);
  } else {
    c.clock();
    c.flags |= CF | OF;
  }
  c.jump();
}

/** 1CD IMULCOF. */
function imulFlags(c: Chip): void {
  c.jump();
  c.tmpb = 0;
  c.clock();
  rotateLeftCarry(c, c.tmpc);
  c.clock();
  add(c, c.tmpa, 0, c.latch & CF);
  c.storeFlags();
  c.clock();
  carryUnlessZero(c);
}

/** 1D2 MULCOF. */
function mulFlags(c: Chip): void {
  c.jump();
  c.clock();
  pass(c, c.tmpa);
  c.storeFlags();
  c.jump();
  carryUnlessZero(c);
}

/** 150, 158 MUL and IMUL. */
export function mulRm(c: Chip): void {
  const signed = (c.modrm & 8) !== 0;
  c.tmpc = c.register(Reg.ax);
  c.clock();
  c.tmpb = c.rm();
  if (signed) preImul(c);
  else c.clock();
  corx(c);
  if (c.f1) {
    c.jump();
    negate(c);
  } else c.clock();
  if (signed) imulFlags(c);
  else c.clock();
  c.setRegister(Reg.ax, c.tmpc);
  if (signed) c.jump();
  else {
    c.clock();
    mulFlags(c);
  }
  highHalf(c);
}

function highHalf(c: Chip): void {
  if (c.word) c.gpr[Reg.dx] = c.tmpa;
  else c.bytes[1] = c.tmpa;
}

/** 160, 168 DIV and IDIV. */
export function divRm(c: Chip): void {
  const signed = (c.modrm & 8) !== 0;
  c.tmpa = c.word ? c.gpr[Reg.dx]! : c.bytes[1]!;
  c.clock();
  c.tmpc = c.register(Reg.ax);
  c.clock();
  c.tmpb = c.rm();
  if (signed) preIdiv(c);
  else c.clock();
  if (!cord(c)) return divideError(c);
  c.clock();
  c.tmpb = c.word ? c.gpr[Reg.dx]! : c.bytes[1]!;
  if (signed) {
    c.jump();
    if (!postIdiv(c)) return divideError(c);
  } else {
    c.clock();
    c.tmpc = complement(c.tmpc);
  }
  c.setRegister(Reg.ax, c.tmpc);
  c.nx();
  c.clock();
  highHalf(c);
}

/** 1C4 POSTIDIV: the signs of quotient and remainder. False: the quotient has no room for one. */
function postIdiv(c: Chip): boolean {
  if (!carry(c)) return false;
  c.clocks(2);
  rotateLeftCarry(c, c.tmpb);
  c.clock();
  if (carry(c)) {
    c.clock();
    c.tmpa = subtract(c, 0, c.tmpa, 0);
    c.clock();
  } else c.jump();
  c.clock();
  if (c.f1) {
    c.tmpc = (c.tmpc + 1) & 0xffff;
    c.jump();
  } else {
    c.tmpc = complement(c.tmpc);
    c.clocks(2);
  }
  c.flags &= ~(CF | OF);
  c.jump();
  return true;
}

/** 174 AAM: AH = AL / immediate, AL = the remainder. */
export function aam(c: Chip): void {
  c.tmpb = c.q();
  c.clock();
  c.tmpa = 0;
  c.clock();
  c.tmpc = c.bytes[0]!;
  if (!cord(c)) return divideError(c);
  c.clock();
  c.bytes[1] = complement(c.tmpc);
  c.nx();
  c.clock();
  c.bytes[0] = pass(c, c.tmpa);
  c.storeFlags();
}

/** 170 AAD: AL = AH * immediate + AL, AH = 0. */
export function aad(c: Chip): void {
  c.tmpc = c.q();
  c.clock();
  c.tmpb = c.bytes[1]!;
  corx(c);
  c.tmpb = c.bytes[0]!;
  c.clock();
  c.bytes[1] = 0;
  c.jump();
  c.bytes[0] = add(c, c.tmpc, c.tmpb, 0);
  c.storeFlags();
}
