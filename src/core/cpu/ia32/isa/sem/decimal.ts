/**
 * Decimal adjustment (SDM volume 2: DAA, DAS, AAA, AAS). OF is undefined and left alone after AAA and
 * AAS, cleared after DAA and DAS.
 */
import { Reg } from '../../state.js';
import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Shape } from '../row.js';

/** The low digit is above 9, or a carry left it. */
function lowDigitWrong(al: Value): Value {
  return ir.or(ir.zext(ir.ltu(ir.constant(8, 9), ir.and(al, 0x0f)), 32), ir.flag('af'));
}

/** DAA and DAS: add or subtract 6, 60h or 66h. */
const adjustPacked =
  (change: (a: Value, b: Value) => Value, borrows: boolean): Shape =>
  (b) => {
    const al = b.let(b.reg(Reg.eax, 8));
    const lowWrong = b.let(lowDigitWrong(al));
    const highWrong = b.let(ir.or(ir.ltu(ir.constant(8, 0x99), al), ir.flag('cf')));
    const six = ir.select(lowWrong, ir.constant(8, 0x06), 0);
    const sixty = ir.select(highWrong, ir.constant(8, 0x60), 0);
    const value = b.let(change(al, ir.or(six, sixty)));
    // DAS also sets CF when subtracting 6 from the low digit borrows.
    const borrow = ir.and(lowWrong, ir.ltu(al, ir.constant(8, 6)));
    const cf = b.let(borrows ? ir.or(highWrong, borrow) : highWrong);
    b.setReg(Reg.eax, value);
    b.flags({ result: value, cf, af: lowWrong, of: ir.constant(32, 0) });
  };

export const daa = adjustPacked(ir.add, false);
export const das = adjustPacked(ir.sub, true);

/** AAA and AAS: AX +- 106h as the chips from the 386 on do, then AL cut to its low digit. */
const adjustUnpacked =
  (change: (a: Value, b: Value) => Value): Shape =>
  (b) => {
    const ax = b.let(b.reg(Reg.eax, 16));
    const wrong = b.let(lowDigitWrong(ir.low(ax, 8)));
    const moved = ir.select(wrong, change(ax, ir.constant(16, 0x106)), ax);
    b.setReg(Reg.eax, b.let(ir.and(moved, 0xff0f)));
    b.flags({ cf: wrong, af: wrong });
  };

export const aaa = adjustUnpacked(ir.add);
export const aas = adjustUnpacked(ir.sub);
