/** The microcode's routines of jumps, calls and returns. */
import type { Chip } from '../chip.js';
import { FLAGS_STORED, Flag, Reg, Seg } from '../state.js';
import { immediate } from './move.js';
import { readStack } from './stack.js';

const { CF, PF, ZF, SF, OF } = Flag;

/** 0D2 RELJMP: PC goes to tmpb from the end of the instruction. */
export function relativeJump(c: Chip): void {
  c.suspend();
  c.clock();
  c.correct();
  c.clock();
  c.tmpa = c.pc;
  c.clock();
  c.pc = (c.tmpa + c.tmpb) & 0xffff;
  c.flush();
}

/** 0D0 JMP, short or near. */
export function jmpRelative(c: Chip): void {
  const short = (c.opcode & 2) !== 0;
  const low = c.q();
  if (short) {
    c.tmpb = low & 0x80 ? low | 0xff00 : low;
    c.jump();
  } else {
    c.clock();
    c.tmpb = low | (c.q() << 8);
    c.clock();
  }
  relativeJump(c);
}

/** XC: the condition in the low four bits of an opcode. */
function condition(opcode: number, flags: number): boolean {
  const less = ((flags & SF) !== 0) !== ((flags & OF) !== 0);
  return conditionTrue(opcode & 0xe, flags, less) !== ((opcode & 1) !== 0);
}

function conditionTrue(code: number, flags: number, less: boolean): boolean {
  switch (code) {
    case 0x0:
      return (flags & OF) !== 0;
    case 0x2:
      return (flags & CF) !== 0;
    case 0x4:
      return (flags & ZF) !== 0;
    case 0x6:
      return (flags & (CF | ZF)) !== 0;
    case 0x8:
      return (flags & SF) !== 0;
    case 0xa:
      return (flags & PF) !== 0;
    case 0xc:
      return less;
    default:
      return less || (flags & ZF) !== 0;
  }
}

/** The displacement of a conditional jump or loop. */
function shortDisplacement(c: Chip): void {
  const low = c.q();
  c.tmpb = low & 0x80 ? low | 0xff00 : low;
}

function jumpIf(c: Chip, taken: boolean): void {
  if (taken) {
    c.jump();
    relativeJump(c);
  } else c.clock();
}

/** 0E8 Jcc; 60h to 6Fh are the same as 70h to 7Fh. */
export function jcc(c: Chip): void {
  shortDisplacement(c);
  c.clock();
  jumpIf(c, condition(c.opcode, c.flags));
}

/** 134 JCXZ. */
export function jcxz(c: Chip): void {
  c.tmpc = c.gpr[Reg.cx]!;
  c.clocks(2);
  shortDisplacement(c);
  if (c.tmpc !== 0) return c.jump();
  c.clock();
  jumpIf(c, true);
}

function countDown(c: Chip): boolean {
  c.tmpc = c.gpr[Reg.cx]!;
  c.clock();
  c.gpr[Reg.cx] = c.tmpc - 1;
  c.clock();
  shortDisplacement(c);
  return c.gpr[Reg.cx] !== 0;
}

/** 138 LOOPNE, LOOPE. */
export function loopWhile(c: Chip): void {
  const more = countDown(c);
  if (((c.flags & ZF) !== 0) !== ((c.opcode & 1) !== 0)) return c.jump();
  c.clock();
  jumpIf(c, more);
}

/** 140 LOOP. */
export function loop(c: Chip): void {
  jumpIf(c, countDown(c));
}

/** 0D8 JMP r/m. */
export function jmpRm(c: Chip): void {
  c.suspend();
  c.clock();
  c.pc = c.rm();
  c.flush();
}

/** 0DC JMP far through memory; with a register, IND and tmpb are what they were left at. */
export function jmpFarRm(c: Chip): void {
  c.tmpc = c.ind;
  c.clock();
  c.ind = (c.tmpc + 2) & 0xffff;
  c.suspend();
  c.clock();
  c.pc = c.tmpb;
  c.read(c.dataSegment());
  c.clock();
  c.sreg[Seg.cs] = c.opr;
  c.flush();
}

/** A far pointer from the queue: offset in tmpb, segment in tmpa; ends with its last byte. */
function farImmediate(c: Chip): void {
  immediate(c, false);
  const low = c.q();
  c.clock();
  c.tmpa = low | (c.q() << 8);
}

