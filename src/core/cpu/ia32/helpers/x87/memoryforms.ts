/**
 * The memory forms of D8 to DF (SDM volume 2, appendix B.17 and table A-7 on).
 */
import type { Context } from '../../context.js';
import {
  add,
  type Binary,
  divide,
  divideReverse,
  multiply,
  subtract,
  subtractReverse,
} from './arithmetic.js';
import { DECIMAL_INDEFINITE, type Decimal, fromDecimal, toDecimal } from './bcd.js';
import { controlWord } from './bits.js';
import {
  fromDouble,
  fromInteger,
  fromSingle,
  load,
  type Stored,
  toDouble,
  toInteger,
  toSingle,
} from './convert.js';
import {
  loadEnvironment,
  readExtended,
  restore,
  save,
  storeEnvironment,
  writeExtended,
} from './environment.js';
import { INDEFINITE, type Operand } from './format.js';
import { compareWith, operateWith } from './operate.js';
import type { Numerics } from './round.js';
import { control, type MemoryForm, operation, type Row } from './rows.js';

type Reader = (cpu: Context, seg: number, offset: number) => Operand;

const next = (offset: number): number => (offset + 4) >>> 0;

const single: Reader = (cpu, seg, offset) => fromSingle(cpu.read(seg, offset, 4));
const double: Reader = (cpu, seg, offset) => {
  const low = cpu.read(seg, offset, 4);
  return fromDouble(cpu.read(seg, next(offset), 4), low);
};
const signed = (value: number): Operand => fromInteger(value >> 31, value);
const word: Reader = (cpu, seg, offset) => signed((cpu.read(seg, offset, 2) << 16) >> 16);
const short: Reader = (cpu, seg, offset) => signed(cpu.read(seg, offset, 4) | 0);
const long: Reader = (cpu, seg, offset) => {
  const low = cpu.read(seg, offset, 4);
  return fromInteger(cpu.read(seg, next(offset), 4), low);
};

const arithmetic =
  (read: Reader, op: Binary): MemoryForm =>
  (f, cpu, seg, offset) =>
    operateWith(f, op, read(cpu, seg, offset));

const comparison =
  (read: Reader, pops: boolean): MemoryForm =>
  (f, cpu, seg, offset) => {
    if (compareWith(f, read(cpu, seg, offset), false) && pops) f.pop();
  };

const loading =
  (read: Reader): MemoryForm =>
  (f, cpu, seg, offset) => {
    const o = read(cpu, seg, offset);
    f.load(load(f, o));
  };

/** How a format is stored. */
interface Writer<T> {
  readonly convert: (n: Numerics, o: Operand) => T;
  readonly write: (cpu: Context, seg: number, offset: number, value: T) => void;
  /** What an empty register is stored as. */
  readonly indefinite: T;
}

const singleWriter: Writer<number> = {
  convert: toSingle,
  write: (cpu, seg, offset, value) => cpu.write(seg, offset, value, 4),
  indefinite: 0xffc00000,
};

function writeLong(cpu: Context, seg: number, offset: number, value: Stored): void {
  cpu.write(seg, offset, value.low, 4);
  cpu.write(seg, next(offset), value.high, 4);
}

const doubleWriter: Writer<Stored> = {
  convert: toDouble,
  write: writeLong,
  indefinite: { high: 0xfff80000, low: 0 },
};
const wordWriter: Writer<Stored> = {
  convert: (n, o) => toInteger(n, o, 16),
  write: (cpu, seg, offset, value) => cpu.write(seg, offset, value.low & 0xffff, 2),
  indefinite: { high: 0, low: 0x8000 },
};
const shortWriter: Writer<Stored> = {
  convert: (n, o) => toInteger(n, o, 32),
  write: (cpu, seg, offset, value) => cpu.write(seg, offset, value.low, 4),
  indefinite: { high: 0, low: 0x80000000 },
};
const longWriter: Writer<Stored> = {
  convert: (n, o) => toInteger(n, o, 64),
  write: writeLong,
  indefinite: { high: 0x80000000, low: 0 },
};
const decimalWriter: Writer<Decimal> = {
  convert: toDecimal,
  write: (cpu, seg, offset, value) => {
    cpu.write(seg, offset, value.low, 4);
    cpu.write(seg, next(offset), value.middle, 4);
    cpu.write(seg, (offset + 8) >>> 0, value.high, 2);
  },
  indefinite: DECIMAL_INDEFINITE,
};

