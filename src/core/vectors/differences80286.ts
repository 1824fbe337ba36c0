/**
 * Where an 80286 in real mode differs from the later chips that the core models, and what is therefore
 * excused in its vectors: each entry with its reason. What no entry names is compared in full.
 */
import type { VectorTest } from './moo.js';
import type { Allowance } from './run80286.js';

/** What is excused in one test, and why. */
export interface Excuse {
  readonly allow: Allowance;
  readonly reasons: readonly string[];
}

const PREFIXES: readonly number[] = [0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf2, 0xf3];
const LOCK = 0xf0;
const SS_PREFIX = 0x36;
const HLT_BYTES = 1;
const MAX_LENGTH_80286 = 10;
const OF = 0x800;
const DE = 0;
const UD = 6;
const SS = 12;
const GP = 13;

/** An instruction of the suite, taken apart as far as the table needs. */
interface Shape {
  readonly prefixes: readonly number[];
  readonly opcode: number;
  readonly modrm: number;
  readonly length: number;
}

function shapeOf({ bytes }: VectorTest): Shape {
  let at = 0;
  while (PREFIXES.includes(bytes[at]!)) at++;
  const prefixes = [...bytes.subarray(0, at)];
  return { prefixes, opcode: bytes[at]!, modrm: bytes[at + 1] ?? 0, length: bytes.length - HLT_BYTES };
}

const digit = (s: Shape): number => (s.modrm >> 3) & 7;
const inMemory = (s: Shape): boolean => s.modrm < 0xc0;
const between = (n: number, first: number, last: number): boolean => n >= first && n <= last;

/** Instructions the 386 accepts LOCK for (SDM volume 2, LOCK), all with a memory destination. */
function lockable(s: Shape): boolean {
  const { opcode } = s;
  if (!inMemory(s)) return false;
  if (opcode < 0x38) return (opcode & 7) < 2;
  if (between(opcode, 0x80, 0x83)) return digit(s) !== 7;
  if (opcode === 0x86 || opcode === 0x87) return true;
  if (opcode === 0xf6 || opcode === 0xf7) return digit(s) === 2 || digit(s) === 3;
  return (opcode === 0xfe || opcode === 0xff) && digit(s) < 2;
}

/** PUSH, POP, PUSHA, POPA, PUSHF, POPF, CALL, RET, ENTER, LEAVE, INT, IRET. */
function usesStack(s: Shape): boolean {
  const { opcode } = s;
  if (opcode === 0xff) return [2, 3, 6].includes(digit(s));
  if (opcode < 0x20) return (opcode & 7) >= 6;
  return (
    between(opcode, 0x50, 0x61) ||
    [0x68, 0x6a, 0x8f, 0x9a, 0x9c, 0x9d, 0xc2, 0xc3, 0xe8].includes(opcode) ||
    between(opcode, 0xc8, 0xcf)
  );
}

/** The memory operand lies in SS: by the last override, or else by its base, BP. */
function operandInStack(s: Shape): boolean {
  const override = s.prefixes.filter((p) => (p & 0xe7) === 0x26).at(-1);
  if (override !== undefined) return override === SS_PREFIX;
  const rm = s.modrm & 7;
  return inMemory(s) && (rm === 2 || rm === 3 || (rm === 6 && s.modrm >= 0x40));
}

const isString = (s: Shape): boolean =>
  between(s.opcode, 0x6c, 0x6f) || (between(s.opcode, 0xa4, 0xaf) && (s.opcode & 0xfe) !== 0xa8);
const isShift = (s: Shape): boolean => s.opcode === 0xc0 || s.opcode === 0xc1;

interface Difference {
  readonly reason: string;
  readonly applies: (s: Shape, exception: number | undefined) => boolean;
  readonly allow: Allowance;
}

const DIFFERENCES: readonly Difference[] = [
  {
    reason:
      'the 286 ignores LOCK in real mode; the 386 raises #UD but for read-modify-write of memory (SDM volume 2, LOCK)',
    applies: (s) => s.prefixes.includes(LOCK) && !lockable(s) && s.length <= MAX_LENGTH_80286,
    allow: { instead: { delivers: UD } },
  },
  {
    reason:
      'the 286 raises #GP for instructions longer than 10 bytes, the 386 for those longer than 15 (SDM volume 3B, 22.22)',
    applies: (s, exception) => s.length > MAX_LENGTH_80286 && exception === GP,
    allow: { instead: { delivers: undefined } },
  },
  {
    reason: 'the 386 has the segment registers FS and GS, 4 and 5 in MOV, which are #UD on the 286',
    applies: (s) => (s.opcode === 0x8c || s.opcode === 0x8e) && (digit(s) === 4 || digit(s) === 5),
    allow: { instead: { delivers: undefined } },
  },
  {
    reason:
      'the 286 reports every overrun of a segment in real mode with vector 13, the 386 those of SS with 12 (SDM volume 3A, table 20-1)',
    applies: (s, exception) => exception === GP && (usesStack(s) || operandInStack(s)),
    allow: { vector: { ours: SS, theirs: GP } },
  },
  {
    reason:
      'the 286 has moved the index registers, and counted, when a string instruction faults; the 386 restarts it from where it was',
    applies: (s, exception) => isString(s) && exception === GP,
    allow: { registers: ['si', 'di', 'cx'] },
  },
  {
    reason:
      'OF is undefined after shifts by more than one (SDM volume 2, SHL), which the metadata of the byte forms omits',
    applies: isShift,
    allow: { flags: OF },
  },
  {
    reason:
      'all six flags are undefined after DIV and IDIV (SDM volume 2), in the image that #DE pushes as well',
    applies: (s, exception) => exception === DE && (s.opcode === 0xf6 || s.opcode === 0xf7),
    allow: { flags: 0x8d5 },
  },
];

/** All that is excused in one test. */
export function excuseOf(test: VectorTest): Excuse {
  const shape = shapeOf(test);
  const found = DIFFERENCES.filter((d) => d.applies(shape, test.exception?.number));
  return { allow: Object.assign({}, ...found.map((d) => d.allow)), reasons: found.map((d) => d.reason) };
}
