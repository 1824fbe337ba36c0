/** Views of an 8086's run: its bus against the clocks of a machine that was never recorded, its queue and its screen. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { BusClock } from '../../../src/core/cpu/i8086/biu.js';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { busOf } from '../../../src/replay/export/busVcd.js';
import { ready } from '../../../src/replay/ready.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { boards, FIRMWARE, goTo, openDemo, openFirmware } from './support/opened.js';
import { STACK_SEGMENT, XT_PROGRAM } from './support/xtProgram.js';

const END = 20_000;

let debug: Debugger;
let clocks: BusClock[];

beforeAll(async () => {
  await ready();
  debug = openFirmware('xt', XT_PROGRAM, END);
  const { trace } = debug.timeline;
  const machine = boards.xt(trace.manifest.description, trace.blobs());
  clocks = [];
  busOf(machine)!.busObserver = (pins) => clocks.push({ ...pins });
  machine.run(END);
});

const address = (name: string): number => debug.symbols.address(name)!;

describe('the bus', () => {
  it.each([0, 100, 5_000, 12_345])('is what the chip does around clock %i', (clock) => {
    debug.timeline.seek(clock);
    const rows = 30;
    const lines = viewOf(debug, { bus: { rows } }).bus!;
    expect(lines.length).toBe(rows);
    expect(lines[0]!.clock).toBe(Math.max(1, debug.clock - 20));
    lines.forEach((line, i) => {
      const pins = clocks.find((one) => one.clock === line.clock)!;
      expect(line.clock).toBe(lines[0]!.clock + i);
      expect(line.here).toBe(line.clock === Math.max(1, debug.clock));
      expect(line.state).toBe(['Ti', 'T1', 'T2', 'T3', 'T4', 'Tw'][pins.t]);
      if (pins.t === 1) expect(Number.parseInt(line.address, 16)).toBe(pins.address);
      if (line.data !== '') expect(Number.parseInt(line.data, 16)).toBe(pins.data);
      const [, operation, byte] = line.queue.split(' ');
      expect(operation).toBe([undefined, 'first', 'emptied', 'next'][pins.queueOp]);
      if (byte !== undefined) expect(Number.parseInt(byte, 16)).toBe(pins.queueByte);
    });
    expect(lines.filter(({ here }) => here).length).toBe(1);
  });

  it('begins with the fetch of the reset vector', () => {
    debug.timeline.seek(0);
    const lines = viewOf(debug, { bus: { rows: 30 } }).bus!;
    const first = lines.find(({ state }) => state === 'T1')!;
    expect(first).toMatchObject({ status: 'CODE', address: 'ffff0' });
    expect(lines.find(({ data }) => data !== '')!.data.slice(-2)).toBe('ea');
  });

  it('is not there on a pc', () => {
    expect(viewOf(openDemo(), { bus: { rows: 30 } }).bus).toBeUndefined();
  });
});

describe('the processor', () => {
  it('shows its own registers', () => {
    goTo(debug, 'summed_up');
    const rows = viewOf(debug, { registers: 'main' }).registers!;
    const row = (name: string) => rows.find((one) => one.name === name)!;
    // 1 + 20h + 300h + 4000h.
    expect(row('ax')).toMatchObject({ value: '4321', changed: false });
    expect(row('cx')).toMatchObject({ value: '0000', changed: true });
    expect(row('ip')).toMatchObject({
      value: hex(address('summed_up') - FIRMWARE),
      note: 'summed_up',
    });
    expect(row('ss')).toMatchObject({ value: hex(STACK_SEGMENT), note: 'base 30000' });
    expect(rows.map(({ name }) => name)).not.toContain('eax');
    for (const page of ['control', 'debug', 'x87', 'sse'] as const) {
      expect(viewOf(debug, { registers: page }).registers![0]!.value).toBe('none');
    }
  });

  it('has fetched what lies behind the instruction', () => {
    for (const clock of [3_000, 5_001, 7_777]) {
      debug.timeline.seek(clock);
      const queue = viewOf(debug, { registers: 'main' }).registers!.find(({ name }) => name === 'queue')!;
      const fetched =
        queue.value === 'empty'
          ? []
          : queue.value.replace(/[[\]]/g, '').replace('empty', '').trim().split(' ');
      // Before an iteration of a repeated instruction its prefix and opcode have left the queue.
      const begun = debug.instruction()!.text.startsWith('rep') && fetched[0] !== 'f3' ? 2 : 0;
      const code = Array.from(debug.memory.bytes(debug.pc + begun, fetched.length), (byte) => hex(byte, 2));
      expect(fetched).toEqual(code);
    }
  });

  it('has a stack of words', () => {
    goTo(debug, 'summed_up');
    const { stack, position, pages } = viewOf(debug, { stack: { rows: 2 }, pages: {} });
    expect(stack).toEqual([
      { address: STACK_SEGMENT * 16 + 0x200 - 4, value: '0000' },
      {
        address: STACK_SEGMENT * 16 + 0x200 - 2,
        value: hex(address('returned') - FIRMWARE),
        note: 'returns to returned',
      },
    ]);
    expect(position).toMatchObject({
      mode: '8086',
      logical: `f000:${hex(address('summed_up') - FIRMWARE)}`,
    });
    expect(pages![1]!.text).toBe('an 8086 has no paging');
  });
});

const hex = (value: number, digits = 4): string => value.toString(16).padStart(digits, '0');
