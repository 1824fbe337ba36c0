/** The microcode's routines of the ALU's two-operand, one-operand and shift instructions. */
import { arithmetic, decrement, increment, logic, shift, subtract } from '../alu.js';
import type { Chip } from '../chip.js';
import { Reg } from '../state.js';
import { immediate, writeBack } from './move.js';

const CMP = 7;

/** 008 ALU r/m, r. */
export function aluRmReg(c: Chip): void {
  const operation = (c.opcode >> 3) & 7;
  c.tmpa = c.rm();
  c.clock();
  c.tmpb = c.reg();
  if (!c.useMemory || operation === CMP) c.nx();
  c.clock();
  const result = arithmetic(c, operation, c.tmpa, c.tmpb);
  c.storeFlags();
  if (operation === CMP) return;
  c.setRm(result);
  if (c.useMemory) writeBack(c);
}

/** 008 ALU r, r/m. */
export function aluRegRm(c: Chip): void {
  const operation = (c.opcode >> 3) & 7;
  c.tmpa = c.reg();
  c.clock();
  c.tmpb = c.rm();
  c.nx();
  c.clock();
  const result = arithmetic(c, operation, c.tmpa, c.tmpb);
  c.storeFlags();
  if (operation !== CMP) c.setReg(result);
}

/** 00C ALU r/m, immediate; 82h is 80h, 83h sign-extends a byte. */
export function aluRmImmediate(c: Chip): void {
  const operation = (c.modrm >> 3) & 7;
  immediate(c, !c.word || (c.opcode & 2) !== 0);
  c.tmpa = c.rm();
  if (!c.useMemory) c.nx();
  c.clock();
  const result = arithmetic(c, operation, c.tmpa, c.tmpb);
  c.storeFlags();
  if (operation === CMP) return;
  c.setRm(result);
  if (c.useMemory) writeBack(c);
}

/** 018 ALU A, immediate. */
export function aluAccumulatorImmediate(c: Chip): void {
  const operation = (c.opcode >> 3) & 7;
  immediate(c, !c.word);
  c.tmpa = c.gpr[Reg.ax]!;
  c.nx();
  c.clock();
  const result = arithmetic(c, operation, c.tmpa, c.tmpb);
  c.storeFlags();
  if (operation !== CMP) c.setRegister(Reg.ax, result);
}

/** 094 TEST r/m, r. */
export function testRmReg(c: Chip): void {
  c.tmpa = c.rm();
  c.clock();
  c.tmpb = c.reg();
  c.nx();
  c.clock();
  logic(c, c.tmpa & c.tmpb);
  c.storeFlags();
}

/** 098 TEST r/m, immediate. */
export function testRmImmediate(c: Chip): void {
  immediate(c, !c.word);
  c.tmpa = c.rm();
  if (!c.useMemory) c.nx();
  c.clock();
  logic(c, c.tmpa & c.tmpb);
  c.storeFlags();
}

/** 09C TEST A, immediate. */
export function testAccumulatorImmediate(c: Chip): void {
  immediate(c, !c.word);
  c.tmpa = c.gpr[Reg.ax]!;
  c.nx();
  c.clock();
  logic(c, c.tmpa & c.tmpb);
  c.storeFlags();
}

/** What INC, DEC, NOT, NEG and shifts by one have in common: operand, operation, result. */
function unary(c: Chip, operation: (c: Chip, a: number) => number): void {
  c.tmpb = c.rm();
  if (!c.useMemory) c.nx();
  c.clock();
  c.setRm(operation(c, c.tmpb));
}

function finishUnary(c: Chip): void {
  if (c.useMemory) writeBack(c);
}

/** 020 INC and DEC r/m. */
export function incDecRm(c: Chip): void {
  unary(c, (c.modrm & 8) !== 0 ? decrement : increment);
  c.storeFlags();
  finishUnary(c);
}

/** 04C NOT r/m. */
export function notRm(c: Chip): void {
  unary(c, (_, a) => ~a);
  finishUnary(c);
}

/** 050 NEG r/m. */
export function negRm(c: Chip): void {
  unary(c, (chip, a) => subtract(chip, 0, a, 0));
  c.storeFlags();
  finishUnary(c);
}

/** 088 shifts and rotations of r/m by one. */
export function shiftRmOne(c: Chip): void {
  c.tmpb = c.rm();
  if (!c.useMemory) c.nx();
  c.clock();
  c.setRm(shift(c, (c.modrm >> 3) & 7, c.tmpb));
  c.storeFlags();
  finishUnary(c);
}

/** 08C shifts and rotations of r/m by CL: one round of four clocks a bit. */
export function shiftRmCl(c: Chip): void {
  const operation = (c.modrm >> 3) & 7;
  c.tmpa = 0;
  c.clock();
  c.tmpa = c.bytes[Reg.cx * 2]!;
  c.clock();
  c.tmpb = c.rm();
  c.jump();
  c.clock();
  while (c.tmpa !== 0) {
    c.jump();
    c.tmpb = shift(c, operation, c.tmpb);
    c.storeFlags();
    c.clocks(2);
    c.tmpa--;
  }
  c.clock();
  c.setRm(c.tmpb);
  finishUnary(c);
}

/** 17C INC and DEC of a word register. */
export function incDecReg(c: Chip): void {
  const n = c.opcode & 7;
  c.tmpb = c.gpr[n]!;
  c.nx();
  c.clock();
  c.gpr[n] = (c.opcode & 8) !== 0 ? decrement(c, c.tmpb) : increment(c, c.tmpb);
  c.storeFlags();
}
