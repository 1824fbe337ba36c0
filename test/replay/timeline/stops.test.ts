/**
 * Every kind of stop, on the demo's recording, against a walk that executes every instruction alone and listens at the
 * machine itself; backwards the same places in reverse.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineName, Ia32 } from '../../../src/core/cpu/ia32/cpu.js';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { ready } from '../../../src/replay/ready.js';
import type { Stops } from '../../../src/replay/timeline/stops.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { toEnd } from '../../../src/replay/toEnd.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const open = (engine: EngineName): Timeline =>
  new Timeline(Trace.open(memorySource(new Uint8Array(readFileSync(FILE)))), {
    pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine }),
  });
/** From before the guest prints something, over some timer interrupts. */
const FROM_END = 1_500_000;
const LENGTH = 1_200_000;

const SCREEN = { address: 0xb8000, length: 0x8000 };
const STACK = { address: 0x100000, length: 0x100000 };

let timeline: Timeline;
let start = 0;
/** What happened before each boundary at which something did. */
let walk: { readonly clock: number; readonly seen: ReadonlySet<string> }[];

beforeAll(async () => {
  await ready();
  timeline = open('compiler');
  timeline.seek(timeline.end - FROM_END);
  timeline.step();
  timeline.keep();
  start = timeline.clock;
  walk = walked();
});

function walked(): typeof walk {
  const { machine } = timeline;
  const { s } = machine.cpu as Ia32;
  const out: { clock: number; seen: Set<string> }[] = [];
  let seen = new Set<string>();
  let before = [s.cr0, s.cr3, s.cr4, s.cpl].join();
  machine.memory.observe({
    reads: [STACK],
    writes: [STACK, SCREEN],
    heard: (at, _, write) => {
      const screen = at >= SCREEN.address && at < SCREEN.address + SCREEN.length;
      seen.add(screen ? 'screen' : write ? 'write' : 'read');
    },
  });
  machine.onPort = (port, _, write) => seen.add(`${write ? 'out' : 'in'} ${port.toString(16)}`);
  const unlisten = timeline.listen({ note: ({ kind }) => seen.add(`note ${kind}`) });
  timeline.scan(start + LENGTH, () => {
    const controls = [s.cr0, s.cr3, s.cr4, s.cpl].join();
    if (controls !== before) seen.add('control');
    before = controls;
    if (seen.size > 0) out.push({ clock: timeline.clock, seen });
    seen = new Set();
    return false;
  });
  machine.memory.observe(undefined);
  machine.onPort = undefined;
  unlisten();
  return out.filter(({ clock }) => clock > start);
}

function forwards(stops: Stops): number[] {
  const out: number[] = [];
  timeline.seek(start);
  while (timeline.continue(stops) && timeline.clock < start + LENGTH) out.push(timeline.clock);
  return out;
}

function backwards(stops: Stops): number[] {
  const out: number[] = [];
  timeline.seek(start + LENGTH);
  while (timeline.reverseContinue(stops) && timeline.clock >= start) out.push(timeline.clock);
  return out.reverse();
}

/** Backwards one stops before what happened. */
function before(clock: number): number {
  timeline.seek(clock);
  timeline.stepBack();
  return timeline.clock;
}

const KINDS: Readonly<Record<string, { stops: Stops; seen: (what: string) => boolean }>> = {
  'reads of memory': { stops: { reads: [STACK] }, seen: (what) => what === 'read' },
  'writes to memory': { stops: { writes: [STACK] }, seen: (what) => what === 'write' },
  'writes to the screen': { stops: { writes: [SCREEN] }, seen: (what) => what === 'screen' },
  ports: { stops: { ports: [{ first: 0x3f8, last: 0x3f8 }] }, seen: (what) => / 3f8$/.test(what) },
  'ports written': {
    stops: { ports: [{ first: 0x20, last: 0x21, direction: 'out' }] },
    seen: (what) => /^out 2[01]$/.test(what),
  },
  'interrupts from outside': {
    stops: { vectors: (_, source) => source === 'external' },
    seen: (what) => what === 'note irq',
  },
  'what devices tell': {
    stops: { notes: ({ kind }) => kind === 'serial' },
    seen: (what) => what === 'note serial',
  },
};
/** Each takes a move of its own to every place. */
const MOST = 12;

describe.each(Object.entries(KINDS))('%s', (_, { stops, seen }) => {
  const expected = () => walk.filter((step) => [...step.seen].some(seen)).map(({ clock }) => clock);

  it('stop where a walk meets them, in both directions', () => {
    const all = expected();
    const some = all.length > MOST ? { ...stops, condition: () => timeline.clock % 64 === 1 } : stops;
    const wanted = all.length > MOST ? all.filter((clock) => clock % 64 === 1) : all;
    expect(forwards(some)).toEqual(wanted);
    expect(backwards(some)).toEqual(wanted.map(before));
  });
});

it('happen in this stretch', () => {
  const met = Object.values(KINDS).map(({ seen }) => walk.some((step) => [...step.seen].some(seen)));
  expect(met).not.toContain(false);
});

