/**
 * Suites of single-step tests as they are published: files of either form, told apart by their first bytes; which
 * chip a file is of, by what it says itself, else by the suite's metadata, else by what its tests hold; and the
 * mask of undefined flags that the metadata give for each form. What is not as it should be is a `VectorError`.
 */
import { readJsonVectors } from './json.js';
import { REGISTERS, readMoo, type VectorFile, type VectorState, type VectorTest } from './moo.js';

/** The chips that there are cores for. */
export const CHIPS = ['8086', '8088', '80286'] as const;
export type ChipName = (typeof CHIPS)[number];

/** A file that is not what it should be; the message goes on from the file's name. */
export class VectorError extends Error {
  override name = 'VectorError';
}

export interface Vectors {
  readonly chip: ChipName;
  readonly tests: readonly VectorTest[];
}

/** What is known about a file from elsewhere. */
export interface Hints {
  /** The user's word: it counts more than the file's. */
  readonly chip?: ChipName | undefined;
  /** The chip by the suite's metadata. */
  readonly cpu?: string | undefined;
}

export interface Metadata {
  /** The chip, as the suite names it. */
  readonly cpu: string | undefined;
  /** Flags that are defined after a form. */
  flags(form: string): number;
}

const ALL_FLAGS = 0xffff;
const MOO = [0x4d, 0x4f, 0x4f, 0x20];
/** The chips by the names that suites give them. */
const NAMES: Readonly<Record<string, ChipName>> = {
  '8086': '8086',
  '8088': '8088',
  '286': '80286',
  C286: '80286',
  '80286': '80286',
};
/** The longest prefetch queues of an 8088 and an 8086. */
const QUEUE_8088 = 4;
const QUEUE_8086 = 6;
/** Twenty address lines, and twenty-four. */
const ADDRESSES: Readonly<Record<ChipName, number>> = { '8086': 2 ** 20, '8088': 2 ** 20, '80286': 2 ** 24 };

/** All tests of a file that is not compressed. @throws VectorError */
export function readVectors(bytes: Uint8Array, hints: Hints = {}): Vectors {
  const { cpu, tests } = parse(bytes);
  if (tests.length === 0) throw new VectorError('holds no tests');
  const name = cpu || hints.cpu;
  const chip = hints.chip ?? (name ? NAMES[name] : guess(tests));
  if (!chip) throw new VectorError(`is of the ${name}, for which there is no core`);
  for (const test of tests) validate(test, ADDRESSES[chip]);
  return { chip, tests };
}

function parse(bytes: Uint8Array): VectorFile {
  try {
    if (MOO.every((byte, i) => bytes[i] === byte)) return readMoo(bytes);
    return readJsonVectors(new TextDecoder().decode(bytes), '');
  } catch (error) {
    throw new VectorError(`is not a file of single-step tests, or damaged (${(error as Error).message})`);
  }
}

/** JSON files do not name their chip. Only the 80286's have no queue, and only an 8086 has a long one or words. */
function guess(tests: readonly VectorTest[]): ChipName {
  if (tests.every(({ final }) => final.queue.length === 0)) return '80286';
  const isWide = tests.some(({ initial, final, cycles }) => {
    if (Math.max(initial.queue.length, final.queue.length) > QUEUE_8088) return true;
    return cycles.some((c) => c.data > 0xff);
  });
  return isWide ? '8086' : '8088';
}

const isBelow = (value: unknown, limit: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;

function validate({ index, bytes, initial, final }: VectorTest, addresses: number): void {
  const lacking = REGISTERS.find((name) => !isBelow(initial.regs[name], 2 ** 16));
  if (lacking) throw new VectorError(`lacks register ${lacking} in test ${index}`);
  if (bytes.length === 0) throw new VectorError(`has no instruction in test ${index}`);
  for (const state of [initial, final]) {
    if (!isState(state, addresses))
      throw new VectorError(`has memory or a queue that cannot be in test ${index}`);
  }
}

function isState({ ram, queue }: VectorState, addresses: number): boolean {
  return (
    ram.every(([at, value]) => isBelow(at, addresses) && isBelow(value, 256)) &&
    queue.length <= QUEUE_8086 &&
    queue.every((byte) => isBelow(byte, 256))
  );
}

interface Opcode {
  readonly 'flags-mask'?: number;
  readonly reg?: Readonly<Record<string, Opcode>>;
}

/** A suite's metadata.json. @throws VectorError */
export function readMetadata(text: string): Metadata {
  let data: { readonly cpu?: string; readonly opcodes?: Readonly<Record<string, Opcode>> };
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new VectorError(`is not the metadata of single-step tests (${(error as Error).message})`);
  }
  const { cpu, opcodes } = data ?? {};
  if (typeof opcodes !== 'object')
    throw new VectorError('is not the metadata of single-step tests (no opcodes)');
  return {
    cpu: typeof cpu === 'string' ? cpu : undefined,
    flags: (form) => {
      const [opcode, digit] = form.split('.');
      const entry = opcodes[opcode!];
      const mask = (digit === undefined ? entry : entry?.reg?.[digit])?.['flags-mask'];
      return typeof mask === 'number' ? mask : ALL_FLAGS;
    },
  };
}
