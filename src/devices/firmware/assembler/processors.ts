/**
 * `cpu 8086`: what the first of the family does not have is an error, and a conditional jump that is too
 * far becomes a jump around a jump, as with NASM (manual, section 7.11). Judged by the bytes: everything
 * added later has an opcode, a prefix or a segment register of its own (SDM volume 2, appendix A.2). Other
 * processors are not told apart.
 */

export type Processor = '8086' | 'any';

const PREFIXES: readonly number[] = [0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3];
/** PUSHA to OUTS with the FS, GS and size prefixes; shifts by a number, ENTER, LEAVE; PUSH and IMUL with numbers. */
const LATER: readonly (readonly [first: number, last: number])[] = [
  [0x0f, 0x0f],
  [0x60, 0x6f],
  [0xc0, 0xc1],
  [0xc8, 0xc9],
];
const MOV_SEGMENT: readonly number[] = [0x8c, 0x8e];
const JUMP = 0xe9;

/** The processor that a `cpu` directive names. */
export function processorNamed(name: string | undefined): Processor {
  return name === '8086' ? '8086' : 'any';
}

/** An instruction for the 8086; `report` hears why it has none such. */
export function for8086(bytes: readonly number[], report: (problem: string) => void): readonly number[] {
  const at = bytes.findIndex((byte) => !PREFIXES.includes(byte));
  const opcode = bytes[at]!;
  if (opcode === 0x0f && (bytes[at + 1]! & 0xf0) === 0x80 && bytes.length === at + 4)
    return around(bytes, at);
  const fsOrGs = MOV_SEGMENT.includes(opcode) && (bytes[at + 1]! & 0x38) > 0x18;
  if (fsOrGs || LATER.some(([first, last]) => opcode >= first && opcode <= last)) {
    report('the 8086 has no such instruction');
  }
  return bytes;
}

/** Jcc near, four bytes, as the opposite Jcc over a near JMP, five. */
function around(bytes: readonly number[], at: number): readonly number[] {
  const opposite = 0x70 | ((bytes[at + 1]! & 15) ^ 1);
  const distance = ((bytes[at + 2]! | (bytes[at + 3]! << 8)) - 1) & 0xffff;
  return [...bytes.slice(0, at), opposite, 3, JUMP, distance & 0xff, distance >> 8];
}
