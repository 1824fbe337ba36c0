/** Every pin that counts is noticed, under its name; those without a meaning in a clock are not. */
import { describe, expect, it } from 'vitest';
import type { VectorCycle } from '../../../src/core/vectors/moo.js';
import { cycleDifference, sideBySide } from '../../../src/core/vectors/pins.js';

const CLOCK: VectorCycle = {
  ale: false,
  address: 0x1ffff,
  segment: 4,
  memory: 0,
  io: 0,
  bhe: 1,
  data: 0,
  status: 3,
  t: 1,
  queueOp: 0,
  queueByte: 0,
};

/** A word read from an even address by an 8086, or a byte from an odd one, with a byte taken from the queue. */
function read(address: number, bhe: number): VectorCycle[] {
  return [
    { ...CLOCK, ale: true, address, bhe },
    { ...CLOCK, t: 2, segment: 3, memory: 4 },
    { ...CLOCK, t: 3, status: 7, segment: 3, memory: 4, data: 0x1234, queueOp: 3, queueByte: 0x90 },
    { ...CLOCK, t: 4, status: 7, segment: 3 },
  ];
}

function kind(cycles: readonly VectorCycle[], at: number, change: Partial<VectorCycle>, width = 2) {
  const changed = cycles.map((c, i) => (i === at ? { ...c, ...change } : c));
  const found = cycleDifference(cycles, changed, width);
  if (found) expect(found.where).toBe(`clock ${at}`);
  return found?.kind;
}

describe('a difference', () => {
  const word = read(0x20000, 0);

  it.each<[string, number, Partial<VectorCycle>]>([
    ['address', 0, { address: 0x20002 }],
    ['address', 0, { ale: false }],
    ['BHE', 0, { bhe: 1 }],
    ['bus status', 0, { status: 6 }],
    ['T-state', 1, { t: 5 }],
    ['segment status', 1, { segment: 0 }],
    ['bus command', 1, { memory: 0 }],
    ['bus command', 2, { io: 4 }],
    ['data', 2, { data: 0x1235 }],
    ['data', 2, { data: 0x0234 }],
    ['queue operation', 2, { queueOp: 1 }],
    ['queue byte', 2, { queueByte: 0x91 }],
  ])('of the %s is seen in clock %i', (name, at, change) => {
    expect(kind(word, at, change)).toBe(name);
  });

  it.each<[string, number, Partial<VectorCycle>]>([
    ['an address without ALE', 1, { address: 0x54321 }],
    ['BHE without ALE', 3, { bhe: 0 }],
    ['data outside the transfer', 1, { data: 0x1234 }],
    ['a queue byte without an operation', 3, { queueByte: 0x55 }],
  ])('of %s is none', (_, at, change) => {
    expect(kind(word, at, change)).toBeUndefined();
  });

  it('of data counts on the half of the bus that is used', () => {
    const odd = read(0x20001, 0);
    const even = read(0x20000, 1);
    expect([kind(odd, 2, { data: 0x12ff }), kind(odd, 2, { data: 0xff34 })]).toEqual([undefined, 'data']);
    expect([kind(even, 2, { data: 0x12ff }), kind(even, 2, { data: 0xff34 })]).toEqual(['data', undefined]);
    expect([kind(odd, 2, { data: 0x12ff }, 1), kind(odd, 2, { data: 0xff34 }, 1)]).toEqual([
      'data',
      undefined,
    ]);
  });

  it('of the length comes last', () => {
    const short = word.slice(0, 3);
    const length = { kind: 'length', where: 'length', expected: '4 clocks', actual: '3 clocks' };
    expect(cycleDifference(word, short, 2)).toEqual(length);
    expect(sideBySide(word, short, 2)).toEqual([
      { expected: '20000 MEMR T1 BHE0', actual: '20000 MEMR T1 BHE0' },
      { expected: '----- MEMR T2 DS 40', actual: '----- MEMR T2 DS 40' },
      { expected: '----- PASV T3 DS 40 data 1234 S90', actual: '----- PASV T3 DS 40 data 1234 S90' },
      { expected: '----- PASV T4 DS', actual: '' },
    ]);
  });
});
