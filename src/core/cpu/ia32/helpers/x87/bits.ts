/**
 * Bits of the x87 control and status words (SDM volume 1, 8.1.3 and 8.1.5).
 */

/** The exception flags of the status word; the mask bits of the control word have the same places. */
export const Exception = {
  invalid: 1 << 0,
  denormal: 1 << 1,
  zeroDivide: 1 << 2,
  overflow: 1 << 3,
  underflow: 1 << 4,
  precision: 1 << 5,
  /** Not an exception of its own: with `invalid`, the register stack over- or underflowed. */
  stackFault: 1 << 6,
} as const;

/** All six exceptions. */
export const EXCEPTIONS = 0x3f;
/** Unmasked, these suppress the result in a register: they are detected before the operation. */
export const BEFORE_OPERATION = Exception.invalid | Exception.denormal | Exception.zeroDivide;
/** Unmasked, these suppress a store to memory. */
export const BEFORE_STORE = EXCEPTIONS & ~Exception.precision;

export const Status = {
  /** ES: an unmasked exception is pending. */
  summary: 1 << 7,
  c0: 1 << 8,
  c1: 1 << 9,
  c2: 1 << 10,
  top: 7 << 11,
  c3: 1 << 14,
  /** B: kept for the 8087's sake, always equal to ES. */
  busy: 1 << 15,
} as const;

export const TOP_SHIFT = 11;

/** RC, bits 10 and 11 of the control word. */
export const Rounding = { nearest: 0, down: 1, up: 2, chop: 3 } as const;
export const rounding = (control: number): number => (control >> 10) & 3;

/** PC, bits 8 and 9: the bits of a significand; the reserved code 1 acts as 64 (seen on a Zen 4). */
const PRECISION = [24, 64, 53, 64] as const;
export const precision = (control: number): number => PRECISION[(control >> 8) & 3]!;

/** The control word's implemented bits: masks, PC, RC and the infinity control that only the 287 obeyed. */
const CONTROL_WRITABLE = 0x1f3f;
/** Bit 6 reads as one. */
const CONTROL_ONES = 0x0040;
export const controlWord = (value: number): number => (value & CONTROL_WRITABLE) | CONTROL_ONES;

/** FNINIT: all masked, 64 bits, round to nearest. */
export const CONTROL_INIT = 0x037f;
