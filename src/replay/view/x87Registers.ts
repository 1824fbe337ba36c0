/** The x87's registers (SDM volume 1, 8.1): values as a double shows them, and all bits. */
import { Exception, precision, rounding, Status } from '../../core/cpu/ia32/helpers/x87/bits.js';
import { tagWord } from '../../core/cpu/ia32/helpers/x87/environment.js';
import { BIAS, type Extended, Kind, unpack } from '../../core/cpu/ia32/helpers/x87/format.js';
import { unitOf } from '../../core/cpu/ia32/helpers/x87/unit.js';
import type { Ia32State } from '../../core/cpu/ia32/state.js';
import { bitNames, hex } from './plain.js';
import type { Row } from './registers.js';

const EXCEPTION_NAMES = {
  IE: Exception.invalid,
  DE: Exception.denormal,
  ZE: Exception.zeroDivide,
  OE: Exception.overflow,
  UE: Exception.underflow,
  PE: Exception.precision,
} as const;
const STATUS_NAMES = {
  ...EXCEPTION_NAMES,
  SF: Exception.stackFault,
  ES: Status.summary,
  C0: Status.c0,
  C1: Status.c1,
  C2: Status.c2,
  C3: Status.c3,
  B: Status.busy,
} as const;
const ROUNDINGS = ['nearest', 'down', 'up', 'toward zero'];
const TAGS = ['valid', 'zero', 'special', 'empty'];
/** Exponents between which a double is exact but for its rounding. */
const DOUBLE_EXPONENT = 1023;

export function x87Page(s: Ia32State): Row[] {
  const unit = unitOf(s);
  const tags = tagWord(unit);
  const stack = Array.from({ length: 8 }, (_, i): Row => {
    const r = unit.physical(i);
    const x = unit.raw(i);
    const bits = `${hex(x.se, 4)} ${hex(x.hi)}${hex(x.lo)}`;
    const value = unit.isEmpty(i) ? bits : `${bits} ${valueText(x)}`;
    return { name: `st${i}`, value, note: `R${r} ${TAGS[(tags >>> (2 * r)) & 3]}` };
  });
  const masks = bitNames(s.fpControl, EXCEPTION_NAMES);
  const control = `${precision(s.fpControl)} bits, ${ROUNDINGS[rounding(s.fpControl)]}, masked: ${masks || 'none'}`;
  return [
    ...stack,
    { name: 'control', value: hex(s.fpControl, 4), note: control },
    {
      name: 'status',
      value: hex(s.fpStatus, 4),
      note: `TOP ${unit.top} ${bitNames(s.fpStatus, STATUS_NAMES)}`.trim(),
    },
    { name: 'tags', value: hex(tags, 4) },
    {
      name: 'instruction',
      value: `${hex(s.fpCs, 4)}:${hex(s.fpIp)}`,
      note: `opcode ${hex(0xd800 | s.fpOpcode, 4)}`,
    },
    { name: 'operand', value: `${hex(s.fpDs, 4)}:${hex(s.fpDp)}` },
  ];
}

/** As exact as a double; what lies outside of its range as a power of two. */
function valueText({ se, hi, lo }: Extended): string {
  const { kind, sign, exponent, hi: high, lo: low } = unpack(se, hi, lo);
  const minus = sign ? '-' : '';
  if (kind === Kind.zero) return `${minus}0`;
  if (kind === Kind.infinity) return `${minus}infinity`;
  if (kind === Kind.quiet || kind === Kind.signaling)
    return `${minus}${kind === Kind.quiet ? 'QNaN' : 'SNaN'}`;
  if (kind === Kind.unsupported) return 'unsupported';
  const significand = high / 2 ** 31 + low / 2 ** 63;
  const power = exponent - BIAS;
  if (Math.abs(power) >= DOUBLE_EXPONENT) return `${minus}${significand} x 2^${power}`;
  return `${minus}${significand * powerOfTwo(power)}`;
}

/** Exact, as a power by other means need not be. */
function powerOfTwo(exponent: number): number {
  return new Float64Array(BigUint64Array.of(BigInt(exponent + DOUBLE_EXPONENT) << 52n).buffer)[0]!;
}
