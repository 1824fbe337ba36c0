/**
 * Going to where something happens, against an exhaustive walk: a breakpoint stops exactly where a walk finds
 * its address, a watchpoint wherever a walk sees the bytes change; backwards the same places in reverse.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { Ia32 } from '../../../src/core/cpu/ia32/cpu.js';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { ready } from '../../../src/replay/ready.js';
import type { Stops } from '../../../src/replay/timeline/stops.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const STEPS = 250;

let timeline: Timeline;
let start = 0;
/** Where the walk stood: clock, linear address, and the RAM that the guest works in. */
let walk: { readonly clock: number; readonly address: number; readonly ram: Uint8Array }[];

const addressOf = ({ cpu }: Timeline['machine']): number => {
  const { s } = cpu as Ia32;
  return (s.base[1]! + s.eip) >>> 0;
};

/** RAM that the guest works in: its image and stacks. */
const WORKED = { address: 0x100000, length: 0x8000 };

function note(t: Timeline) {
  const { address, length } = WORKED;
  return {
    clock: t.clock,
    address: addressOf(t.machine),
    ram: t.machine.memory.ram.slice(address, address + length),
  };
}

beforeAll(async () => {
  await ready();
  timeline = new Timeline(Trace.open(memorySource(new Uint8Array(readFileSync(FILE)))), boards);
  timeline.seek(timeline.end - 1_000_000);
  timeline.step();
  start = timeline.clock;
  walk = [note(timeline)];
  while (walk.length < STEPS) {
    timeline.step();
    walk.push(note(timeline));
  }
});

/** All stops between the ends of the walk, forwards. */
function forwards(stops: Stops): number[] {
  const out: number[] = [];
  timeline.seek(start);
  while (timeline.continue(stops) && timeline.clock <= walk.at(-1)!.clock) out.push(timeline.clock);
  return out;
}

function backwards(stops: Stops): number[] {
  const out: number[] = [];
  timeline.seek(walk.at(-1)!.clock);
  timeline.step();
  while (timeline.reverseContinue(stops) && timeline.clock >= start) out.push(timeline.clock);
  return out;
}

/** Backwards one stops before a write. */
function before(clock: number): number {
  return walk[walk.findIndex((w) => w.clock === clock) - 1]!.clock;
}

it('breakpoints stop where a walk finds their addresses, in both directions', () => {
  const seen = [...new Set(walk.map((w) => w.address))];
  for (const address of [seen[1]!, seen[Math.floor(seen.length / 2)]!, seen.at(-1)!]) {
    const expected = walk.slice(1).flatMap((w) => (w.address === address ? [w.clock] : []));
    const stops = { addresses: new Set([address]) };
    expect(forwards(stops)).toEqual(expected);
    expect(backwards(stops)).toEqual(expected.toReversed());
  }
});

it('breakpoints at physical addresses are those at linear ones, where nothing is mapped', () => {
  const { address } = walk[Math.floor(walk.length / 2)]!;
  const linear = { addresses: new Set([address]) };
  const physical = { physical: new Set([address]) };
  expect(forwards(physical)).toEqual(forwards(linear));
  expect(backwards(physical)).toEqual(backwards(linear));
  // The same offset in another page.
  expect(forwards({ physical: new Set([address ^ 0x10000000]) })).toEqual([]);
});

it('watchpoints stop behind every change that a walk sees, backwards before it', () => {
  const changes = new Map<number, number[]>();
  for (let i = 1; i < walk.length; i++) {
    const [a, b] = [walk[i - 1]!.ram, walk[i]!.ram];
    for (let at = 0; at < a.length; at++) {
      if (a[at] !== b[at]) changes.set(at, [...(changes.get(at) ?? []), walk[i]!.clock]);
    }
  }
  expect(changes.size).toBeGreaterThan(2);
  for (const [at, clocks] of [...changes].slice(0, 4)) {
    const stops = { writes: [{ address: WORKED.address + at, length: 1 }] };
    const hits = forwards(stops);
    expect(hits).toEqual(expect.arrayContaining(clocks));
    expect(backwards(stops)).toEqual(hits.toReversed().map(before));
  }
});

it('a condition narrows both', () => {
  const { address } = walk[Math.floor(walk.length / 2)]!;
  const all = forwards({ addresses: new Set([address]) });
  const some = forwards({
    addresses: new Set([address]),
    condition: (machine) => machine.cpu.retired % 2 === 0,
  });
  expect(all).toEqual(expect.arrayContaining(some));
});

it('looking changes nothing', () => {
  timeline.seek(walk.at(-1)!.clock);
  expect(note(timeline)).toEqual(walk.at(-1));
  expect(timeline.divergence).toBeUndefined();
});
