/**
 * Rounding: the one place where an exact result becomes a number of a format, with overflow, underflow
 * and precision exceptions and their responses (SDM volume 1, 4.8.4 and 4.9.1.4 to 4.9.1.6, 8.5.4 to
 * 8.5.6). Tininess is detected after rounding, as by all x87 units.
 */
import { Exception, precision, Rounding, rounding } from './bits.js';
import { BIAS, EXPONENT_MAX, type Extended, infinity, pack, zero } from './format.js';
import { shiftRightJam, type Words } from './words.js';

/** What an operation needs of the unit, and what it tells besides its result. */
export interface Numerics {
  /** The control word. */
  readonly control: number;
  /** Exceptions the operation met. */
  flags: number;
  /** The last rounding increased the magnitude: C1. */
  up: boolean;
}

/** A range of normalised numbers; exponents are biased as in the extended format. */
export interface Format {
  /** Bits of the significand. */
  readonly precision: number;
  readonly least: number;
  readonly most: number;
}

const ranged = (precision: number, least: number, most: number): Format => ({ precision, least, most });
export const SINGLE = ranged(24, BIAS - 126, BIAS + 127);
export const DOUBLE = ranged(53, BIAS - 1022, BIAS + 1023);
const EXTENDED = ranged(64, 1, EXPONENT_MAX - 1);
const EXTENDED_24 = ranged(24, 1, EXPONENT_MAX - 1);
const EXTENDED_53 = ranged(53, 1, EXPONENT_MAX - 1);

/** The format the precision control selects: fewer bits, but always the extended format's exponents. */
function controlled(control: number): Format {
  const bits = precision(control);
  return bits === 64 ? EXTENDED : bits === 53 ? EXTENDED_53 : EXTENDED_24;
}

/** Unmasked overflow and underflow deliver a result with its exponent moved into the range by this. */
const BIAS_ADJUSTMENT = 24576;

/** Whether a magnitude is to be increased, given its last kept bit and what is cut off below. */
function increases(mode: number, sign: number, odd: boolean, half: boolean, sticky: boolean): boolean {
  if (mode === Rounding.nearest) return half && (sticky || odd);
  if (mode === Rounding.chop) return false;
  return (half || sticky) && (mode === Rounding.down) === (sign === 1);
}

interface RoundedSignificand {
  readonly hi: number;
  readonly lo: number;
  /** 1 if rounding up overflowed to the next power of two. */
  readonly carry: number;
  readonly inexact: boolean;
  readonly up: boolean;
}

/** Rounds 96 bits to their highest 24, 53 or 64. */
export function roundSignificand(
  mode: number,
  bits: number,
  sign: number,
  hi: number,
  lo: number,
  ext: number,
): RoundedSignificand {
  if (bits === 64) {
    const up = ext !== 0 && increases(mode, sign, (lo & 1) !== 0, ext >>> 31 !== 0, ext << 1 !== 0);
    return add(hi, lo, up ? 1 : 0, ext !== 0, up);
  }
  if (bits === 53) {
    const rest = (lo & 0x3ff) | ext;
    const inexact = ((lo & 0x7ff) | ext) !== 0;
    const up = inexact && increases(mode, sign, (lo & 0x800) !== 0, (lo & 0x400) !== 0, rest !== 0);
    return add(hi, (lo & ~0x7ff) >>> 0, up ? 0x800 : 0, inexact, up);
  }
  const rest = (hi & 0x7f) | lo | ext;
  const inexact = ((hi & 0xff) | lo | ext) !== 0;
  const up = inexact && increases(mode, sign, (hi & 0x100) !== 0, (hi & 0x80) !== 0, rest !== 0);
  // A carry out of the low word stands for the increment of the 24th bit.
  const kept = (hi & ~0xff) >>> 0;
  return add(up ? (kept | 0xff) >>> 0 : kept, up ? 0xffffffff : 0, up ? 1 : 0, inexact, up);
}

function add(hi: number, lo: number, increment: number, inexact: boolean, up: boolean): RoundedSignificand {
  const low = lo + increment;
  if (low <= 0xffffffff) return { hi, lo: low, carry: 0, inexact, up };
  if (hi !== 0xffffffff) return { hi: hi + 1, lo: low >>> 0, carry: 0, inexact, up };
  return { hi: 0x80000000, lo: 0, carry: 1, inexact, up };
}

