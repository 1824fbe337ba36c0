/**
 * The register forms of D8 to DF (SDM volume 2, tables A-7 on), with the aliases that the manual leaves
 * reserved and all x87 units have: FCOM2, FCOMP3, FCOMP5, FXCH4, FXCH7, FSTP1, FSTP8, FSTP9, FFREEP, and
 * FNENI, FNDISI and FNSETPM of the 8087 and 287, which do nothing.
 */
import { ARITHMETIC, Flag, Model, Reg, slot } from '../../state.js';
import {
  add,
  type Binary,
  divide,
  divideReverse,
  multiply,
  squareRoot,
  subtract,
  subtractReverse,
} from './arithmetic.js';
import { EXCEPTIONS, Exception, Status } from './bits.js';
import { examine } from './compare.js';
import { LN_2, LOG2_10, LOG2_E, LOG10_2, ONE, PI, rounded, ZERO } from './constants.js';
import { roundToInteger } from './convert.js';
import { type Extended, INDEFINITE, type Operand, one, unpack } from './format.js';
import { compareForFlags, compareWith, operandIfAny, operate, operateOn, underflow } from './operate.js';
import { remainder } from './remainder.js';
import { control, operation, type RegisterForm, type Row } from './rows.js';
import { extract, scale } from './scale.js';
import {
  angleOutOfRange,
  arcTangentOf,
  cosine,
  sine,
  tangentOf,
  twoToXMinusOne,
  yLog2X,
  yLog2XPlusOne,
} from './transcendental.js';
import type { Unit } from './unit.js';

const toTop =
  (op: Binary): RegisterForm =>
  (f, i) => {
    operate(f, op, 0, i);
  };
const fromTop =
  (op: Binary, pops = false): RegisterForm =>
  (f, i) => {
    if (operate(f, op, i, 0) && pops) f.pop();
  };
const unary =
  (op: (f: Unit, a: Operand) => Extended): RegisterForm =>
  (f) =>
    operateOn(f, (_n, a) => op(f, a));

const compares =
  (quiet: boolean, pops: number): RegisterForm =>
  (f, i) => {
    if (!compareWith(f, operandIfAny(f, i), quiet)) return;
    for (let k = 0; k < pops; k++) f.pop();
  };

/** FCOMI and FUCOMI; OF, SF and AF are cleared (SDM volume 1, appendix A). */
const comparesToFlags =
  (quiet: boolean, pops: boolean): RegisterForm =>
  (f, i, cpu) => {
    const flags = compareForFlags(f, i, quiet);
    if (flags === undefined) return;
    cpu.setFlags((cpu.getFlags() & ~ARITHMETIC) | flags);
    if (pops) f.pop();
  };

const ZERO_OPERAND = unpack(0, 0, 0);
const test: RegisterForm = (f) => {
  compareWith(f, ZERO_OPERAND, false);
};

/** FXAM looks at empty registers too. */
const examineTop: RegisterForm = (f) => {
  const o = f.operand(0);
  const code = f.isEmpty(0) ? Status.c3 | Status.c0 : examine(o);
  f.up = o.sign === 1;
  f.settle();
  f.setCondition(code);
};

/** FLD ST(i). */
const loadRegister: RegisterForm = (f, i) => {
  if (f.isEmpty(i)) {
    if (f.stackFault(false)) f.push(INDEFINITE);
  } else f.load(f.raw(i));
};

const stores =
  (pops: boolean): RegisterForm =>
  (f, i) => {
    if (f.isEmpty(0)) {
      if (!underflow(f, i)) return;
    } else f.finish(i, f.raw(0));
    if (pops) f.pop();
  };

/** FSTP1 (D9 D8+i) is FSTP that does not look whether ST(0) is empty: it pops it, and that is all. */
const storesUnchecked: RegisterForm = (f, i) => {
  f.settle();
  if (!f.isEmpty(0)) f.set(i, f.raw(0));
  f.pop();
};

const exchange: RegisterForm = (f, i) => {
  const a = f.isEmpty(0) ? INDEFINITE : f.raw(0);
  const b = f.isEmpty(i) ? INDEFINITE : f.raw(i);
  const ready = f.isEmpty(0) || f.isEmpty(i) ? f.stackFault(false) : f.settle();
  if (!ready) return;
  f.set(0, b);
  f.set(i, a);
};

/** FCHS and FABS change the sign bit of anything. */
const changesSign =
  (change: (se: number) => number): RegisterForm =>
  (f) => {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    const x = f.raw(0);
    f.finish(0, { ...x, se: change(x.se) });
  };

