/**
 * The pins of an 8086 or 8088, clock by clock, as text and compared: only what has a meaning in a clock counts. An
 * address counts where ALE is set, data where they are transferred, and there only the half of the bus that BHE#
 * and A0 select (iAPX 86/88 User's Manual, "Bus Operation").
 */
import { hex, type VectorDifference } from './difference.js';
import type { VectorCycle } from './moo.js';

/** One clock, the chip's beside the core's. */
export interface ClockPair {
  /** Empty where only the other has this clock. */
  readonly expected: string;
  readonly actual: string;
}

const STATUS_NAMES = ['INTA', 'IOR', 'IOW', 'MEMR', 'MEMW', 'HALT', 'CODE', 'PASV'];
const QUEUE_NAMES = ['-', 'F', 'E', 'S'];
const SEGMENT_NAMES = ['ES', 'SS', 'CS', 'DS'];
const T_NAMES = ['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'];
const QUEUE_EMPTIED = 2;

/** What can differ in a clock, in the order in which it is told; an empty text where it has no meaning. */
const PINS: readonly (readonly [string, (c: VectorCycle, dataMask: number) => string])[] = [
  ['address', (c) => (c.ale ? hex(c.address, 5) : '-----')],
  ['bus status', (c) => STATUS_NAMES[c.status] ?? '?'],
  ['T-state', (c) => T_NAMES[c.t] ?? '?'],
  ['BHE', (c) => (c.ale ? `BHE${c.bhe}` : '')],
  ['segment status', (c) => SEGMENT_NAMES[c.segment] ?? ''],
  ['bus command', (c) => (c.memory || c.io ? `${c.memory}${c.io}` : '')],
  ['data', (c, dataMask) => (dataMask ? `data ${hex(c.data & dataMask, 4)}` : '')],
  ['queue operation', (c) => (c.queueOp ? (QUEUE_NAMES[c.queueOp] ?? '?') : '')],
  ['queue byte', (c) => (c.queueOp && c.queueOp !== QUEUE_EMPTIED ? hex(c.queueByte, 2) : '')],
];

/** The pins that have a meaning in this clock, as a line of text. `dataMask`: the data lines that are used. */
export function pinText(c: VectorCycle, dataMask: number): string {
  const texts = PINS.map(([, text]) => text(c, dataMask));
  const queueByte = texts.pop()!;
  return texts.filter((text) => text !== '').join(' ') + queueByte;
}

/** Which data lines are used in clock `i`. `width`: bytes of the bus. */
function dataMask(cycles: readonly VectorCycle[], i: number, width: number): number {
  const name = T_NAMES[cycles[i]!.t];
  if (name !== 'T3' && name !== 'Tw') return 0;
  let start = i;
  while (start > 0 && !cycles[start]!.ale) start--;
  const { ale, address, bhe, status } = cycles[start]!;
  if (!ale || STATUS_NAMES[status] === 'HALT') return 0;
  if (width === 1) return 0xff;
  return ((address & 1) === 0 ? 0xff : 0) | (bhe === 0 ? 0xff00 : 0);
}

/** The first clock that differs, and how. */
export function cycleDifference(
  expected: readonly VectorCycle[],
  actual: readonly VectorCycle[],
  width: number,
): VectorDifference | undefined {
  for (let i = 0; i < Math.min(expected.length, actual.length); i++) {
    const mask = dataMask(expected, i, width);
    const pin = PINS.find(([, text]) => text(expected[i]!, mask) !== text(actual[i]!, mask));
    if (!pin) continue;
    const [wanted, got] = [pinText(expected[i]!, mask), pinText(actual[i]!, mask)];
    return { kind: pin[0], where: `clock ${i}`, expected: wanted, actual: got };
  }
  if (expected.length === actual.length) return undefined;
  const [wanted, got] = [`${expected.length} clocks`, `${actual.length} clocks`];
  return { kind: 'length', where: 'length', expected: wanted, actual: got };
}

/** Both, clock by clock. */
export function sideBySide(
  expected: readonly VectorCycle[],
  actual: readonly VectorCycle[],
  width: number,
): ClockPair[] {
  return Array.from({ length: Math.max(expected.length, actual.length) }, (_, i) => {
    const mask = i < expected.length ? dataMask(expected, i, width) : 0;
    const text = (cycles: readonly VectorCycle[]) => (i < cycles.length ? pinText(cycles[i]!, mask) : '');
    return { expected: text(expected), actual: text(actual) };
  });
}