/** A result in a format: if the significand's highest bit is clear, a denormal (or zero). */
export interface Rounded {
  readonly exponent: number;
  readonly hi: number;
  readonly lo: number;
}

/** Rounds a normalised, exact (or jammed) value to `format`. */
export function roundTo(
  n: Numerics,
  format: Format,
  sign: number,
  exponent: number,
  hi: number,
  lo: number,
  ext: number,
): Rounded {
  const r = roundSignificand(rounding(n.control), format.precision, sign, hi, lo, ext);
  const rounded = exponent + r.carry;
  if (rounded < format.least && (n.control & Exception.underflow) !== 0) {
    return denormalize(n, format, sign, exponent, hi, lo, ext);
  }
  if (rounded > format.most && (n.control & Exception.overflow) !== 0) return overflow(n, format, sign);
  note(n, r);
  if (rounded < format.least) n.flags |= Exception.underflow;
  if (rounded > format.most) n.flags |= Exception.overflow;
  return { exponent: rounded, hi: r.hi, lo: r.lo };
}

function note(n: Numerics, r: RoundedSignificand): void {
  if (r.inexact) n.flags |= Exception.precision;
  n.up = r.up;
}

/** Masked underflow: the tiny value as a denormal; the exception is only reported if that is inexact. */
function denormalize(
  n: Numerics,
  format: Format,
  sign: number,
  exponent: number,
  hi: number,
  lo: number,
  ext: number,
): Rounded {
  const w = shiftRightJam(hi, lo, ext, format.least - exponent);
  const r = roundSignificand(rounding(n.control), format.precision, sign, w.hi, w.lo, w.ext);
  note(n, r);
  if (r.inexact) n.flags |= Exception.underflow;
  return { exponent: format.least, hi: r.hi, lo: r.lo };
}

/** Masked overflow: infinity, or the largest finite number if the mode rounds towards zero (table 4-10). */
function overflow(n: Numerics, format: Format, sign: number): Rounded {
  n.flags |= Exception.overflow | Exception.precision;
  n.up = increases(rounding(n.control), sign, true, true, true);
  if (n.up) return { exponent: format.most + 1, hi: 0x80000000, lo: 0 };
  const { precision: bits, most: exponent } = format;
  if (bits === 64) return { exponent, hi: 0xffffffff, lo: 0xffffffff };
  return bits === 53 ? { exponent, hi: 0xffffffff, lo: 0xfffff800 } : { exponent, hi: 0xffffff00, lo: 0 };
}

function packRounded(n: Numerics, sign: number, r: Rounded): Extended {
  if (r.exponent > EXTENDED.most) {
    if ((n.control & Exception.overflow) !== 0) return infinity(sign);
    const adjusted = r.exponent - BIAS_ADJUSTMENT;
    return adjusted > EXTENDED.most ? outOfReach(n, infinity(sign), true) : pack(sign, adjusted, r.hi, r.lo);
  }
  if (r.exponent < EXTENDED.least) {
    const adjusted = r.exponent + BIAS_ADJUSTMENT;
    return adjusted < EXTENDED.least ? outOfReach(n, zero(sign), false) : pack(sign, adjusted, r.hi, r.lo);
  }
  return pack(sign, r.hi >= 0x80000000 ? r.exponent : 0, r.hi, r.lo);
}

/** FSCALE can over- or underflow so far that the adjustment does not help (8.5.4 and 8.5.5). */
function outOfReach(n: Numerics, response: Extended, up: boolean): Extended {
  n.flags |= Exception.precision;
  n.up = up;
  return response;
}

/** Rounds to a register with the precision that the control word selects (FADD, FMUL, FDIV, FSQRT). */
export function roundControlled(n: Numerics, sign: number, exponent: number, w: Words): Extended {
  return packRounded(n, sign, roundTo(n, controlled(n.control), sign, exponent, w.hi, w.lo, w.ext));
}

/** Rounds to a register with 64 bits whatever the precision control (all other operations). */
export function roundFull(n: Numerics, sign: number, exponent: number, w: Words): Extended {
  return packRounded(n, sign, roundTo(n, EXTENDED, sign, exponent, w.hi, w.lo, w.ext));
}
