/**
 * Entering x87 instructions: availability (#NM), pending exceptions (#MF or FERR#), the tables of forms
 * and the instruction and operand pointers (SDM volume 1, 8.1.8, 8.6 and 8.7; volume 3A, 2.5).
 *
 * With CR0.NE = 0, FERR# follows the status word's ES bit as on a 486, and the board wires it to IRQ 13.
 * The freeze of the CPU until that interrupt arrives is not modelled, nor IGNNE#: the interrupt comes at
 * the boundary after the instruction that failed.
 */
import type { Context } from '../../context.js';
import { Cr0, Fault, Seg, Vector } from '../../state.js';
import { Status } from './bits.js';
import { MEMORY_FORMS } from './memoryforms.js';
import { REGISTER_FORMS } from './registerforms.js';
import type { Row } from './rows.js';
import { type Unit, unitOf } from './unit.js';

/** #MF for a pending exception; or FERR#, in case it was raised while CR0.NE was set. */
function reportPending(f: Unit): void {
  if ((f.status & Status.summary) === 0) return;
  if ((f.cr0 & Cr0.NE) !== 0) throw new Fault(Vector.MF);
  f.raiseError(true);
}

/** The checks before an ESC instruction. */
function enter<Form>(cpu: Context, row: Row<Form> | undefined): Unit {
  const f = unitOf(cpu.s);
  if ((f.cr0 & (Cr0.EM | Cr0.TS)) !== 0) throw new Fault(Vector.NM);
  if (row === undefined || cpu.family < row.since) throw new Fault(Vector.UD);
  if (row.waits) reportPending(f);
  f.begin();
  return f;
}

/** An instruction D8h to DFh with a register operand (ModRM C0h and above); `ip` is the offset it lies at. */
export function fpuRegister(cpu: Context, opcode: number, modrm: number, ip: number): void {
  const row = REGISTER_FORMS[((opcode & 7) << 6) | (modrm & 0x3f)];
  const f = enter(cpu, row);
  row!.run(f, modrm & 7, cpu);
  if (!row!.control) f.noteInstruction(ip, cpu.s.selector[Seg.cs]!, ((opcode & 7) << 8) | modrm);
}

/**
 * An instruction D8h to DFh with a memory operand; `reg` is ModRM's reg field. `modrm` is only needed for
 * the last-opcode register to have all its bits.
 */
export function fpuMemory(
  cpu: Context,
  opcode: number,
  reg: number,
  seg: number,
  offset: number,
  operandSize: number,
  ip: number,
  modrm: number = (reg & 7) << 3,
): void {
  const row = MEMORY_FORMS[((opcode & 7) << 3) | (reg & 7)];
  const f = enter(cpu, row);
  row!.run(f, cpu, seg, offset, operandSize);
  if (row!.control) return;
  const { selector } = cpu.s;
  f.noteInstruction(ip, selector[Seg.cs]!, ((opcode & 7) << 8) | modrm);
  f.noteOperand(offset, selector[seg]!);
}

/** WAIT (9Bh). */
export function fwait(cpu: Context): void {
  const f = unitOf(cpu.s);
  if ((f.cr0 & Cr0.MP) !== 0 && (f.cr0 & Cr0.TS) !== 0) throw new Fault(Vector.NM);
  reportPending(f);
}
