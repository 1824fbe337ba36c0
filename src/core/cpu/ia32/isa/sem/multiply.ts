/**
 * Multiplication and division (SDM volume 2: MUL, IMUL, DIV, IDIV, AAM, AAD). SF, ZF, AF and PF are
 * undefined after a multiplication and left alone; all flags are undefined after a division and left
 * alone.
 */
import { Reg, Vector } from '../../state.js';
import type { Builder } from '../builder.js';
import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Width } from '../ops.js';
import type { Shape } from '../row.js';
import type { Meaning } from '../shapes.js';

const widen = (v: Value, isSigned: boolean): Value => (isSigned ? ir.sext(v, 64) : ir.zext(v, 64));

/** Two-operand IMUL: CF and OF tell that the product did not fit. */
export const imul: Meaning = (k, a, b) => {
  const product = k(ir.mul(ir.sext(a!, 64), ir.sext(b!, 64)));
  const value = k(ir.low(product, a!.w));
  const lost = k(ir.ne(ir.sext(value, 64), product));
  return { value, flags: { cf: lost, of: lost } };
};

/** Writes a double-width result: AX, or rDX:rAX. */
function writeDouble(b: Builder, w: Width, v: Value): void {
  if (w === 8) return b.setReg(Reg.eax, ir.low(v, 16));
  const high = b.let(ir.low(ir.shr(v, w), w));
  b.setReg(Reg.eax, b.let(ir.low(v, w)));
  b.setReg(Reg.edx, high);
}

/** One-operand MUL and IMUL: accumulator times operand. */
export const multiply =
  (isSigned: boolean): Shape =>
  (b, [x]) => {
    const { w } = x!;
    const product = b.let(ir.mul(widen(x!.read(), isSigned), widen(b.reg(Reg.eax, w), isSigned)));
    const fits = isSigned ? ir.sext(ir.low(product, w), 64) : ir.zext(ir.low(product, w), 64);
    const lost = b.let(ir.ne(fits, product));
    writeDouble(b, w, product);
    b.flags({ cf: lost, of: lost });
  };

/** The dividend, in 64 bits: AX, or rDX:rAX. */
function dividend(b: Builder, w: Width, isSigned: boolean): Value {
  if (w === 8) return b.let(widen(b.reg(Reg.eax, 16), isSigned));
  const highPart = ir.shl(widen(b.reg(Reg.edx, w), isSigned), w);
  return b.let(ir.or(highPart, ir.zext(b.reg(Reg.eax, w), 64)));
}

function writeQuotient(b: Builder, w: Width, quotient: Value, remainder: Value): void {
  if (w === 8) {
    const ax = ir.or(ir.zext(ir.low(quotient, 8), 16), ir.shl(ir.zext(ir.low(remainder, 8), 16), 8));
    return b.setReg(Reg.eax, b.let(ax));
  }
  b.setReg(Reg.eax, ir.low(quotient, w));
  b.setReg(Reg.edx, ir.low(remainder, w));
}

/** DIV and IDIV: #DE on division by zero and on a quotient that does not fit. */
export const divide =
  (isSigned: boolean): Shape =>
  (b, [x]) => {
    const { w } = x!;
    const d = b.let(widen(x!.read(), isSigned));
    const n = dividend(b, w, isSigned);
    b.raiseIf(ir.eq(d, 0), Vector.DE);
    if (isSigned) {
      // The one signed quotient that does not fit in 64 bits, which WebAssembly would trap on.
      const smallest = ir.eq(n, ir.constant(64, 1n << 63n));
      b.raiseIf(ir.and(smallest, ir.eq(d, ir.constant(64, -1))), Vector.DE);
    }
    const quotient = b.let(ir.op(isSigned ? 'divs' : 'divu', n, d));
    const remainder = b.let(ir.op(isSigned ? 'rems' : 'remu', n, d));
    const fits = widen(ir.low(quotient, w), isSigned);
    b.raiseIf(ir.ne(fits, quotient), Vector.DE);
    writeQuotient(b, w, quotient, remainder);
  };

/** AAM: AH = AL / n, AL = AL mod n; #DE for n = 0. */
export const aam: Shape = (b, [n]) => {
  const base = b.let(n!.read());
  b.raiseIf(ir.eq(base, 0), Vector.DE);
  const al = b.let(b.reg(Reg.eax, 8));
  const quotient = b.let(ir.op('divu', al, base));
  const remainder = b.let(ir.op('remu', al, base));
  b.setReg(Reg.eax, ir.or(ir.zext(remainder, 16), ir.shl(ir.zext(quotient, 16), 8)));
  const zero = ir.constant(32, 0);
  b.flags({ result: remainder, cf: zero, of: zero, af: zero });
};

/** AAD: AL = AL + AH * n, AH = 0. */
export const aad: Shape = (b, [n]) => {
  const product = ir.mul(b.reg(4, 8), n!.read());
  const al = b.let(ir.add(b.reg(Reg.eax, 8), product));
  b.setReg(Reg.eax, ir.zext(al, 16));
  const zero = ir.constant(32, 0);
  b.flags({ result: al, cf: zero, of: zero, af: zero });
};
