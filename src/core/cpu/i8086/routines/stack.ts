/** The microcode's routines of PUSH and POP. */
import type { Chip } from '../chip.js';
import { FLAGS_ONES, FLAGS_STORED, Reg, Seg } from '../state.js';
import { writeBack } from './move.js';

/** 024 to 030: SP goes down by two in the third clock; what is pushed is looked at after that. */
function makeRoom(c: Chip): void {
  c.tmpa = c.gpr[Reg.sp]!;
  c.clock();
  c.ind = (c.tmpa - 2) & 0xffff;
  c.clock();
  c.gpr[Reg.sp] = c.ind;
  c.clock();
}

/** 024 PUSH r/m; of SP, its new value. A byte form, undocumented, writes a byte. */
export function pushRm(c: Chip): void {
  makeRoom(c);
  c.opr = c.rm();
  c.write(Seg.ss);
}

/** 028 PUSH r. */
export function pushReg(c: Chip): void {
  makeRoom(c);
  c.opr = c.gpr[c.opcode & 7]!;
  c.write(Seg.ss);
}

/** 02C PUSH segment register. */
export function pushSegment(c: Chip): void {
  makeRoom(c);
  c.opr = c.sreg[(c.opcode >> 3) & 3]!;
  c.write(Seg.ss);
}

/** 030 PUSHF. */
export function pushf(c: Chip): void {
  makeRoom(c);
  c.opr = c.flags | FLAGS_ONES;
  c.write(Seg.ss);
}

/** SP -> IND, R DS, P2. */
export function readStack(c: Chip): void {
  c.ind = c.gpr[Reg.sp]!;
  c.read(Seg.ss);
  c.ind = (c.ind + 2) & 0xffff;
}

function pop(c: Chip): void {
  readStack(c);
  c.clock();
  c.gpr[Reg.sp] = c.ind;
  c.nx();
  c.clock();
}

/** 034 POP r. */
export function popReg(c: Chip): void {
  pop(c);
  c.gpr[c.opcode & 7] = c.opr;
}

/** 038 POP segment register, CS included. */
export function popSegment(c: Chip): void {
  pop(c);
  c.sreg[(c.opcode >> 3) & 3] = c.opr;
}

/** 03C POPF: the loader has looked at TF and IF before they change. */
export function popf(c: Chip): void {
  pop(c);
  c.flags = c.opr & FLAGS_STORED;
}

/** 040 POP r/m. */
export function popRm(c: Chip): void {
  c.tmpa = c.ind;
  c.clock();
  readStack(c);
  c.clock();
  c.gpr[Reg.sp] = c.ind;
  c.clock();
  c.ind = c.tmpa;
  if (!c.useMemory) c.nx();
  c.clock();
  c.setRm(c.opr);
  if (c.useMemory) writeBack(c);
}
