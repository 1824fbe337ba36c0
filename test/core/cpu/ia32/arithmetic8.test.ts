/**
 * All of 8-bit arithmetic against independent formulas: every pair of operands (every value and count),
 * with every flag before set and clear, results and the flags that the manual defines. The formulas use
 * wide integers, counting and single steps, where the core uses carry vectors and 64-bit shifts.
 */
import { describe, expect, it } from 'vitest';
import { Flag, Seg } from '../../../../src/core/cpu/ia32/state.js';
import { bench } from './support/bench.js';
import { Loops, type Outcome } from './support/loops.js';

const { CF, PF, AF, ZF, SF, OF } = Flag;
const ALL = CF | PF | AF | ZF | SF | OF;
const SHOWN = 5;

/** A result, and those flags that are defined. */
interface Expected {
  readonly ax: number;
  readonly flags: number;
  readonly defined: number;
}
type Formula = (a: number, b: number, before: number) => Expected;

const signed = (n: number): number => (n >= 128 ? n - 256 : n);
const when = (condition: boolean, flag: number): number => (condition ? flag : 0);

const ODD_PARITY = Array.from({ length: 256 }, (_, r) => r.toString(2).replaceAll('0', '').length % 2 === 1);

/** ZF, SF and PF, the last by counting. */
const ofResult = (r: number): number => when(r === 0, ZF) | when(r >= 128, SF) | when(!ODD_PARITY[r], PF);

const byte = (n: number): number => ((n % 256) + 256) % 256;

/** a + sign * (b + c) in wide integers: a carry is a result that does not fit. */
function sum(a: number, b: number, c: number, sign: 1 | -1): Expected {
  const wide = a + sign * (b + c);
  const digit = (a % 16) + sign * ((b % 16) + c);
  const inSigned = signed(a) + sign * (signed(b) + c);
  const r = byte(wide);
  const carries = when(wide < 0 || wide > 255, CF) | when(digit < 0 || digit > 15, AF);
  return { ax: r, flags: ofResult(r) | carries | when(inSigned < -128 || inSigned > 127, OF), defined: ALL };
}

function logic(r: number): Expected {
  return { ax: r, flags: ofResult(r), defined: ALL & ~AF };
}

const BITS = Array.from({ length: 256 }, (_, n) =>
  Array.from({ length: 8 }, (_, i) => Math.floor(n / 2 ** i) % 2 === 1),
);
const bits = (n: number): readonly boolean[] => BITS[n]!;
const number = (list: readonly boolean[]): number => list.reduce((n, on, i) => n + (on ? 2 ** i : 0), 0);
const carry = (before: number): number => (before & CF ? 1 : 0);

const TWO_OPERANDS: Record<string, readonly [readonly number[], Formula]> = {
  ADD: [[0x00, 0xd8], (a, b) => sum(a, b, 0, 1)],
  ADC: [[0x10, 0xd8], (a, b, before) => sum(a, b, carry(before), 1)],
  SUB: [[0x28, 0xd8], (a, b) => sum(a, b, 0, -1)],
  SBB: [[0x18, 0xd8], (a, b, before) => sum(a, b, carry(before), -1)],
  CMP: [[0x38, 0xd8], (a, b) => ({ ...sum(a, b, 0, -1), ax: a })],
  AND: [[0x20, 0xd8], (a, b) => logic(number(bits(a).map((x, i) => x && bits(b)[i]!)))],
  OR: [[0x08, 0xd8], (a, b) => logic(number(bits(a).map((x, i) => x || bits(b)[i]!)))],
  XOR: [[0x30, 0xd8], (a, b) => logic(number(bits(a).map((x, i) => x !== bits(b)[i])))],
  TEST: [[0x84, 0xd8], (a, b) => ({ ...logic(number(bits(a).map((x, i) => x && bits(b)[i]!))), ax: a })],
  MUL: [[0xf6, 0xe3], (a, b) => ({ ax: a * b, flags: when(a * b > 255, CF | OF), defined: CF | OF })],
  IMUL: [
    [0xf6, 0xeb],
    (a, b) => {
      const product = signed(a) * signed(b);
      const lost = product < -128 || product > 127;
      return { ax: (product + 65536) % 65536, flags: when(lost, CF | OF), defined: CF | OF };
    },
  ],
  INC: [
    [0xfe, 0xc0],
    (a, _, before) => ({ ...sum(a, 1, 0, 1), flags: (sum(a, 1, 0, 1).flags & ~CF) | (before & CF) }),
  ],
  DEC: [
    [0xfe, 0xc8],
    (a, _, before) => ({ ...sum(a, 1, 0, -1), flags: (sum(a, 1, 0, -1).flags & ~CF) | (before & CF) }),
  ],
  NEG: [[0xf6, 0xd8], (a) => sum(0, a, 0, -1)],
  NOT: [[0xf6, 0xd0], (a, _, before) => ({ ax: 255 - a, flags: before, defined: ALL })],
};

