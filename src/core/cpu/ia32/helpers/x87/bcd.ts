/**
 * Packed decimals: FBLD and FBSTP (SDM volume 1, 4.7 and table 4-4). Ten bytes: 18 digits, two a byte,
 * the lowest first, and the sign in the last byte's highest bit.
 */
import { Exception } from './bits.js';
import { integerMagnitude } from './convert.js';
import { BIAS, type Extended, Kind, NOT_A_NUMBER, normalize, type Operand, pack, zero } from './format.js';
import { invalid } from './nan.js';
import type { Numerics } from './round.js';
import { fromBig, toBig } from './words.js';

/** Words of a packed decimal: 4, 4 and 2 bytes. */
export interface Decimal {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** The packed decimal indefinite. */
export const DECIMAL_INDEFINITE: Decimal = { low: 0, middle: 0xc0000000, high: 0xffff };

const LARGEST = 10n ** 18n - 1n;
/** Digits in a word of 4 bytes. */
const WORD_DIGITS = 8;

/** The value of a word's digits. A digit above 9 is undefined (SDM); here it counts with its value. */
function digitsOf(word: number, digits: number): number {
  let value = 0;
  for (let i = digits - 1; i >= 0; i--) value = value * 10 + ((word >>> (i * 4)) & 15);
  return value;
}

export function fromDecimal(d: Decimal): Extended {
  const sign = d.high >>> 15;
  const value =
    BigInt(digitsOf(d.high, 2)) * 10n ** 16n +
    BigInt(digitsOf(d.middle, WORD_DIGITS)) * 10n ** 8n +
    BigInt(digitsOf(d.low, WORD_DIGITS));
  if (value === 0n) return zero(sign);
  const w = fromBig(value);
  const o = normalize(Kind.normal, sign, BIAS + 63, w.lo, w.ext);
  return pack(sign, o.exponent, o.hi, o.lo);
}

function packDigits(value: number, digits: number): number {
  let word = 0;
  for (let i = 0, rest = value; i < digits; i++, rest = Math.floor(rest / 10)) word += (rest % 10) * 16 ** i;
  return word;
}

/** FBSTP: the value rounded to an integer; the indefinite for what has more than 18 digits. */
export function toDecimal(n: Numerics, o: Operand): Decimal {
  const m = (o.kind & (NOT_A_NUMBER | Kind.infinity)) === 0 ? integerMagnitude(n, o) : undefined;
  const value = m === undefined ? LARGEST + 1n : toBig(m.hi, m.lo);
  if (value > LARGEST) {
    invalid(n);
    n.flags &= ~Exception.precision;
    n.up = false;
    return DECIMAL_INDEFINITE;
  }
  return {
    low: packDigits(Number(value % 10n ** 8n), WORD_DIGITS),
    middle: packDigits(Number((value / 10n ** 8n) % 10n ** 8n), WORD_DIGITS),
    high: packDigits(Number(value / 10n ** 16n), 2) + (o.sign << 15),
  };
}
