/** Instruction bytes for a variant of a row: what the decoder reads, made from the same table. */
import type { Expanded, InstructionSet } from '../../../../../src/core/cpu/ia32/isa/table.js';
import { parseOpcode } from '../../../../../src/core/cpu/ia32/isa/table.js';
import type { Chance } from './chance.js';

const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const OPERAND_SIZE = 0x66;
const ADDRESS_SIZE = 0x67;
const LOCK = 0xf0;
const REP = { none: [], rep: [0xf3], repne: [0xf2] } as const;
const SIB = 4;
/** More than any displacement and immediate together. */
const TAIL_DWORDS = 3;

/** Prefixes, opcode, ModRM, SIB, and enough behind them for any displacement and immediate. */
export function encode(
  set: InstructionSet,
  { row, variant }: Expanded,
  size: 16 | 32,
  chance: Chance,
): number[] {
  const opcode = parseOpcode(row.opcode);
  const byte = opcode.first + (opcode.count > 1 ? chance.below(opcode.count) : 0);
  const bytes: number[] = [...REP[variant.rep]];
  if (variant.opsize !== size) bytes.push(OPERAND_SIZE);
  if (variant.addrsize !== size) bytes.push(ADDRESS_SIZE);
  if (chance.oneIn(4)) bytes.push(chance.pick(SEGMENT_PREFIXES));
  if (chance.oneIn(row.lock ? 4 : 40)) bytes.push(LOCK);
  if (opcode.map === 1) bytes.push(0x0f);
  bytes.push(byte);
  if (set.maps[opcode.map]![byte]!.modrm)
    bytes.push(...modrm(variant.form, opcode.digit, opcode.forms, chance));
  for (let i = 0; i < TAIL_DWORDS; i++) {
    const tail = chance.value();
    bytes.push(tail & 0xff, (tail >>> 8) & 0xff, (tail >>> 16) & 0xff, tail >>> 24);
  }
  return bytes;
}

function modrm(
  form: Expanded['variant']['form'],
  digit: number | undefined,
  forms: 'm' | 'r' | 'both',
  chance: Chance,
): number[] {
  const reg = (digit ?? chance.below(8)) << 3;
  const mod = (form === 'reg' ? 3 : chance.below(3)) << 6;
  // Forms without ModRM meaning (MOV to control registers) are 'reg' too, whatever their mod says.
  if (form === 'reg') return [(forms === 'm' ? 0 : mod) | reg | chance.below(8)];
  if (form === 'm16') return [mod | reg | chance.below(8)];
  if (form === 'sib') return [mod | reg | SIB, chance.below(256)];
  return [mod | reg | chance.pick([0, 1, 2, 3, 5, 6, 7])];
}