const loadsConstant =
  (c: Parameters<typeof rounded>[1]): RegisterForm =>
  (f) =>
    f.load(rounded(f, c));

const free =
  (pops: boolean): RegisterForm =>
  (f, i) => {
    f.settle();
    f.free(i);
    if (pops) f.pop();
  };

const moveTop =
  (by: number): RegisterForm =>
  (f) => {
    f.settle();
    f.top = f.top + by;
  };

const clearExceptions: RegisterForm = (f) => {
  f.status &= ~(EXCEPTIONS | Exception.stackFault);
  f.summarize();
};

const storeStatusToAx: RegisterForm = (f, _i, cpu) => {
  const { gpr } = cpu.s;
  const eax = slot(Reg.eax);
  gpr[eax] = (gpr[eax]! & 0xffff0000) | f.status;
};

const nothing: RegisterForm = () => {};

/** FCMOVcc: C1 changes only if a register is empty. */
const moves =
  (condition: (flags: number) => boolean): RegisterForm =>
  (f, i, cpu) => {
    if (f.isEmpty(0) || f.isEmpty(i)) underflow(f, 0);
    else if (condition(cpu.getFlags())) f.set(0, f.raw(i));
  };

/** FPREM and FPREM1: the quotient's lowest bits in C0, C3 and C1, the highest first; after NaNs C0 and C3 stay. */
const remainders =
  (nearest: boolean): RegisterForm =>
  (f) => {
    f.status &= ~Status.c2;
    if (f.isEmpty(0) || f.isEmpty(1)) {
      underflow(f, 0);
      return;
    }
    const r = remainder(f, f.operand(0), f.operand(1), nearest);
    f.up = (r.quotient & 1) !== 0;
    if (!f.finish(0, r.value) || r.invalid) return;
    const c0 = r.quotient & 4 ? Status.c0 : 0;
    const c3 = r.quotient & 2 ? Status.c3 : 0;
    f.setCondition(c0 | c3 | (r.partial ? Status.c2 : 0));
  };

/** FSIN, FCOS and FPTAN's first half: C2 if the operand is too large. */
function angleRefused(f: Unit): boolean {
  const refused = !f.isEmpty(0) && angleOutOfRange(f.operand(0));
  f.status = refused ? f.status | Status.c2 : f.status & ~Status.c2;
  return refused;
}

const trigonometric =
  (op: (f: Unit, a: Operand) => Extended): RegisterForm =>
  (f) => {
    if (angleRefused(f)) f.settle();
    else operateOn(f, (_n, a) => op(f, a));
  };

/** Replaces ST(0) by one value and pushes another. */
function replaceAndPush(f: Unit, values: (a: Operand) => readonly [Extended, Extended]): void {
  if (f.isEmpty(0) || !f.isEmpty(7)) {
    if (!f.stackFault(!f.isEmpty(0))) return;
    f.set(0, INDEFINITE);
    f.push(INDEFINITE);
    return;
  }
  const [replaced, pushed] = values(f.operand(0));
  if (!f.finish(0, replaced)) return;
  f.push(pushed);
}

const isSpecial = (x: Extended): boolean => (x.se & 0x7fff) === 0x7fff;

/** FPTAN pushes 1, or the NaN again. */
const partialTangent: RegisterForm = (f) => {
  if (angleRefused(f)) {
    f.settle();
    return;
  }
  replaceAndPush(f, (a) => {
    const t = tangentOf(f, a);
    return [t, isSpecial(t) ? t : one(0)];
  });
};

const sineAndCosine: RegisterForm = (f) => {
  if (angleRefused(f)) {
    f.settle();
    return;
  }
  replaceAndPush(f, (a) => {
    const s = sine(f, a);
    return [s, cosine(f, a)];
  });
};

const extracts: RegisterForm = (f) =>
  replaceAndPush(f, (a) => {
    const x = extract(f, a);
    return [x.exponent, x.significand];
  });

/** FPATAN, FYL2X, FYL2XP1: the result replaces ST(1), which becomes the top. */
const binaryAndPop =
  (op: (f: Unit, x: Operand, y: Operand) => Extended): RegisterForm =>
  (f) => {
    if (operate(f, (_n, y, x) => op(f, x, y), 1, 0)) f.pop();
  };

type Rows = (Row<RegisterForm> | undefined)[];

