/**
 * Reads single-step hardware vectors in the MOO format: little-endian chunks {tag, u32 length, payload}, one
 * test an instruction, with the state before, what changed, and (8086 and 8088) the pins of every clock.
 * Follows the format's public description (SingleStepTests, MOO 1.x). Chunks that are not needed are skipped.
 */

/** Registers in the order of the bits of a REGS mask. */
export const REGISTERS = [
  'ax',
  'bx',
  'cx',
  'dx',
  'cs',
  'ss',
  'ds',
  'es',
  'sp',
  'bp',
  'si',
  'di',
  'ip',
  'flags',
] as const;
export type Register = (typeof REGISTERS)[number];

export interface VectorState {
  readonly regs: Partial<Record<Register, number>>;
  readonly ram: readonly (readonly [number, number])[];
  /** The prefetch queue, the byte to be read first being first. */
  readonly queue: readonly number[];
}

/** The pins of one clock, as the bench of the suites samples them. */
export interface VectorCycle {
  readonly ale: boolean;
  /** The multiplexed bus: an address only where ALE is set. */
  readonly address: number;
  /** S3 and S4: 0 ES, 1 SS, 2 CS or none, 3 DS; 4 where not valid. */
  readonly segment: number;
  /** Bits: 2 read, 1 advanced write, 0 write. */
  readonly memory: number;
  readonly io: number;
  /** 0 is active. */
  readonly bhe: number;
  readonly data: number;
  /** In the suites' own numbering: 0 INTA, 1 IOR, 2 IOW, 3 MEMR, 4 MEMW, 5 HALT, 6 CODE, 7 PASV. */
  readonly status: number;
  /** 0 Ti, 1 T1, 2 T2, 3 T3, 4 T4, 5 Tw. */
  readonly t: number;
  /** 0 none, 1 first byte, 2 emptied, 3 subsequent byte: seen one clock after it happened. */
  readonly queueOp: number;
  readonly queueByte: number;
}

export interface VectorTest {
  readonly index: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly initial: VectorState;
  /** Registers and memory hold only what changed, the queue is whole. */
  readonly final: VectorState;
  /** Empty where the suite recorded none. */
  readonly cycles: readonly VectorCycle[];
  /** The exception taken, and where its flags image was pushed. */
  readonly exception: { readonly number: number; readonly flagsAt: number } | undefined;
}

export interface VectorFile {
  /** The chip as the file names it, e.g. `8086`, `8088`, `286`. */
  readonly cpu: string;
  readonly tests: readonly VectorTest[];
}

interface Chunk {
  readonly tag: string;
  readonly data: DataView;
}

const CYCLE_BYTES = 15;
const RAM_BYTES = 5;

function text(view: DataView, from: number, length: number): string {
  let out = '';
  for (let i = 0; i < length; i++) out += String.fromCharCode(view.getUint8(from + i));
  return out;
}

function* chunks(view: DataView, from = 0): Generator<Chunk> {
  for (let at = from; at + 8 <= view.byteLength; ) {
    const length = view.getUint32(at + 4, true);
    yield { tag: text(view, at, 4), data: new DataView(view.buffer, view.byteOffset + at + 8, length) };
    at += 8 + length;
  }
}

function readRegisters(data: DataView): Partial<Record<Register, number>> {
  const regs: Partial<Record<Register, number>> = {};
  const mask = data.getUint16(0, true);
  let at = 2;
  REGISTERS.forEach((name, i) => {
    if (!(mask & (1 << i))) return;
    regs[name] = data.getUint16(at, true);
    at += 2;
  });
  return regs;
}

function readState(view: DataView): VectorState {
  const parts = new Map([...chunks(view)].map((c) => [c.tag, c.data]));
  const regs = parts.get('REGS');
  const ram = parts.get('RAM ');
  const queue = parts.get('QUEU');
  const count = (data: DataView | undefined) => (data ? data.getUint32(0, true) : 0);
  return {
    regs: regs ? readRegisters(regs) : {},
    ram: Array.from({ length: count(ram) }, (_, i) => [
      ram!.getUint32(4 + i * RAM_BYTES, true),
      ram!.getUint8(8 + i * RAM_BYTES),
    ]),
    queue: Array.from({ length: count(queue) }, (_, i) => queue!.getUint8(4 + i)),
  };
}

function readCycle(data: DataView, at: number): VectorCycle {
  const byte = (offset: number) => data.getUint8(at + offset);
  return {
    ale: (byte(0) & 1) !== 0,
    address: data.getUint32(at + 1, true),
    segment: byte(5),
    memory: byte(6),
    io: byte(7),
    bhe: byte(8),
    data: data.getUint16(at + 9, true),
    status: byte(11),
    t: byte(12),
    queueOp: byte(13),
    queueByte: byte(14),
  };
}

function readTest(view: DataView): VectorTest {
  const parts = new Map([...chunks(view, 4)].map((c) => [c.tag, c.data]));
  const name = parts.get('NAME');
  const bytes = parts.get('BYTS')!;
  const cycles = parts.get('CYCL');
  const excp = parts.get('EXCP');
  const count = cycles ? cycles.getUint32(0, true) : 0;
  return {
    index: view.getUint32(0, true),
    name: name ? text(name, 4, name.getUint32(0, true)) : '',
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset + 4, bytes.getUint32(0, true)),
    initial: readState(parts.get('INIT')!),
    final: readState(parts.get('FINA')!),
    cycles: Array.from({ length: count }, (_, i) => readCycle(cycles!, 4 + i * CYCLE_BYTES)),
    exception: excp && { number: excp.getUint8(0), flagsAt: excp.getUint32(1, true) },
  };
}

/** A whole file, not compressed. @throws RangeError if it is cut off */
export function readMoo(file: Uint8Array): VectorFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let cpu = '';
  let count = 0;
  const tests: VectorTest[] = [];
  for (const { tag, data } of chunks(view)) {
    if (tag === 'MOO ') {
      count = data.getUint32(4, true);
      cpu = text(data, 8, 4).trim();
    } else if (tag === 'TEST') tests.push(readTest(data));
  }
  if (tests.length !== count) throw new RangeError(`${tests.length} tests where ${count} are announced`);
  return { cpu, tests };
}
