/**
 * The string instructions and their repetition. An iteration ends at the jump back to the routine's second line;
 * the chip may be paused there. An interrupt ends the repetition: RPTI steps PC back by two, over the opcode and
 * one prefix, so that a second prefix is lost, as on the chip.
 */
import { subtract } from '../alu.js';
import type { Chip } from '../chip.js';
import { Flag, Phase, Reg, Seg } from '../state.js';

/** BL: how far SI or DI moves. */
function step(c: Chip): number {
  const size = c.word ? 2 : 1;
  return (c.flags & Flag.DF) !== 0 ? -size : size;
}

/** 112 RPTS: false if CX is zero already. Ends in the clock behind the call, or of the RNI. */
function repeatStart(c: Chip): boolean {
  c.jump();
  c.tmpc = c.gpr[Reg.cx]!;
  c.clocks(2);
  if (c.tmpc === 0) {
    c.clock();
    return false;
  }
  c.jump();
  c.jump();
  return true;
}

/** The first line of each routine. False: nothing to repeat. */
function begin(c: Chip): boolean {
  if (c.phase === Phase.repeat) {
    c.phase = Phase.start;
    return true;
  }
  if (c.f1) return repeatStart(c);
  c.clock();
  return true;
}

/** 118 RPTI: the instruction is to begin anew after the interrupt. */
function repeatInterrupted(c: Chip): void {
  c.jump();
  c.gpr[Reg.cx] = c.tmpc;
  c.suspend();
  c.clock();
  c.correct();
  c.clock();
  c.tmpb = c.pc;
  c.clock();
  c.pc = (c.tmpb - 2) & 0xffff;
  c.flush();
}

/** NZ 1: the next iteration, or the end. */
function again(c: Chip): void {
  if (c.tmpc === 0) return c.clock();
  c.jump();
  c.phase = Phase.repeat;
}

/** The end of MOVS, LODS and STOS: counts down in tmpc; "SIGMA -> tmpc, INT RPTI; tmpc -> BC, NZ 1; RNI". */
function countDown(c: Chip): void {
  c.tmpc = (c.tmpc - 1) & 0xffff;
  if (c.interrupted) return repeatInterrupted(c);
  c.clock();
  c.gpr[Reg.cx] = c.tmpc;
  again(c);
}

function readSource(c: Chip): void {
  c.ind = c.gpr[Reg.si]!;
  c.read(c.dataSegment());
  c.ind = (c.ind + step(c)) & 0xffff;
  c.clock();
  c.gpr[Reg.si] = c.ind;
}

/** 12C MOVS. */
export function movs(c: Chip): void {
  if (!begin(c)) return;
  readSource(c);
  c.clock();
  writeDestination(c);
  endMove(c);
}

function writeDestination(c: Chip): void {
  c.ind = c.gpr[Reg.di]!;
  c.write(Seg.es);
  c.ind = (c.ind + step(c)) & 0xffff;
  c.clock();
  c.gpr[Reg.di] = c.ind;
}

/** NF1: without a prefix it is done. */
function endMove(c: Chip): void {
  if (!c.f1) return c.jump();
  c.clock();
  countDown(c);
}

/** 11C STOS. */
export function stos(c: Chip): void {
  if (!begin(c)) return;
  c.opr = c.gpr[Reg.ax]!;
  writeDestination(c);
  endMove(c);
}

/** 12C LODS. */
export function lods(c: Chip): void {
  if (!begin(c)) return;
  readSource(c);
  c.jump();
  c.setRegister(Reg.ax, c.opr);
  if (!c.f1) return c.clock();
  c.jump();
  countDown(c);
}

/** 120 CMPS, SCAS. */
export function cmps(c: Chip): void {
  if (!begin(c)) return;
  if ((c.opcode & 8) !== 0) {
    c.tmpa = c.gpr[Reg.ax]!;
    c.jump();
  } else {
    c.tmpa = c.gpr[Reg.ax]!;
    c.clock();
    readSource(c);
    c.clock();
    c.tmpa = c.opr;
    c.clock();
  }
  c.ind = c.gpr[Reg.di]!;
  c.read(Seg.es);
  c.ind = (c.ind + step(c)) & 0xffff;
  c.clock();
  c.tmpb = c.opr;
  c.clock();
  subtract(c, c.tmpa, c.tmpb, 0);
  c.storeFlags();
  c.clock();
  c.gpr[Reg.di] = c.ind;
  if (!c.f1) return c.jump();
  c.clock();
  compared(c);
}

/** 129: CX goes down; REPE ends at a difference, REPNE at a match. */
function compared(c: Chip): void {
  const equal = (c.flags & Flag.ZF) !== 0;
  c.gpr[Reg.cx] = c.tmpc - 1;
  if (equal === c.repne) return c.jump();
  c.clock();
  c.tmpc = (c.tmpc - 1) & 0xffff;
  if (c.interrupted) return repeatInterrupted(c);
  c.clock();
  again(c);
}
