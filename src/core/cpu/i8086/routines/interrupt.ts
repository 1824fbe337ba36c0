/**
 * The microcode's interrupt routine, and the ways into it: single step, NMI, INTR with its two acknowledge cycles,
 * INT, INT3, INTO and the divide error.
 */
import type { Chip } from '../chip.js';
import { FLAGS_ONES, Flag, Reg, Seg } from '../state.js';
import { farCall2 } from './jump.js';

/** 19E INTR: fetches the vector tmpb and calls through it. */
function interrupt(c: Chip, external: boolean): void {
  const vector = c.tmpb & 0xff;
  c.word = true;
  c.clock();
  c.tmpb = (vector * 2) & 0xffff;
  c.clock();
  c.ind = vector * 4;
  c.read(Seg.none);
  c.ind = (c.ind + 2) & 0xffff;
  c.clock();
  c.tmpb = c.opr;
  c.clock();
  c.tmpc = c.gpr[Reg.sp]!;
  c.read(Seg.none);
  c.clock();
  c.tmpa = c.opr;
  c.suspend();
  c.clock();
  c.opr = c.flags | FLAGS_ONES;
  c.flags &= ~(Flag.IF | Flag.TF);
  c.clock();
  c.ind = (c.tmpc - 2) & 0xffff;
  c.write(Seg.ss);
  c.clock();
  c.tmpc = c.ind;
  c.pins.delivered(vector, external);
  c.jump();
  farCall2(c);
}

/**
 * CR or Q -> tmpbL, UNC INTR: takes a clock more than the published microcode says, and in it waits for a fetch
 * that has been decided. Captures of the chip show both for INT, INT3, INTO and the divide error; that the chip's
 * own interrupts, which use the same jump, do likewise is unverified on silicon.
 */
function enter(c: Chip, vector: number, external: boolean): void {
  c.tmpb = vector;
  c.jump();
  c.awaitFetch();
  c.clock();
  interrupt(c, external);
}

/** 198 single step. */
export function trap(c: Chip): void {
  enter(c, 1, false);
}

/** 199 NMI. */
export function nmi(c: Chip): void {
  enter(c, 2, true);
}

/** 19A INTR. */
export function intr(c: Chip): void {
  c.tmpc = c.gpr[Reg.ax]!;
  c.acknowledgeCycles();
  c.clock();
  const vector = c.opr >> 8;
  c.suspend();
  c.clock();
  c.tmpb = vector;
  c.clocks(2);
  interrupt(c, true);
}

/** 1A8 INT. */
export function int(c: Chip): void {
  enter(c, c.q(), false);
}

/** 1B0 INT3. */
export function int3(c: Chip): void {
  c.jump();
  enter(c, 3, false);
}

/** 1AC INTO. */
export function into(c: Chip): void {
  c.clock();
  if ((c.flags & Flag.OF) === 0) return c.clock();
  c.jump();
  enter(c, 4, false);
}

/** 1A7 INT0: the jump to it has been decided on. */
export function divideError(c: Chip): void {
  c.jump();
  enter(c, 0, false);
}