/** One step of a shift or rotate: bits, lowest first, and carry in; the same out. */
type Step = (value: readonly boolean[], cf: boolean) => readonly [boolean[], boolean];

const left =
  (into: (value: readonly boolean[], cf: boolean) => boolean): Step =>
  (value, cf) => [[into(value, cf), ...value.slice(0, 7)], value[7]!];
const right =
  (into: (value: readonly boolean[], cf: boolean) => boolean): Step =>
  (value, cf) => [[...value.slice(1), into(value, cf)], value[0]!];

const ROTATES: Record<string, readonly [number, Step]> = {
  ROL: [0, left((v) => v[7]!)],
  ROR: [1, right((v) => v[0]!)],
  RCL: [2, left((_, cf) => cf)],
  RCR: [3, right((_, cf) => cf)],
};
const SHIFTS: Record<string, readonly [number, Step]> = {
  SHL: [4, left(() => false)],
  SHR: [5, right(() => false)],
  SAL: [6, left(() => false)],
  SAR: [7, right((v) => v[7]!)],
};

interface Turned {
  readonly value: number;
  readonly cf: boolean;
  readonly of: number;
}

/** Step by step, as often as the count says (modulo 32); OF is defined for one step, and tells a change of sign. */
function repeated(step: Step, a: number, count: number, before: number): Turned {
  let value = bits(a);
  let cf = (before & CF) !== 0;
  for (let n = 0; n < count; n++) [value, cf] = step(value, cf);
  return { value: number(value), cf, of: when(value[7] !== bits(a)[7], OF) };
}

/** The same, each distinct case once. */
function repeater(step: Step): (a: number, count: number, before: number) => Turned {
  const known = new Map<number, Turned>();
  return (a, count, before) => {
    const key = (a * 32 + (count % 32)) * 2 + carry(before);
    const result = known.get(key) ?? repeated(step, a, count % 32, before);
    known.set(key, result);
    return result;
  };
}

function rotate(step: Step): Formula {
  const turn = repeater(step);
  return (a, b, before) => {
    const { value, cf, of } = turn(a, b, before);
    const count = b % 32;
    if (count === 0) return { ax: a, flags: before, defined: ALL };
    const flags = (before & ~(CF | OF)) | when(cf, CF) | of;
    return { ax: value, flags, defined: count === 1 ? ALL : ALL & ~OF };
  };
}

/** CF is undefined once every bit has left; AF always. */
function shift(step: Step, arithmetic: boolean): Formula {
  const turn = repeater(step);
  return (a, b, before) => {
    const { value, cf, of } = turn(a, b, before);
    const count = b % 32;
    if (count === 0) return { ax: a, flags: before, defined: ALL };
    const defined = ZF | SF | PF | when(count === 1, OF) | when(count < 8 || arithmetic, CF);
    return { ax: value, flags: ofResult(value) | when(cf, CF) | of, defined };
  };
}

/** The manual's own procedure for DAA (sign 1) and DAS (-1), step by step on AL, CF and AF. */
function adjustPacked(al: number, before: number, sign: 1 | -1): Expected {
  let [r, cf] = [al, false];
  const lowWrong = al % 16 > 9 || (before & AF) !== 0;
  if (lowWrong) {
    cf = (before & CF) !== 0 || r + sign * 6 < 0 || r + sign * 6 > 255;
    r = byte(r + sign * 6);
  }
  const highWrong = al > 0x99 || (before & CF) !== 0;
  if (highWrong) r = byte(r + sign * 0x60);
  const carryOut = highWrong || (sign < 0 && cf);
  return { ax: r, flags: ofResult(r) | when(carryOut, CF) | when(lowWrong, AF), defined: ALL & ~OF };
}

/** AAA and AAS on AX: the digit's carry goes into AH. */
function adjustUnpacked(ah: number, al: number, before: number, sign: 1 | -1): Expected {
  const wrong = al % 16 > 9 || (before & AF) !== 0;
  const ax = wrong ? (ah * 256 + al + sign * 0x106 + 0x10000) % 0x10000 : ah * 256 + al;
  return { ax: Math.floor(ax / 256) * 256 + (ax % 16), flags: when(wrong, CF | AF), defined: CF | AF };
}

