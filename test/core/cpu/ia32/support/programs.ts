/**
 * Random programs that keep running: instructions of random rows, short jumps within the program, and at
 * its end a jump back to the start. Handlers of exceptions and interrupts return behind the instruction
 * they came from, or nearly.
 */
import { Decoder } from '../../../../../src/core/cpu/ia32/isa/decode.js';
import type { Expanded, InstructionSet } from '../../../../../src/core/cpu/ia32/isa/table.js';
import type { Chance } from './chance.js';
import { encode } from './encode.js';
import { gate, HANDLERS, IDT, type Mode } from './states.js';
import type { Contents } from './twins.js';

const LENGTH = 24;
/** What would only end a program early: far transfers, system registers, HLT. */
const EXCLUDED =
  /^(RETF|IRET|SYSENTER|SYSEXIT|HLT|LMSW|WRMSR|LGDT|LIDT|LLDT|LTR|INT|INT1|INT3|UD\d|ENTER|LEAVE|RET)$/;
const FAR_OR_SPECIAL =
  /^(9A|EA|FF \/3 m|FF \/5 m|0F 22|0F 23|8E|17|07|1F|C4 m|C5 m|0F (A1|A9|B2 m|B4 m|B5 m)|E8|E9|FF \/2|FF \/4|0F 8.)$/;
const SHORT_JUMP = /^(7.|E0|E1|E2|E3|EB)$/;

export function ordinary({ row }: Expanded): boolean {
  return row.opcode !== '' && !EXCLUDED.test(row.mnemonic) && !FAR_OR_SPECIAL.test(row.opcode);
}

/** One instruction; where a short jump leads is mostly still in the program. */
export function instruction(
  set: InstructionSet,
  expanded: Expanded,
  size: 16 | 32,
  chance: Chance,
): number[] {
  const bytes = encode(set, expanded, size, chance);
  const { length } = new Decoder(set).decode((i) => bytes[i] ?? 0, size);
  const one = bytes.slice(0, length);
  if (SHORT_JUMP.test(expanded.row.opcode)) one[length - 1] = chance.pick([0, 1, 2, 5, 0xf0, 0xfe]);
  return one;
}

/** Machine code of a loop over random instructions, in code of `size` bits. */
export function program(
  set: InstructionSet,
  from: readonly Expanded[],
  size: 16 | 32,
  chance: Chance,
): number[] {
  const code: number[] = [];
  for (let n = 0; n < LENGTH; n++) code.push(...instruction(set, chance.pick(from), size, chance));
  const back = -(code.length + (size === 32 ? 5 : 3));
  const displacement = [back & 0xff, (back >> 8) & 0xff, (back >> 16) & 0xff, (back >> 24) & 0xff];
  return [...code, 0xe9, ...displacement.slice(0, size / 8)];
}

const WITH_ERROR_CODE: readonly number[] = [8, 10, 11, 12, 13, 14, 17];
/** push bp; mov bp, sp; add word [bp+2], 2; pop bp; iret */
const SKIP16 = [0x55, 0x8b, 0xec, 0x83, 0x46, 0x02, 0x02, 0x5d, 0xcf];
/** add dword [esp], 2; iretd */
const SKIP32 = [0x83, 0x04, 0x24, 0x02, 0xcf];
/** add esp, 4 */
const DROP_ERROR = [0x83, 0xc4, 0x04];

/** Handlers that skip two bytes and go on, where the vectors and gates of `pokeTables` point. */
export function handlers(mode: Mode): Contents[] {
  return Array.from({ length: 32 }, (_, vector) => {
    const skip = WITH_ERROR_CODE.includes(vector) ? [...DROP_ERROR, ...SKIP32] : SKIP32;
    return [HANDLERS + vector * 16, mode === 'real' ? SKIP16 : skip];
  });
}

/** Gates that lead to these handlers from 32-bit code of any privilege. */
export function gates(): Contents[] {
  return Array.from({ length: 32 }, (_, n) => [IDT + n * 8, gate(8, HANDLERS + n * 16, 0xee, 0)]);
}
