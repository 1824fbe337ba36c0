/** The decimal adjustments DAA, DAS, AAA, AAS, and the flags they leave (OF, and for AAA and AAS also SF, ZF, PF). */
import { add, decrement, increment, subtract } from '../alu.js';
import type { Chip } from '../chip.js';
import { Flag } from '../state.js';

const { CF, AF } = Flag;

/** The adjustment of a packed result: by 6 in each digit that overflowed, up or down. */
function adjustPacked(c: Chip, a: number, step: (c: Chip, a: number, b: number, carry: number) => number) {
  const { latch } = c;
  const low = (latch & AF) !== 0 || (a & 0xf) > 9;
  const high = (latch & CF) !== 0 || a > ((latch & AF) !== 0 ? 0x9f : 0x99);
  const result = step(c, a, (low ? 0x06 : 0) + (high ? 0x60 : 0), 0);
  c.latch = (c.latch & ~(CF | AF)) | (low ? AF : 0) | (high ? CF : 0);
  return result;
}

/** 144 DAA, DAS. */
export function adjustDecimal(c: Chip): void {
  c.tmpa = c.bytes[0]!;
  c.clock();
  c.tmpb = 0xffff;
  c.clock();
  c.bytes[0] = adjustPacked(c, c.tmpa, (c.opcode & 8) !== 0 ? subtract : add);
  c.storeFlags();
  c.nx();
  c.clock();
}

/** 148 AAA, AAS: AL's digit, and one more or less in AH if it overflowed. */
export function adjustAscii(c: Chip): void {
  const down = (c.opcode & 8) !== 0;
  c.tmpa = c.bytes[0]!;
  c.clock();
  c.tmpb = 0xffff;
  c.clock();
  const over = (c.latch & AF) !== 0 || (c.tmpa & 0xf) > 9;
  const result = (down ? subtract : add)(c, c.tmpa, over ? 6 : 0, 0);
  c.latch = (c.latch & ~(CF | AF)) | (over ? CF | AF : 0);
  c.bytes[0] = result & 0xf;
  c.storeFlags();
  c.clock();
  if (down) c.jump();
  else c.clocks(2);
  c.tmpb = c.bytes[1]!;
  if (!over) return c.jump();
  c.clock();
  c.bytes[1] = (down ? decrement : increment)(c, c.tmpb);
}