const DECIMAL: Record<string, readonly [readonly number[], Formula]> = {
  DAA: [[0x27], (ah, al, before) => high(ah, adjustPacked(al, before, 1))],
  DAS: [[0x2f], (ah, al, before) => high(ah, adjustPacked(al, before, -1))],
  AAA: [[0x37], (ah, al, before) => adjustUnpacked(ah, al, before, 1)],
  AAS: [[0x3f], (ah, al, before) => adjustUnpacked(ah, al, before, -1)],
  ...Object.fromEntries(
    [1, 2, 7, 10, 16, 128, 255].flatMap((base) => [
      [`AAM ${base}`, [[0xd4, base], (_: number, al: number) => digits(Math.floor(al / base), al % base)]],
      [`AAD ${base}`, [[0xd5, base], (ah: number, al: number) => digits(0, byte(al + ah * base))]],
    ]),
  ),
};

const high = (ah: number, e: Expected): Expected => ({ ...e, ax: ah * 256 + e.ax });
const digits = (ah: number, al: number): Expected => ({
  ax: ah * 256 + al,
  flags: ofResult(al),
  defined: SF | ZF | PF,
});

/** Flags before: each of the six clear and set, with the others both ways. */
const BEFORE = [0, ALL, CF | OF, AF | ZF | SF | PF];

/** The loops soon become hot: what the second one tells is compiled code, but for their beginning. */
const ENGINES = { interpreter: new Loops('interpreter'), compiler: new Loops('compiler') };

/** Every pair for one state of the flags: what differs, in the words of a reproduction. */
function differences(
  name: string,
  code: readonly number[],
  wide: boolean,
  before: number,
  formula: Formula,
): string[] {
  const wrong: string[] = [];
  const engines = Object.entries(ENGINES).map(
    ([engine, loops]) => [engine, loops.run({ code, wide, flags: before })] as const,
  );
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      const want = formula(a, b, before);
      for (const [engine, outcome] of engines) {
        const got = outcome(a, b);
        if (agrees(got, want)) continue;
        const where = `${name} ${a}, ${b}, flags ${before.toString(16)} (${engine})`;
        wrong.push(`${where}: ${show(got)}, not ${show(want)}`);
      }
    }
  }
  return wrong;
}

const agrees = (got: Outcome, want: Expected): boolean =>
  got.ax === want.ax && ((got.flags ^ want.flags) & want.defined) === 0;
const show = ({ ax, flags }: Outcome): string => `${ax.toString(16)} with flags ${flags.toString(16)}`;

function check(name: string, code: readonly number[], wide: boolean, formula: Formula): void {
  const wrong = BEFORE.flatMap((before) => differences(name, code, wide, before, formula));
  expect(wrong.slice(0, SHOWN), `${wrong.length} wrong`).toEqual([]);
}

describe('8-bit arithmetic, exhaustively', () => {
  it.each(Object.entries(TWO_OPERANDS))('%s', (name, [code, formula]) => check(name, code, false, formula));
  it.each(Object.entries(ROTATES))('%s', (name, [n, step]) =>
    check(name, [0xd2, 0xc0 + n * 8], false, rotate(step)),
  );
  it.each(Object.entries(SHIFTS))('%s', (name, [n, step]) =>
    check(name, [0xd2, 0xc0 + n * 8], false, shift(step, name === 'SAR')),
  );
  it.each(Object.entries(DECIMAL))('%s', (name, [code, formula]) => check(name, code, true, formula));
});

/** What the conditions of Jcc and SETcc say after CMP; the odd ones say the opposite of those before them. */
const RELATIONS: Record<string, (a: number, b: number) => boolean> = {
  O: (a, b) => signed(a) - signed(b) !== signed(byte(a - b)),
  B: (a, b) => a < b,
  E: (a, b) => a === b,
  BE: (a, b) => a <= b,
  S: (a, b) => byte(a - b) >= 128,
  P: (a, b) => !ODD_PARITY[byte(a - b)],
  L: (a, b) => signed(a) < signed(b),
  LE: (a, b) => signed(a) <= signed(b),
};

