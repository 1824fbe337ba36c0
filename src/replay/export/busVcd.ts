/**
 * The bus of an 8086 or 8088 as waves, clock by clock, named as in the iAPX 86/88 User's Manual (maximum mode). A
 * clock begins with the falling edge of CLK, which is high for its last third (8284A data sheet). T-states, bus
 * cycles and queue operations are there twice, as bits and as ASCII characters. Left out: the multiplexed pins as
 * such (the address is shown latched, data are shown in the clock in which they are transferred, on the half of
 * the bus that BHE# and A0 select), NMI, TEST# and the request and grant lines.
 */
import type { BusClock } from '../../core/cpu/i8086/biu.js';
import { I8086Cpu } from '../../core/cpu/i8086/cpu.js';
import { BusStatus, T } from '../../core/cpu/i8086/state.js';
import type { Machine } from '../../core/machine.js';
import type { Frequency } from '../../core/time.js';
import { type VcdSignal, type VcdValue, VcdWriter } from './vcd.js';

/** What the observer of the clock does not tell, as the chip has it in that clock. */
export interface BusExtras {
  readonly queueLength: number;
  /** READY as the chip has seen it. */
  readonly ready: boolean;
  readonly intr: boolean;
}

export interface BusVcdOptions {
  readonly sink: (text: string) => void;
  readonly version: string;
  readonly comment: string;
  readonly frequency: Frequency;
  /** Data lines. */
  readonly lines: 8 | 16;
}

/** By S2..S0. */
const CYCLES = ['INTA', 'IOR', 'IOW', 'HALT', 'CODE', 'MEMR', 'MEMW', 'PASV'];
const T_NAMES = ['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'];
/** By QS1, QS0. */
const QUEUE_NAMES = ['----', 'FRST', 'EMPT', 'SUBS'];
/** S4 and S3 of ES CS SS DS, and of an access through none. */
const SEGMENT_STATUS = [0, 2, 1, 3, 2];
const NAME_BITS = 32;
const FLOATING = 'z';
const UNKNOWN = 'x';
const PICOSECONDS = 10n ** 12n;

const asciiBits = (text: string): string => {
  return [...text.padEnd(NAME_BITS / 8)].map((c) => c.charCodeAt(0).toString(2).padStart(8, '0')).join('');
};
const CYCLE_BITS = CYCLES.map(asciiBits);
const T_BITS = T_NAMES.map(asciiBits);
const QUEUE_BITS = QUEUE_NAMES.map(asciiBits);

type Column = readonly [name: string, bits: number, value: (c: BusClock, more: BusExtras) => VcdValue];

const bit = (on: boolean): VcdValue => (on ? 1 : 0);

/** What is shown, from the second signal on: the first is CLK. */
function columns(lines: 8 | 16): Column[] {
  return [
    ['clock', 53, (c) => c.clock],
    ['t', 3, (c) => c.t],
    ['t_name', NAME_BITS, (c) => T_BITS[c.t]!],
    ['s', 3, (c) => c.status],
    ['cycle', NAME_BITS, (c) => CYCLE_BITS[c.cycle]!],
    ['ale', 1, (c) => bit(c.ale)],
    ['address', 20, (c) => c.address],
    ['data', lines, (c, { ready }) => dataBits(c, ready, lines)],
    ...(lines === 16 ? [['bhe_n', 1, (c) => bit(c.bhe)] satisfies Column] : []),
    ['s4_s3', 2, (c) => (c.t >= T.t2 ? SEGMENT_STATUS[c.segment]! : UNKNOWN)],
    ['qs', 2, (c) => c.queueOp],
    ['qs_name', NAME_BITS, (c) => QUEUE_BITS[c.queueOp]!],
    ['queue_byte', 8, (c) => (c.queueOp & 1 ? c.queueByte : UNKNOWN)],
    ['queue_length', 3, (_, { queueLength }) => queueLength],
    ['ready', 1, (_, { ready }) => bit(ready)],
    ['intr', 1, (_, { intr }) => bit(intr)],
    ['lock_n', 1, (c) => bit(!c.lock)],
    ['held', 1, (c) => bit(c.held)],
  ];
}

/** Data in the clock in which they are transferred; lines that nobody drives float. */
function dataBits(c: BusClock, ready: boolean, lines: 8 | 16): VcdValue {
  const transfers = (c.t === T.t3 || c.t === T.wait) && ready && c.cycle !== BusStatus.halt;
  if (!transfers) return FLOATING;
  const bits = c.data.toString(2).padStart(16, '0');
  if (lines === 8) return bits.slice(8);
  const high = c.bhe ? FLOATING.repeat(8) : bits.slice(0, 8);
  return high + ((c.address & 1) === 0 ? bits.slice(8) : FLOATING.repeat(8));
}

export class BusVcd {
  readonly #writer: VcdWriter;
  readonly #columns: readonly Column[];
  readonly #num: bigint;
  readonly #den: bigint;
  #after = 0n;

  constructor({ sink, version, comment, frequency, lines }: BusVcdOptions) {
    this.#columns = columns(lines);
    const clk: VcdSignal = { name: 'clk', bits: 1 };
    const signals = [clk, ...this.#columns.map(([name, bits]) => ({ name, bits }))];
    this.#writer = new VcdWriter(sink, { version, comment, timescale: '1 ps', scope: 'cpu', signals });
    this.#num = BigInt(frequency.num);
    this.#den = BigInt(frequency.den);
  }

  clock(pins: BusClock, more: BusExtras): void {
    const thirds = BigInt(pins.clock) * 3n;
    const values = this.#columns.map(([, , value]) => value(pins, more));
    this.#writer.at(this.#picoseconds(thirds), [0, ...values]);
    this.#writer.at(this.#picoseconds(thirds + 2n), [1, ...values]);
    this.#after = thirds + 3n;
  }

  end(): void {
    this.#writer.end(this.#picoseconds(this.#after));
  }

  /** Since power-on, rounded down. */
  #picoseconds(thirds: bigint): bigint {
    return (thirds * this.#den * PICOSECONDS) / (3n * this.#num);
  }
}

/** A machine's CPU, if it has a bus to be seen. */
export function busOf(machine: Machine): I8086Cpu | undefined {
  return machine.cpu instanceof I8086Cpu ? machine.cpu : undefined;
}

/** Calls back in every clock from `from` to `to` that the CPU passes from now on. */
export function watchBus(
  cpu: I8086Cpu,
  from: number,
  to: number,
  onClock: (pins: BusClock, more: BusExtras) => void,
): void {
  cpu.busObserver = (pins) => {
    if (pins.clock < from || pins.clock > to) return;
    cpu.settle();
    const { queueCount, ready, intr } = cpu.state;
    onClock(pins, { queueLength: queueCount, ready: ready !== 0, intr: intr !== 0 });
  };
}