it('changes of control registers are where a look before every instruction finds the first', () => {
  const { s } = timeline.machine.cpu as Ia32;
  timeline.seek(0);
  const old = s.cr0;
  expect(timeline.continue({ condition: () => s.cr0 !== old })).toBe(true);
  const { clock } = timeline;
  const change = { kind: 'control', control: 'cr0', before: old, after: s.cr0 };
  timeline.seek(0);
  expect(timeline.continue({ controls: new Set(['cr0']) })).toBe(true);
  expect([timeline.clock, timeline.hits]).toEqual([clock, [change]]);
  timeline.seek(clock + 1);
  expect(timeline.reverseContinue({ controls: new Set(['cr0']) })).toBe(true);
  expect([timeline.clock, timeline.hits]).toEqual([before(clock), [change]]);
});

it('reads of ROM are heard as often by every engine', () => {
  const heard = (['evaluator', 'interpreter', 'compiler'] as const).map((engine) => {
    const own = open(engine);
    let count = 0;
    const stops = { reads: [{ address: 0xf0000, length: 0x10000 }], met: () => count++ };
    const listening = own.listening(1_000_000, stops, () => false);
    while (!listening.next().done);
    return count;
  });
  expect(heard[0]).toBeGreaterThan(100);
  expect(heard).toEqual([heard[0], heard[0], heard[0]]);
});

it('a step back that watches memory is a step back', () => {
  timeline.seek(start);
  const places = [timeline.clock];
  while (places.length < 200 && timeline.step()) places.push(timeline.clock);
  for (const [i, clock] of places.entries()) {
    if (i === 0) continue;
    timeline.seek(clock);
    timeline.reverseContinue({ writes: [STACK], everywhere: true });
    expect(timeline.clock).toBe(places[i - 1]);
  }
});

it('what is met where a search could be given up is found then', () => {
  const ports = [{ first: 0, last: 0xffff }];
  let found = 0;
  const isPort = (what: string) => /^(in|out) /.test(what);
  const access = walk.find(({ clock, seen }) => clock > start + 1000 && [...seen].some(isPort))!;
  // The first pause is 2^20 clocks behind the beginning.
  for (let from = access.clock - 2 ** 20 - 60; from <= access.clock - 2 ** 20; from += 4) {
    timeline.seek(from);
    const probe = timeline.continuing({ ports, condition: () => false });
    probe.next();
    const pause = timeline.clock;
    probe.return(false);
    timeline.seek(from);
    expect(timeline.continue({ ports, condition: () => timeline.clock >= pause })).toBe(true);
    if (timeline.clock !== pause) continue;
    found++;
    timeline.seek(from);
    expect(timeline.continuing({ ports, condition: () => timeline.clock >= pause }).next()).toEqual({
      done: true,
      value: true,
    });
  }
  expect(found).toBeGreaterThan(0);
});

it('addresses are met wherever they are executed, before deadlines too', () => {
  const length = 60_000;
  const executed = new Map<number, number[]>();
  timeline.seek(start);
  const { s } = timeline.machine.cpu as Ia32;
  timeline.scan(start + length, () => {
    if (timeline.clock > start) executed.set(s.eip, [...(executed.get(s.eip) ?? []), timeline.clock]);
    return false;
  });
  const often = [...executed].filter(([, clocks]) => clocks.length > 20);
  expect(often.length).toBeGreaterThan(5);
  for (const [address, clocks] of often) {
    const met: number[] = [];
    // Every goal is a deadline; some lie right behind an execution.
    const goals = [clocks[3]! + 1, clocks[9]! + 2, start + length];
    timeline.seek(start);
    for (const goal of goals) {
      toEnd(
        timeline.listening(goal, { addresses: new Set([address]) }, () => {
          if (timeline.clock > (met.at(-1) ?? start)) met.push(timeline.clock);
          return false;
        }),
      );
    }
    expect(met).toEqual(clocks);
  }
});

it('a count of instructions is a place of its own, where the guest sleeps too', () => {
  const asleep = halted();
  timeline.seek(asleep.awake - 1);
  const { retired } = timeline;
  for (const from of [0, asleep.from, asleep.awake - 1, timeline.end]) {
    timeline.seek(from);
    const search = timeline.seekingRetired(retired);
    let slices = 0;
    while (!search.next().done) slices++;
    expect([timeline.retired, timeline.clock]).toEqual([retired, asleep.from]);
    expect(slices).toBeLessThan(1000);
  }
});

/** A sleep of the guest: from the clock behind its HLT to that of the handler that ends it. */
function halted(): { from: number; awake: number } {
  timeline.seek(start);
  for (;;) {
    const { clock, retired } = timeline;
    timeline.step();
    if (timeline.retired === retired + 1 && timeline.clock - clock > 1000) {
      return { from: firstWith(retired + 1, clock, timeline.clock), awake: timeline.clock };
    }
  }
}

/** By looking at every clock of the sleep's beginning. */
function firstWith(retired: number, from: number, to: number): number {
  for (let clock = from; clock < to; clock++) {
    timeline.seek(clock);
    if (timeline.retired === retired) return timeline.clock;
  }
  return to;
}
