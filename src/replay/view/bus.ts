/**
 * The bus of an 8086 or 8088 in the clocks around here, found by passing them once more: those before, and those that
 * come next.
 */
import type { BusClock } from '../../core/cpu/i8086/biu.js';
import { T } from '../../core/cpu/i8086/state.js';
import type { Debugger } from '../debug/debugger.js';
import { type BusExtras, busOf, watchBus } from '../export/busVcd.js';
import { once } from './once.js';
import { hex } from './plain.js';
import type { BusLine } from './view.js';

/** The share of the lines that is past. */
const PAST = 2 / 3;
/** Power-on comes before it. */
const FIRST_CLOCK = 1;
/** A move to a clock ends at a boundary behind it: begin earlier by more than the longest instruction takes. */
const RUN_UP = 512;
const CYCLES = ['INTA', 'IOR', 'IOW', 'HALT', 'CODE', 'MEMR', 'MEMW', '----'];
const STATES = ['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'];
const QUEUE = ['', 'first', 'emptied', 'next'];

/** Undefined where the CPU has no bus to be seen. */
export function busLinesOf(debug: Debugger, rows: number): BusLine[] | undefined {
  const cpu = busOf(debug.machine);
  if (!cpu || debug.timeline.divergence) return undefined;
  return once(debug, `bus ${rows}`, () => {
    const { timeline, clock: here } = debug;
    const from = Math.max(FIRST_CLOCK, here - Math.floor(rows * PAST));
    const lines: BusLine[] = [];
    timeline.seek(Math.max(0, from - RUN_UP));
    watchBus(cpu, from, from + rows - 1, (pins, more) => lines.push(lineOf(pins, more, here)));
    try {
      // Through all clocks: a seek may leap to a checkpoint.
      timeline.play(from + rows);
    } finally {
      cpu.busObserver = undefined;
      timeline.seek(here);
    }
    return lines;
  });
}

function lineOf(pins: BusClock, { queueLength, ready }: BusExtras, here: number): BusLine {
  const transfers = (pins.t === T.t3 || pins.t === T.wait) && ready;
  const operation = QUEUE[pins.queueOp]!;
  const byte = pins.queueOp & 1 ? ` ${hex(pins.queueByte, 2)}` : '';
  return {
    clock: pins.clock,
    status: CYCLES[pins.cycle]!,
    state: STATES[pins.t]!,
    address: pins.t === T.idle ? '' : hex(pins.address, 5),
    data: transfers ? hex(pins.data, 4) : '',
    queue: `${queueLength} ${operation}${byte}`.trim(),
    here: pins.clock === Math.max(FIRST_CLOCK, here),
  };
}
