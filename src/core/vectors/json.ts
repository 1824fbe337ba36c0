/**
 * Reads single-step hardware vectors in the JSON form of the public suites (SingleStepTests for 8086, 8088 and
 * 80286): an array of tests, each with its state before, what changed, and for the 8086 and 8088 an array of
 * eleven columns for every clock. Gives what the reader of MOO files gives.
 */
import { REGISTERS, type VectorCycle, type VectorFile, type VectorState, type VectorTest } from './moo.js';

interface JsonState {
  readonly regs: Readonly<Record<string, number>>;
  readonly ram: readonly (readonly [number, number])[];
  readonly queue?: readonly number[];
}

interface JsonTest {
  readonly idx?: number;
  readonly name: string;
  readonly bytes: readonly number[];
  readonly initial: JsonState;
  readonly final: JsonState;
  readonly cycles?: readonly (readonly (number | string)[])[];
  readonly exception?: { readonly number: number; readonly flag_address: number };
}

/** Columns of a clock of the 8086 and 8088; the 80286's have others, which are not read. */
const COLUMNS = 11;
const SEGMENTS = ['ES', 'SS', 'CS', 'DS', '--'];
const STATUS = ['INTA', 'IOR', 'IOW', 'MEMR', 'MEMW', 'HALT', 'CODE', 'PASV'];
const T_STATES = ['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'];
const QUEUE = ['-', 'F', 'E', 'S'];

/** The number of a name; numbers stand for themselves. */
function code(names: readonly string[], value: number | string): number {
  return typeof value === 'number' ? value : Math.max(names.indexOf(value), 0);
}

/** `R`, `A` and `W` or dashes: read, advanced write, write. */
function command(value: number | string): number {
  if (typeof value === 'number') return value;
  return [...'RAW'].reduce((bits, letter) => (bits << 1) | (value.includes(letter) ? 1 : 0), 0);
}

function readCycle(row: readonly (number | string)[]): VectorCycle {
  const [pins, address, segment, memory, io, bhe, data, status, t, queueOp, queueByte] = row;
  return {
    ale: (Number(pins) & 1) !== 0,
    address: Number(address),
    segment: code(SEGMENTS, segment!),
    memory: command(memory!),
    io: command(io!),
    bhe: Number(bhe),
    data: Number(data),
    status: code(STATUS, status!),
    t: code(T_STATES, t!),
    queueOp: code(QUEUE, queueOp!),
    queueByte: Number(queueByte),
  };
}

function readState(state: JsonState): VectorState {
  const named = REGISTERS.filter((name) => state.regs[name] !== undefined);
  return {
    regs: Object.fromEntries(named.map((name) => [name, state.regs[name]! & 0xffff])),
    ram: state.ram,
    queue: state.queue ?? [],
  };
}

function readTest(test: JsonTest, i: number): VectorTest {
  const { exception } = test;
  return {
    index: test.idx ?? i,
    name: test.name,
    bytes: Uint8Array.from(test.bytes),
    initial: readState(test.initial),
    final: readState(test.final),
    cycles: (test.cycles ?? []).filter((row) => row.length === COLUMNS).map(readCycle),
    exception: exception && { number: exception.number, flagsAt: exception.flag_address },
  };
}

/** A whole file; `cpu` names its chip, which JSON files do not. */
export function readJsonVectors(text: string, cpu: string): VectorFile {
  return { cpu, tests: (JSON.parse(text) as readonly JsonTest[]).map(readTest) };
}
