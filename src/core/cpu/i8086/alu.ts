/**
 * The ALU: every operation with all six flags, as the silicon leaves them, the undefined ones included. Results
 * go back to the caller, flags into the chip's latch, from where a micro-instruction with F copies them.
 *
 * What the manuals leave undefined was read off captures of the chip: logic operations clear AF and CF; shifts
 * take AF from bit 4 of the result (left) or clear it (right); the decimal adjustments set OF as their last
 * addition does; SETMO (shifts /6) gives all ones and the flags of a logic operation.
 */
import type { Chip } from './chip.js';
import { Flag } from './state.js';

const { CF, PF, AF, ZF, SF, OF } = Flag;

/** PF of each byte. */
const PARITY = Uint8Array.from({ length: 256 }, (_, n) => {
  let bits = 0;
  for (let v = n; v; v >>= 1) bits += v & 1;
  return bits & 1 ? 0 : PF;
});

/** SF, ZF and PF of a result, truncated to the operands' width. */
function signs(word: boolean, result: number): number {
  if (word) return PARITY[result & 0xff]! | ((result & 0xffff) === 0 ? ZF : 0) | ((result >> 8) & SF);
  return PARITY[result & 0xff]! | ((result & 0xff) === 0 ? ZF : 0) | (result & SF);
}

function truncate(word: boolean, value: number): number {
  return word ? value & 0xffff : value & 0xff;
}

export function add(c: Chip, a: number, b: number, carry: number): number {
  const { word } = c;
  a = truncate(word, a);
  b = truncate(word, b);
  const sum = a + b + carry;
  const overflow = (a ^ sum) & (b ^ sum);
  c.latch =
    signs(word, sum) |
    ((a ^ b ^ sum) & AF) |
    (word ? (sum >> 16) | ((overflow >> 4) & OF) : (sum >> 8) | ((overflow << 4) & OF));
  return truncate(word, sum);
}

export function subtract(c: Chip, a: number, b: number, borrow: number): number {
  const { word } = c;
  a = truncate(word, a);
  b = truncate(word, b);
  const difference = a - b - borrow;
  const overflow = (a ^ b) & (a ^ difference);
  c.latch =
    signs(word, difference) |
    ((a ^ b ^ difference) & AF) |
    (difference < 0 ? CF : 0) |
    (word ? (overflow >> 4) & OF : (overflow << 4) & OF);
  return truncate(word, difference);
}

export function logic(c: Chip, result: number): number {
  c.latch = signs(c.word, result);
  return truncate(c.word, result);
}

export function pass(c: Chip, value: number): number {
  c.latch = signs(c.word, value);
  return truncate(c.word, value);
}

/** Keeps CF. */
export function increment(c: Chip, a: number): number {
  const carry = c.latch & CF;
  const result = add(c, a, 1, 0);
  c.latch = (c.latch & ~CF) | carry;
  return result;
}

/** Keeps CF. */
export function decrement(c: Chip, a: number): number {
  const carry = c.latch & CF;
  const result = subtract(c, a, 1, 0);
  c.latch = (c.latch & ~CF) | carry;
  return result;
}

function topBit(word: boolean, value: number): number {
  return word ? (value >> 15) & 1 : (value >> 7) & 1;
}

/** The flags of a rotation: CF and OF change, OF is set if the sign did. */
function rotated(c: Chip, a: number, result: number, carry: number): number {
  const { word } = c;
  const overflow = topBit(word, a ^ result) ? OF : 0;
  c.latch = (c.latch & ~(OF | CF)) | overflow | carry;
  return truncate(word, result);
}

/** LRCY: left through carry. */
export function rotateLeftCarry(c: Chip, a: number): number {
  return rotated(c, a, (a << 1) | (c.latch & CF), topBit(c.word, a));
}

/** RRCY: right through carry. */
export function rotateRightCarry(c: Chip, a: number): number {
  const { word } = c;
  const top = (c.latch & CF) << (word ? 15 : 7);
  return rotated(c, a, (truncate(word, a) >> 1) | top, a & 1);
}

function rotateLeft(c: Chip, a: number): number {
  const top = topBit(c.word, a);
  return rotated(c, a, (a << 1) | top, top);
}

function rotateRight(c: Chip, a: number): number {
  const { word } = c;
  return rotated(c, a, (truncate(word, a) >> 1) | ((a & 1) << (word ? 15 : 7)), a & 1);
}

function shifted(c: Chip, a: number, result: number, carry: number, auxiliary: number): number {
  const { word } = c;
  const overflow = topBit(word, a ^ result) ? OF : 0;
  c.latch = signs(word, result) | overflow | carry | auxiliary;
  return truncate(word, result);
}

/** XI of the shift group: ROL ROR RCL RCR SHL SHR SETMO SAR, by one bit. */
export function shift(c: Chip, operation: number, a: number): number {
  const { word } = c;
  switch (operation) {
    case 0:
      return rotateLeft(c, a);
    case 1:
      return rotateRight(c, a);
    case 2:
      return rotateLeftCarry(c, a);
    case 3:
      return rotateRightCarry(c, a);
    case 4:
      return shifted(c, a, a << 1, topBit(word, a), (a << 1) & AF);
    case 5:
      return shifted(c, a, truncate(word, a) >> 1, a & 1, 0);
    case 6:
      return logic(c, 0xffff);
    default: {
      const sign = topBit(word, a) << (word ? 15 : 7);
      return shifted(c, a, (truncate(word, a) >> 1) | sign, a & 1, 0);
    }
  }
}

/** XI of the arithmetic group: ADD OR ADC SBB AND SUB XOR CMP. */
export function arithmetic(c: Chip, operation: number, a: number, b: number): number {
  switch (operation) {
    case 0:
      return add(c, a, b, 0);
    case 1:
      return logic(c, a | b);
    case 2:
      return add(c, a, b, c.latch & CF);
    case 3:
      return subtract(c, a, b, c.latch & CF);
    case 4:
      return logic(c, a & b);
    case 6:
      return logic(c, a ^ b);
    default:
      return subtract(c, a, b, 0);
  }
}