/** 0E0 JMP far. */
export function jmpFar(c: Chip): void {
  farImmediate(c);
  c.clock();
  c.suspend();
  c.clock();
  c.pc = c.tmpb;
  c.clock();
  c.sreg[Seg.cs] = c.tmpa;
  c.flush();
}

/** 077 NEARCALL: goes to tmpb and pushes OPR at SP, which tmpc and the ALU's operation make. */
function nearCall(c: Chip, room: number): void {
  c.pc = c.tmpb;
  c.flush();
  c.clock();
  c.tmpc = c.ind;
  c.clock();
  c.ind = (c.tmpc - room) & 0xffff;
  c.clock();
  c.gpr[Reg.sp] = c.ind;
  c.write(Seg.ss);
}

/** 06C FARCALL2: pushes CS below tmpc, goes to tmpa:tmpb, pushes the old PC. */
export function farCall2(c: Chip): void {
  c.ind = (c.tmpc - 2) & 0xffff;
  c.correct();
  c.clock();
  c.opr = c.sreg[Seg.cs]!;
  c.write(Seg.ss);
  c.ind = (c.ind - 2) & 0xffff;
  c.clock();
  c.sreg[Seg.cs] = c.tmpa;
  c.clock();
  c.opr = c.pc;
  c.jump();
  nearCall(c, 0);
}

/** 06B FARCALL. */
function farCall(c: Chip): void {
  c.tmpc = c.gpr[Reg.sp]!;
  c.suspend();
  c.clock();
  farCall2(c);
}

/** 070 CALL far. */
export function callFar(c: Chip): void {
  farImmediate(c);
  c.jump();
  farCall(c);
}

/** 068 CALL far through memory. */
export function callFarRm(c: Chip): void {
  c.tmpc = c.ind;
  c.clock();
  c.ind = (c.tmpc + 2) & 0xffff;
  c.read(c.dataSegment());
  c.clock();
  c.tmpa = c.opr;
  c.clock();
  farCall(c);
}

/** 074 CALL r/m. */
export function callRm(c: Chip): void {
  c.tmpb = c.rm();
  c.suspend();
  c.clock();
  c.ind = c.gpr[Reg.sp]!;
  c.correct();
  c.clock();
  c.opr = c.pc;
  c.clock();
  nearCall(c, 2);
}

/** 07C CALL near. */
export function callNear(c: Chip): void {
  const low = c.q();
  c.clock();
  c.tmpb = low | (c.q() << 8);
  c.clock();
  c.tmpc = c.gpr[Reg.sp]!;
  c.suspend();
  c.clock();
  c.ind = (c.tmpc - 2) & 0xffff;
  c.correct();
  c.clock();
  c.tmpa = c.pc;
  c.clock();
  c.pc = (c.tmpa + c.tmpb) & 0xffff;
  c.flush();
  c.clock();
  c.gpr[Reg.sp] = c.ind;
  c.jump();
  c.opr = c.tmpa;
  c.write(Seg.ss);
}

/** 0BC RET. */
export function ret(c: Chip): void {
  readStack(c);
  c.clock();
  c.suspend();
  c.clock();
  c.pc = c.opr;
  c.flush();
  c.clock();
  c.gpr[Reg.sp] = c.ind;
}

/** 0C2 FARRET: pops PC, and CS too if bit 3 of the opcode is set. */
function farReturn(c: Chip): void {
  c.jump();
  readStack(c);
  c.clock();
  c.suspend();
  c.clock();
  c.pc = c.opr;
  if ((c.opcode & 8) === 0) {
    c.clock();
    c.flush();
  } else {
    c.jump();
    c.read(Seg.ss);
    c.ind = (c.ind + 2) & 0xffff;
    c.clock();
    c.sreg[Seg.cs] = c.opr;
    c.flush();
  }
  c.jump();
}

/** 0C0 RETF. */
export function retf(c: Chip): void {
  farReturn(c);
  c.gpr[Reg.sp] = c.ind;
}

/** 0C8 IRET. */
export function iret(c: Chip): void {
  farReturn(c);
  c.read(Seg.ss);
  c.ind = (c.ind + 2) & 0xffff;
  c.clock();
  c.flags = c.opr & FLAGS_STORED;
  c.clock();
  c.gpr[Reg.sp] = c.ind;
}

/** 0CC RET and RETF that release parameters. */
export function retRelease(c: Chip): void {
  const low = c.q();
  c.clock();
  c.tmpa = low | (c.q() << 8);
  farReturn(c);
  c.tmpb = c.ind;
  c.clock();
  c.gpr[Reg.sp] = c.tmpa + c.tmpb;
}
