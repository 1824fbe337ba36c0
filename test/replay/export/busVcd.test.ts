/**
 * The waves of an xt's bus, read back: against the clocks that the CPU's observer shows, and against what is known
 * without either: the reset vector, the BIOS's bytes, the frequency, and a queue that fetches fill and reads empty.
 */
import { describe, expect, it } from 'vitest';
import type { BusClock } from '../../../src/core/cpu/i8086/biu.js';
import { BusVcd, busOf, watchBus } from '../../../src/replay/export/busVcd.js';
import { pcMachine } from '../../support/pc.js';
import { xtMachine } from '../../support/xt.js';
import { asciiOf, readVcd, type Wave } from '../support/vcdReader.js';

const LAST = 6000;

type Model = 'i8088' | 'i8086';

function record(model: Model, from: number, to: number): Wave {
  const machine = xtMachine({ description: { model } });
  const cpu = busOf(machine)!;
  let text = '';
  const bus = new BusVcd({
    sink: (more) => (text += more),
    version: 'v',
    comment: 'c',
    frequency: machine.frequency,
    lines: model === 'i8086' ? 16 : 8,
  });
  watchBus(cpu, from, to, (pins, more) => bus.clock(pins, more));
  machine.run(to + 1);
  bus.end();
  return readVcd(text);
}

function observed(model: Model, from: number, to: number): BusClock[] {
  const machine = xtMachine({ description: { model } });
  const out: BusClock[] = [];
  busOf(machine)!.busObserver = (pins) => out.push({ ...pins });
  machine.run(to + 1);
  return out.filter(({ clock }) => clock >= from && clock <= to);
}

const numberOf = (bits: string | undefined): number => Number.parseInt(bits!, 2);

/** The samples at which a clock begins: CLK falls. */
const beginnings = ({ samples }: Wave) => samples.filter(({ values }) => values['clk'] === '0');

