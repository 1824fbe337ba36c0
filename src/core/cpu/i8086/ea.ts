/**
 * The effective address: the microcode that runs before a routine whose modrm byte names memory. It leaves the
 * address in IND, the operand in OPR if the instruction begins with reading it, and takes as many clocks as the
 * User's Manual's table 2-20 says.
 */
import type { Chip } from './chip.js';
import { Reg, Seg } from './state.js';

/** Base registers of mode 0 to 7; -1 is none. */
const BASE = [Reg.bx, Reg.bx, Reg.bp, Reg.bp, -1, -1, Reg.bp, Reg.bx] as const;
const INDEX = [Reg.si, Reg.di, Reg.si, Reg.di, Reg.si, Reg.di, -1, -1] as const;
/** BX+DI and BP+SI share the end of another routine, which they jump to. */
const JUMPS = [0, 1, 1, 0, 0, 0, 0, 0] as const;
const DIRECT = 6;

/** Begins in the clock of the modrm byte, ends in the clock of the routine's first micro-instruction. */
export function effectiveAddress(c: Chip, load: boolean): void {
  const mode = c.modrm >> 6;
  const rm = c.modrm & 7;
  c.segment = rm === 2 || rm === 3 || (rm === 6 && mode !== 0) ? Seg.ss : Seg.ds;
  c.jump();
  if (mode === 0 && rm === DIRECT) direct(c);
  else {
    registers(c, rm);
    if (mode !== 0) displacement(c, mode);
  }
  c.ind = c.tmpa;
  if (load) {
    c.read(c.dataSegment());
    c.clock();
    c.tmpb = c.opr;
  }
  c.jump();
}

function direct(c: Chip): void {
  const low = c.q();
  c.clock();
  c.tmpa = low | (c.q() << 8);
  c.jump();
}

function registers(c: Chip, rm: number): void {
  const base = BASE[rm]!;
  const index = INDEX[rm]!;
  c.tmpa = c.gpr[base >= 0 ? base : index]!;
  if (base >= 0 && index >= 0) {
    if (JUMPS[rm]) c.clock();
    c.clock();
    c.tmpb = c.gpr[index]!;
    c.clock();
    c.tmpa = (c.tmpa + c.tmpb) & 0xffff;
  }
  c.jump();
}

function displacement(c: Chip, mode: number): void {
  const low = c.q();
  c.tmpb = low & 0x80 ? low | 0xff00 : low;
  if (mode === 1) c.jump();
  else {
    c.clock();
    c.tmpb = low | (c.q() << 8);
    c.clock();
  }
  c.tmpa = (c.tmpa + c.tmpb) & 0xffff;
  c.jump();
}