const eight = (row: Row<RegisterForm> | undefined): Rows => Array.from({ length: 8 }, () => row);
const all = (run: RegisterForm, since?: number): Rows => eight(operation(run, since));
const reserved = undefined;
const RESERVED = eight(reserved);
/** A group in which r/m selects the operation; what is not listed is reserved. */
const group = (...rows: Rows): Rows => [...rows, ...RESERVED].slice(0, 8);

const { i686 } = Model;
const carry = (flags: number) => (flags & Flag.CF) !== 0;
const equal = (flags: number) => (flags & Flag.ZF) !== 0;
const below = (flags: number) => (flags & (Flag.CF | Flag.ZF)) !== 0;
const parity = (flags: number) => (flags & Flag.PF) !== 0;
const not = (condition: (flags: number) => boolean) => (flags: number) => !condition(flags);

const D8: Rows = [
  all(toTop(add)),
  all(toTop(multiply)),
  all(compares(false, 0)),
  all(compares(false, 1)),
  all(toTop(subtract)),
  all(toTop(subtractReverse)),
  all(toTop(divide)),
  all(toTop(divideReverse)),
].flat();

const D9: Rows = [
  all(loadRegister),
  all(exchange),
  group(operation(nothing)),
  all(storesUnchecked),
  group(
    operation(changesSign((se) => se ^ 0x8000)),
    operation(changesSign((se) => se & 0x7fff)),
    reserved,
    reserved,
    operation(test),
    operation(examineTop),
  ),
  group(...[ONE, LOG2_10, LOG2_E, PI, LOG10_2, LN_2, ZERO].map((c) => operation(loadsConstant(c)))),
  group(
    operation(unary(twoToXMinusOne)),
    operation(binaryAndPop(yLog2X)),
    operation(partialTangent),
    operation(binaryAndPop(arcTangentOf)),
    operation(extracts),
    operation(remainders(true)),
    operation(moveTop(-1)),
    operation(moveTop(1)),
  ),
  group(
    operation(remainders(false)),
    operation(binaryAndPop(yLog2XPlusOne)),
    operation(unary(squareRoot)),
    operation(sineAndCosine),
    operation(unary(roundToInteger)),
    operation((f) => void operate(f, scale, 0, 1)),
    operation(trigonometric(sine)),
    operation(trigonometric(cosine)),
  ),
].flat();

const DA: Rows = [
  all(moves(carry), i686),
  all(moves(equal), i686),
  all(moves(below), i686),
  all(moves(parity), i686),
  RESERVED,
  group(reserved, operation(compares(true, 2))),
  RESERVED,
  RESERVED,
].flat();

const DB: Rows = [
  all(moves(not(carry)), i686),
  all(moves(not(equal)), i686),
  all(moves(not(below)), i686),
  all(moves(not(parity)), i686),
  group(
    control(nothing, false),
    control(nothing, false),
    control(clearExceptions, false),
    control((f: Unit) => f.initialize(), false),
    control(nothing, false),
  ),
  all(comparesToFlags(true, false), i686),
  all(comparesToFlags(false, false), i686),
  RESERVED,
].flat();

const DC: Rows = [
  all(fromTop(add)),
  all(fromTop(multiply)),
  all(compares(false, 0)),
  all(compares(false, 1)),
  all(fromTop(subtractReverse)),
  all(fromTop(subtract)),
  all(fromTop(divideReverse)),
  all(fromTop(divide)),
].flat();

const DD: Rows = [
  all(free(false)),
  all(exchange),
  all(stores(false)),
  all(stores(true)),
  all(compares(true, 0)),
  all(compares(true, 1)),
  RESERVED,
  RESERVED,
].flat();

const DE: Rows = [
  all(fromTop(add, true)),
  all(fromTop(multiply, true)),
  all(compares(false, 1)),
  group(reserved, operation(compares(false, 2))),
  all(fromTop(subtractReverse, true)),
  all(fromTop(subtract, true)),
  all(fromTop(divideReverse, true)),
  all(fromTop(divide, true)),
].flat();

const DF: Rows = [
  all(free(true)),
  all(exchange),
  all(stores(true)),
  all(stores(true)),
  group(control(storeStatusToAx, false)),
  all(comparesToFlags(true, true), i686),
  all(comparesToFlags(false, true), i686),
  RESERVED,
].flat();

/** By the opcode's lowest three bits, then ModRM's lowest six. */
export const REGISTER_FORMS: readonly (Row<RegisterForm> | undefined)[] = [
  D8,
  D9,
  DA,
  DB,
  DC,
  DD,
  DE,
  DF,
].flat();
