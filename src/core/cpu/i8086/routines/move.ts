/**
 * The microcode's routines that move data: MOV, LEA, LES, LDS, XCHG, XLAT, IN, OUT, SAHF, LAHF, CBW, CWD, SALC, ESC.
 * The comments of each routine give its address in the published disassemblies.
 */
import { pass } from '../alu.js';
import type { Chip } from '../chip.js';
import { FLAGS_STORED, Flag, Reg, Seg } from '../state.js';

/** What "tmpb -> M, RNI; W, RNI" does: a register gets the value, memory a bus cycle more. */
function storeRm(c: Chip, value: number): void {
  c.setRm(value);
  if (c.useMemory) writeBack(c);
}

/** The line behind a skipped RNI: OPR goes to memory. */
export function writeBack(c: Chip): void {
  c.clock();
  c.write(c.dataSegment());
}

/** 000 MOV r/m, r. */
export function movRmReg(c: Chip): void {
  c.tmpb = c.reg();
  if (!c.useMemory) c.nx();
  c.clock();
  storeRm(c, c.tmpb);
}

/** 000 MOV r, r/m. */
export function movRegRm(c: Chip): void {
  c.tmpb = c.rm();
  c.nx();
  c.clock();
  c.setReg(c.tmpb);
}

/** 004 LEA; of a register, it gives what IND was left at. */
export function lea(c: Chip): void {
  c.setReg(c.ind);
}

/** L8: fetches an immediate operand to tmpb; ends in the clock of the next line. */
export function immediate(c: Chip, byte: boolean): void {
  const low = c.q();
  c.tmpb = low & 0x80 ? low | 0xff00 : low;
  if (byte) c.jump();
  else {
    c.clock();
    c.tmpb = low | (c.q() << 8);
    c.clock();
  }
}

/** 014 MOV r/m, immediate. */
export function movRmImmediate(c: Chip): void {
  immediate(c, !c.word);
  storeRm(c, c.tmpb);
}

/** 01C MOV r, immediate: the width is in bit 3. */
export function movRegImmediate(c: Chip): void {
  const byte = (c.opcode & 8) === 0;
  immediate(c, byte);
  if (byte) c.setByteRegister(c.opcode & 7, c.tmpb);
  else c.gpr[c.opcode & 7] = c.tmpb;
}

function direct(c: Chip): void {
  const low = c.q();
  c.clock();
  c.tmpb = low | (c.q() << 8);
  c.clock();
  c.ind = c.tmpb;
}

/** 060 MOV A, [offset]. */
export function movAccumulatorDirect(c: Chip): void {
  direct(c);
  c.read(c.dataSegment());
  c.clock();
  c.setRegister(Reg.ax, c.opr);
}

/** 064 MOV [offset], A. */
export function movDirectAccumulator(c: Chip): void {
  direct(c);
  c.clock();
  c.opr = c.gpr[Reg.ax]!;
  c.write(c.dataSegment());
}

/** 0EC MOV r/m, segment register. */
export function movRmSegment(c: Chip): void {
  storeRm(c, c.sreg[(c.modrm >> 3) & 3]!);
}

/** 0EC MOV segment register, r/m. */
export function movSegmentRm(c: Chip): void {
  c.sreg[(c.modrm >> 3) & 3] = c.rm();
}

/** 084 XCHG AX, r; with AX itself, NOP. */
export function xchgAccumulator(c: Chip): void {
  c.tmpb = c.gpr[c.opcode & 7]!;
  c.clock();
  c.gpr[c.opcode & 7] = c.gpr[Reg.ax]!;
  c.nx();
  c.clock();
  c.gpr[Reg.ax] = c.tmpb;
}

/** 0A4 XCHG r/m, r. */
export function xchgRmReg(c: Chip): void {
  c.tmpa = c.reg();
  c.clock();
  c.tmpb = c.rm();
  c.clock();
  c.setReg(c.tmpb);
  if (!c.useMemory) c.nx();
  c.clock();
  storeRm(c, c.tmpa);
}

function farPointer(c: Chip, segment: number): void {
  c.setReg(c.opr);
  c.clock();
  c.tmpc = c.ind;
  c.clock();
  c.ind = (c.tmpc + 2) & 0xffff;
  c.read(c.dataSegment());
  c.clock();
  c.sreg[segment] = c.opr;
}

/** 0F0 LES. */
export function les(c: Chip): void {
  farPointer(c, Seg.es);
}

/** 0F4 LDS. */
export function lds(c: Chip): void {
  farPointer(c, Seg.ds);
}

/** 10C XLAT. */
export function xlat(c: Chip): void {
  c.tmpa = 0;
  c.clock();
  c.tmpa = c.gpr[Reg.ax]! & 0xff;
  c.clock();
  c.tmpb = c.gpr[Reg.bx]!;
  c.clock();
  c.ind = (c.tmpa + c.tmpb) & 0xffff;
  c.read(c.dataSegment());
  c.clock();
  c.bytes[0] = c.opr;
}

/** 0AC, 0B0: the port's number from the queue. */
function immediatePort(c: Chip): void {
  const port = c.q();
  c.clock();
  c.tmpb = port;
  pass(c, port);
  c.clock();
  c.ind = port;
}

function input(c: Chip): void {
  c.readPort();
  c.clock();
  c.setRegister(Reg.ax, c.opr);
}

function output(c: Chip): void {
  c.clock();
  c.opr = c.gpr[Reg.ax]!;
  c.writePort();
}

/** 0AC IN A, immediate. */
export function inImmediate(c: Chip): void {
  immediatePort(c);
  input(c);
}

/** 0B0 OUT immediate, A. */
export function outImmediate(c: Chip): void {
  immediatePort(c);
  output(c);
}

/** 0B4 IN A, DX. */
export function inDx(c: Chip): void {
  c.ind = c.gpr[Reg.dx]!;
  input(c);
}

/** 0B8 OUT DX, A. */
export function outDx(c: Chip): void {
  c.ind = c.gpr[Reg.dx]!;
  output(c);
}

/** 054 CBW. */
export function cbw(c: Chip): void {
  const low = c.bytes[0]!;
  c.tmpb = low & 0x80 ? low | 0xff00 : low;
  c.nx();
  c.clock();
  c.gpr[Reg.ax] = c.tmpb;
}

/** 058 CWD. */
export function cwd(c: Chip): void {
  c.tmpb = c.gpr[Reg.ax]!;
  c.clocks(2);
  const negative = (c.tmpb & 0x8000) !== 0;
  if (negative) c.jump();
  else c.clock();
  c.gpr[Reg.dx] = negative ? 0xffff : 0;
  c.nx();
  c.clock();
}

/** 0A0 SALC, undocumented: AL = CF ? FFh : 0. */
export function salc(c: Chip): void {
  const carry = (c.flags & Flag.CF) !== 0;
  if (carry) c.jump();
  else c.clock();
  c.bytes[0] = carry ? 0xff : 0;
}

/** 100 SAHF. */
export function sahf(c: Chip): void {
  c.tmpa = c.flags;
  c.clock();
  c.tmpa = (c.tmpa & 0xff00) | c.bytes[1]!;
  c.clock();
  c.flags = c.tmpa & FLAGS_STORED;
}

/** 104 LAHF. */
export function lahf(c: Chip): void {
  c.nx();
  c.clock();
  c.bytes[1] = c.flags | 2;
}

/** 108 ESC: the effective address has put the operand on the bus for a coprocessor. */
export function esc(): void {}