/** Stores ST(0). The status changes only after the write, which may fault. */
const storing =
  <T>(writer: Writer<T>, pops: boolean): MemoryForm =>
  (f, cpu, seg, offset) => {
    const empty = f.isEmpty(0);
    if (empty) f.meetStackFault(false);
    const value = empty ? writer.indefinite : writer.convert(f, f.operand(0));
    const blocked = f.blocksStore();
    if (!blocked) writer.write(cpu, seg, offset, value);
    f.settle();
    if (pops && !blocked) f.pop();
  };

const loadExtended: MemoryForm = (f, cpu, seg, offset) => f.load(readExtended(cpu, seg, offset));

/** FSTP m80: the bits as they are. */
const storeExtended: MemoryForm = (f, cpu, seg, offset) => {
  const empty = f.isEmpty(0);
  if (empty) f.meetStackFault(false);
  const blocked = f.blocksStore();
  if (!blocked) writeExtended(cpu, seg, offset, empty ? INDEFINITE : f.raw(0));
  f.settle();
  if (!blocked) f.pop();
};

const loadDecimal: MemoryForm = (f, cpu, seg, offset) => {
  const low = cpu.read(seg, offset, 4);
  const middle = cpu.read(seg, next(offset), 4);
  f.load(fromDecimal({ low, middle, high: cpu.read(seg, (offset + 8) >>> 0, 2) }));
};

const loadControl: MemoryForm = (f, cpu, seg, offset) => {
  f.control = controlWord(cpu.read(seg, offset, 2));
  f.summarize();
};
const storeControl: MemoryForm = (f, cpu, seg, offset) => cpu.write(seg, offset, f.control, 2);
const storeStatus: MemoryForm = (f, cpu, seg, offset) => cpu.write(seg, offset, f.status, 2);

/** The environment's forms take the context alone. */
const environment =
  (run: (cpu: Context, seg: number, offset: number, operandSize: number) => void): MemoryForm =>
  (_f, cpu, seg, offset, operandSize) =>
    run(cpu, seg, offset, operandSize);

const reserved = undefined;

/** D8, DA, DC and DE: arithmetic with a memory operand. */
const calculations = (read: Reader): (Row<MemoryForm> | undefined)[] => [
  operation(arithmetic(read, add)),
  operation(arithmetic(read, multiply)),
  operation(comparison(read, false)),
  operation(comparison(read, true)),
  operation(arithmetic(read, subtract)),
  operation(arithmetic(read, subtractReverse)),
  operation(arithmetic(read, divide)),
  operation(arithmetic(read, divideReverse)),
];

/** By the opcode's lowest three bits, then ModRM's reg field. FISTTP (DB, DD, DF /1) belongs to SSE3. */
export const MEMORY_FORMS: readonly (Row<MemoryForm> | undefined)[] = [
  ...calculations(single),
  // D9
  operation(loading(single)),
  reserved,
  operation(storing(singleWriter, false)),
  operation(storing(singleWriter, true)),
  control(environment(loadEnvironment), true),
  control(loadControl, true),
  control(environment(storeEnvironment), false),
  control(storeControl, false),
  ...calculations(short),
  // DB
  operation(loading(short)),
  reserved,
  operation(storing(shortWriter, false)),
  operation(storing(shortWriter, true)),
  reserved,
  operation(loadExtended),
  reserved,
  operation(storeExtended),
  ...calculations(double),
  // DD
  operation(loading(double)),
  reserved,
  operation(storing(doubleWriter, false)),
  operation(storing(doubleWriter, true)),
  control(environment(restore), true),
  reserved,
  control(environment(save), false),
  control(storeStatus, false),
  ...calculations(word),
  // DF
  operation(loading(word)),
  reserved,
  operation(storing(wordWriter, false)),
  operation(storing(wordWriter, true)),
  operation(loadDecimal),
  operation(loading(long)),
  operation(storing(decimalWriter, true)),
  operation(storing(longWriter, true)),
];