describe.each<Model>(['i8088', 'i8086'])('the waves of an %s', (model) => {
  const wave = record(model, 0, LAST);
  const starts = beginnings(wave);

  it('are the clocks that the observer sees', () => {
    const clocks = observed(model, 0, LAST);
    expect(starts.length).toBe(clocks.length);
    expect(clocks.length).toBeGreaterThan(LAST - 2);
    starts.forEach(({ values: v }, i) => {
      const c = clocks[i]!;
      const scalars = [v['clock'], v['t'], v['s'], v['ale'], v['address'], v['qs'], v['lock_n'], v['held']];
      const wanted = [
        c.clock,
        c.t,
        c.status,
        Number(c.ale),
        c.address,
        c.queueOp,
        Number(!c.lock),
        Number(c.held),
      ];
      expect(scalars.map(numberOf)).toEqual(wanted);
    });
  });

  it('are at the times of the clock, from one falling edge to the next, high for the last third', () => {
    expect(wave.timescale).toBe('1 ps');
    // 315/66 MHz: a third of a clock is 66e12 / 315e6 / 3 picoseconds.
    const third = 66e12 / 315e6 / 3;
    for (const { time, values } of wave.samples) {
      const thirds = 3 * numberOf(values['clock']) + (values['clk'] === '1' ? 2 : 0);
      expect(Math.abs(time - thirds * third)).toBeLessThanOrEqual(1);
    }
    expect(wave.samples.length).toBe(2 * starts.length);
    expect(Math.abs(wave.end - 3 * (LAST + 1) * third)).toBeLessThanOrEqual(1);
  });

  it('begin at the reset vector, and fetch what the BIOS holds', () => {
    const fetches = starts.filter(
      ({ values }) => values['t'] === '011' && asciiOf(values['cycle']!) === 'CODE',
    );
    expect(fetches[0]!.values['address']).toBe((0xffff0).toString(2).padStart(20, '0'));
    expect(fetches.length).toBeGreaterThan(100);
    const { ram } = xtMachine().memory;
    let halves = 0;
    for (const { values } of fetches.filter(({ values }) => values['ready'] === '1')) {
      const data = values['data']!;
      const at = numberOf(values['address']);
      const odd = model === 'i8086' && (at & 1) === 1;
      expect(numberOf(odd ? data.slice(0, 8) : data.slice(-8))).toBe(ram[at]);
      if (odd) expect(data.slice(8)).toBe('zzzzzzzz');
      else if (model === 'i8086') expect(numberOf(data.slice(0, 8))).toBe(ram[at + 1]);
      halves += odd ? 1 : 0;
    }
    expect(halves > 0).toBe(model === 'i8086');
  });

  it('show data only where they are transferred, and names that agree with the bits', () => {
    const cycles = ['INTA', 'IOR ', 'IOW ', 'HALT', 'CODE', 'MEMR', 'MEMW', 'PASV'];
    const states = ['Ti  ', 'T1  ', 'T2  ', 'T3  ', 'T4  ', 'Tw  '];
    const seen = new Set<string>();
    for (const { values } of starts) {
      const t = numberOf(values['t']);
      expect(asciiOf(values['t_name']!)).toBe(states[t]);
      const cycle = asciiOf(values['cycle']!);
      seen.add(cycle);
      if (t === 1 || t === 2) expect(cycle).toBe(cycles[numberOf(values['s'])]);
      if (/[01]/.test(values['data']!)) expect([t, values['ready']]).toEqual([t === 5 ? 5 : 3, '1']);
      expect(values['s4_s3'] === 'xx').toBe(t < 2);
    }
    expect([...seen]).toEqual(expect.arrayContaining(['CODE', 'IOW ', 'MEMR', 'PASV']));
  });

  it('show how READY makes an I/O cycle five clocks long, as the Technical Reference has it', () => {
    const outputs = starts.flatMap(({ values }, i) => {
      return values['t'] === '001' && asciiOf(values['cycle']!) === 'IOW ' ? [starts.slice(i, i + 5)] : [];
    });
    expect(outputs.length).toBeGreaterThan(3);
    for (const output of outputs.slice(0, -1)) {
      expect(output.map(({ values }) => asciiOf(values['t_name']!).trim())).toEqual([
        'T1',
        'T2',
        'T3',
        'Tw',
        'T4',
      ]);
      expect(output.map(({ values }) => values['ready'])[2]).toBe('0');
      expect(output.map(({ values }) => /[01]/.test(values['data']!))).toEqual([
        false,
        false,
        false,
        true,
        false,
      ]);
    }
  });

  it('have a queue that grows by fetches, shrinks by reads and empties', () => {
    const lengths = starts.map(({ values }) => numberOf(values['queue_length']));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(model === 'i8086' ? 6 : 4);
    expect(Math.max(...lengths)).toBeGreaterThan(3);
    const ops = starts.map(({ values }) => asciiOf(values['qs_name']!));
    const bytes = (i: number): number => {
      const { values } = starts[i]!;
      const fetched = asciiOf(values['cycle']!) === 'CODE' && values['t'] === '100';
      const isWord = model === 'i8086' && values['address']!.endsWith('0');
      return fetched ? (isWord ? 2 : 1) : 0;
    };
    for (let i = 0; i + 2 < starts.length; i++) {
      // QS1 and QS0 tell in a clock what was done in the one before.
      const op = ops[i + 1]!;
      const read = op === 'FRST' || op === 'SUBS' ? 1 : 0;
      // A jump gives up the bytes some clocks before it empties the queue: CORR takes them off PC.
      const givenUp =
        op === 'EMPT' || (lengths[i + 1] === 0 && ops.slice(i + 2).find((o) => o !== '----') === 'EMPT');
      expect([i, lengths[i + 1]]).toEqual([i, givenUp ? 0 : lengths[i]! - read + bytes(i)]);
    }
  });

  it('of a span are the same as in the whole', () => {
    const part = record(model, 2000, 2100);
    const same = wave.samples.filter(({ values }) => {
      const clock = numberOf(values['clock']);
      return clock >= 2000 && clock <= 2100;
    });
    expect(part.samples).toEqual(same);
  });
});

it('show the level of INTR', () => {
  const machine = xtMachine();
  const cpu = busOf(machine)!;
  const levels: boolean[] = [];
  watchBus(cpu, 0, 300, (_, { intr }) => levels.push(intr));
  machine.run(100);
  const at = levels.length;
  cpu.interrupt(true);
  machine.run(200);
  expect(levels.map((level, i) => level === i >= at)).toEqual(levels.map(() => true));
  expect(levels.length).toBeGreaterThan(at);
});

it('a machine without bus cycles has no waves', () => {
  expect(busOf(pcMachine())).toBeUndefined();
});

it('of an 8086 have BHE#, of an 8088 have eight data lines and no BHE#', () => {
  const [wide, narrow] = [record('i8086', 0, 10), record('i8088', 0, 10)];
  expect([wide.bits.get('data'), wide.bits.get('bhe_n')]).toEqual([16, 1]);
  expect([narrow.bits.get('data'), narrow.bits.get('bhe_n')]).toEqual([8, undefined]);
});