describe('conditions of two bytes compared', () => {
  const cases = Object.entries(RELATIONS).flatMap(([name, relation], i) => [
    [name, 2 * i, relation] as const,
    [`not ${name}`, 2 * i + 1, (a: number, b: number) => !relation(a, b)] as const,
  ]);
  it.each(cases)('%s', (name, n, holds) => {
    // cmp al, bl; setcc ah; mov al, 1; jcc over: mov al, 0
    const code = [0x38, 0xd8, 0x0f, 0x90 + n, 0xc4, 0xb0, 1, 0x70 + n, 2, 0xb0, 0];
    const formula = (a: number, b: number): Expected => ({
      ...sum(a, b, 0, -1),
      ax: holds(a, b) ? 0x101 : 0,
    });
    expect(differences(name, code, false, 0, formula).slice(0, SHOWN)).toEqual([]);
  });
});

it('was computed by compiled code as well', () => {
  expect(ENGINES.compiler.regions).toBeGreaterThan(Object.keys(TWO_OPERANDS).length);
});

describe('decimal arithmetic', () => {
  const bcd = (n: number): number => Math.floor(n / 10) * 16 + (n % 10);

  it('ADD and DAA add two-digit numbers', () => {
    const outcome = ENGINES.compiler.run({ code: [0x00, 0xd8, 0x27], flags: 0 });
    for (let x = 0; x < 100; x++) {
      for (let y = 0; y < 100; y++) {
        const { ax, flags } = outcome(bcd(x), bcd(y));
        expect([ax, flags & CF]).toEqual([bcd((x + y) % 100), x + y > 99 ? CF : 0]);
      }
    }
  });

  it('SUB and DAS subtract two-digit numbers', () => {
    const outcome = ENGINES.compiler.run({ code: [0x28, 0xd8, 0x2f], flags: 0 });
    for (let x = 0; x < 100; x++) {
      for (let y = 0; y < 100; y++) {
        const { ax, flags } = outcome(bcd(x), bcd(y));
        expect([ax, flags & CF]).toEqual([bcd((x - y + 100) % 100), x < y ? CF : 0]);
      }
    }
  });
});

describe('8-bit division', () => {
  const { cpu, memory, wires } = bench('interpreter');
  const CODE = 0x1000;
  const [DIV_BL, IDIV_BL] = [0xf3, 0xfb];
  for (const modrm of [DIV_BL, IDIV_BL]) memory.writeBytes(CODE + modrm * 2, Uint8Array.of(0xf6, modrm));

  /** AX divided by BL: AX after, or undefined if #DE was raised. */
  function divide(modrm: number, ax: number, divisor: number): number | undefined {
    const { s } = cpu;
    s.selector[Seg.cs] = s.base[Seg.cs] = 0;
    s.eip = CODE + modrm * 2;
    s.gpr[0] = ax;
    s.gpr[6] = divisor;
    s.gpr[8] = 0x8000;
    wires.delivered.length = 0;
    cpu.run(cpu.clock + 1);
    return wires.delivered.length > 0 ? undefined : s.gpr[0];
  }

  /** All divisors with dividends whose quotients are at the edges, and a comb of others. */
  const dividends = (divisor: number): number[] => {
    const edges = [-129, -128, -127, -1, 0, 1, 127, 128, 129, 255, 256].flatMap((q) =>
      [-1, 0, 1].map((r) => q * divisor + r),
    );
    const comb = Array.from({ length: 256 }, (_, i) => i * 257 - 3);
    return [...edges, ...comb, 0x8000, 0x7fff].map((n) => ((n % 65536) + 65536) % 65536);
  };

  const packed = (quotient: number, remainder: number): number => byte(remainder) * 256 + byte(quotient);

  it('DIV', () => {
    for (let divisor = 0; divisor < 256; divisor++) {
      for (const ax of dividends(divisor)) {
        const quotient = Math.floor(ax / divisor);
        const want = divisor === 0 || quotient > 255 ? undefined : packed(quotient, ax % divisor);
        if (divide(DIV_BL, ax, divisor) !== want) expect.fail(`DIV ${ax} by ${divisor}: not ${want}`);
      }
    }
  });

  it('IDIV', () => {
    for (let divisor = 0; divisor < 256; divisor++) {
      for (const ax of dividends(signed(divisor))) {
        const dividend = ax >= 32768 ? ax - 65536 : ax;
        const quotient = Math.trunc(dividend / signed(divisor));
        const fits = divisor !== 0 && quotient >= -128 && quotient <= 127;
        const want = fits ? packed(quotient, dividend - quotient * signed(divisor)) : undefined;
        if (divide(IDIV_BL, ax, divisor) !== want)
          expect.fail(`IDIV ${dividend} by ${signed(divisor)}: not ${want}`);
      }
    }
  });
});
