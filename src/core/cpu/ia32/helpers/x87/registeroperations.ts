/**
 * The operations of the register forms, as the table in registerforms.ts names them (SDM volume 2).
 */
import { ARITHMETIC, Reg, slot } from '../../state.js';
import type { Binary } from './arithmetic.js';
import { EXCEPTIONS, Exception, Status } from './bits.js';
import { examine } from './compare.js';
import { rounded } from './constants.js';
import { type Extended, INDEFINITE, type Operand, one, unpack } from './format.js';
import {
  compareForFlags,
  compareWith,
  operandIfAny,
  operate,
  operateOn,
  type Unary,
  underflow,
} from './operate.js';
import { remainder } from './remainder.js';
import type { RegisterForm } from './rows.js';
import { extract } from './scale.js';
import { angleOutOfRange, cosine, sine, tangentOf } from './transcendental.js';
import type { Unit } from './unit.js';

/** ST(0) = ST(0) op ST(i). */
export const toTop =
  (op: Binary): RegisterForm =>
  (f, i) => {
    operate(f, op, 0, i);
  };

/** ST(i) = ST(i) op ST(0). */
export const fromTop =
  (op: Binary, pops = false): RegisterForm =>
  (f, i) => {
    if (operate(f, op, i, 0) && pops) f.pop();
  };

/** ST(0) = op ST(0). */
export const unary =
  (op: Unary): RegisterForm =>
  (f) =>
    operateOn(f, op);

/** FCOM and FUCOM, with as many pops as the name says. */
export const compares =
  (quiet: boolean, pops: number): RegisterForm =>
  (f, i) => {
    if (!compareWith(f, operandIfAny(f, i), quiet)) return;
    for (let k = 0; k < pops; k++) f.pop();
  };

/** FCOMI and FUCOMI; OF, SF and AF are cleared (SDM volume 1, appendix A). */
export const comparesToFlags =
  (quiet: boolean, pops: boolean): RegisterForm =>
  (f, i, cpu) => {
    const flags = compareForFlags(f, i, quiet);
    if (flags === undefined) return;
    cpu.setFlags((cpu.getFlags() & ~ARITHMETIC) | flags);
    if (pops) f.pop();
  };

const ZERO_OPERAND = unpack(0, 0, 0);
/** FTST. */
export const test: RegisterForm = (f) => {
  compareWith(f, ZERO_OPERAND, false);
};

/** FXAM looks at empty registers too. */
export const examineTop: RegisterForm = (f) => {
  const o = f.operand(0);
  const code = f.isEmpty(0) ? Status.c3 | Status.c0 : examine(o);
  f.up = o.sign === 1;
  f.settle();
  f.setCondition(code);
};

/** FLD ST(i). */
export const loadRegister: RegisterForm = (f, i) => {
  if (f.isEmpty(i)) {
    if (f.stackFault(false)) f.push(INDEFINITE);
  } else f.load(f.raw(i));
};

/** FST and FSTP ST(i). */
export const stores =
  (pops: boolean): RegisterForm =>
  (f, i) => {
    if (f.isEmpty(0)) {
      if (!underflow(f, i)) return;
    } else f.finish(i, f.raw(0));
    if (pops) f.pop();
  };

/** FSTP1 (D9 D8+i) is FSTP that does not look whether ST(0) is empty: it pops it, and that is all. */
export const storesUnchecked: RegisterForm = (f, i) => {
  f.settle();
  if (!f.isEmpty(0)) f.set(i, f.raw(0));
  f.pop();
};

/** FXCH; an empty register counts as the indefinite. */
export const exchange: RegisterForm = (f, i) => {
  const a = f.isEmpty(0) ? INDEFINITE : f.raw(0);
  const b = f.isEmpty(i) ? INDEFINITE : f.raw(i);
  const ready = f.isEmpty(0) || f.isEmpty(i) ? f.stackFault(false) : f.settle();
  if (!ready) return;
  f.set(0, b);
  f.set(i, a);
};

/** FCHS and FABS change the sign bit of anything. */
export const changesSign =
  (change: (se: number) => number): RegisterForm =>
  (f) => {
    if (f.isEmpty(0)) {
      underflow(f, 0);
      return;
    }
    const x = f.raw(0);
    f.finish(0, { ...x, se: change(x.se) });
  };

export const loadsConstant =
  (c: Parameters<typeof rounded>[1]): RegisterForm =>
  (f) =>
    f.load(rounded(f, c));

/** FFREE and FFREEP. */
export const free =
  (pops: boolean): RegisterForm =>
  (f, i) => {
    f.settle();
    f.free(i);
    if (pops) f.pop();
  };

/** FINCSTP and FDECSTP. */
export const moveTop =
  (by: number): RegisterForm =>
  (f) => {
    f.settle();
    f.top = f.top + by;
  };

export const clearExceptions: RegisterForm = (f) => {
  f.status &= ~(EXCEPTIONS | Exception.stackFault);
  f.summarize();
};

export const storeStatusToAx: RegisterForm = (f, _i, cpu) => {
  const { gpr } = cpu.s;
  const eax = slot(Reg.eax);
  gpr[eax] = (gpr[eax]! & 0xffff0000) | f.status;
};

export const nothing: RegisterForm = () => {};

/** FCMOVcc: C1 changes only if a register is empty. */
export const moves =
  (condition: (flags: number) => boolean): RegisterForm =>
  (f, i, cpu) => {
    if (f.isEmpty(0) || f.isEmpty(i)) underflow(f, 0);
    else if (condition(cpu.getFlags())) f.set(0, f.raw(i));
  };

/** FPREM and FPREM1: the quotient's lowest bits in C0, C3 and C1, the highest first; after NaNs C0 and C3 stay. */
export const remainders =
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

export const trigonometric =
  (op: Unary): RegisterForm =>
  (f) => {
    if (angleRefused(f)) f.settle();
    else operateOn(f, op);
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
export const partialTangent: RegisterForm = (f) => {
  if (angleRefused(f)) {
    f.settle();
    return;
  }
  replaceAndPush(f, (a) => {
    const t = tangentOf(f, a);
    return [t, isSpecial(t) ? t : one(0)];
  });
};

export const sineAndCosine: RegisterForm = (f) => {
  if (angleRefused(f)) {
    f.settle();
    return;
  }
  replaceAndPush(f, (a) => {
    const s = sine(f, a);
    return [s, cosine(f, a)];
  });
};

export const extracts: RegisterForm = (f) =>
  replaceAndPush(f, (a) => {
    const x = extract(f, a);
    return [x.exponent, x.significand];
  });

/** FPATAN, FYL2X, FYL2XP1: the result replaces ST(1), which becomes the top. */
export const binaryAndPop =
  (op: Binary): RegisterForm =>
  (f) => {
    if (operate(f, (n, y, x) => op(n, x, y), 1, 0)) f.pop();
  };
