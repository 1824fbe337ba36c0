/**
 * Hostile guests on the xt board: firmware that is random bytes, or random traffic to its ports and display
 * memory with random bytes between, runs without an exception of the host's and in bounded time, twice alike,
 * and alike after save and load on the way. A failure names kind and seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine.js';
import { chordToKeys } from '../../src/devices/keys.js';
import { pictureOf, screenOf } from '../../src/replay/guest/screen.js';
import { ready } from '../../src/replay/ready.js';
import { Random, seededProvider, stateOf } from '../support/pc.js';
import { xtMachine } from '../support/xt.js';
import { costOf } from './host.js';

const PROGRAMS = 8;
const CLOCKS = 600_000;
const SLICE = 50_000;
const SLICE_MS = 10_000;
/** The image, and where in it the reset vector is. */
const IMAGE = 0x2000;
const RESET_VECTOR = IMAGE - 16;
const SEGMENT = 0xfe00;
/** Acknowledges whatever came: PUSH AX; MOV AL, 20h; OUT 20h, AL; POP AX; IRET. */
const HANDLER = IMAGE - 32;
const HANDLER_CODE = [0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** All vectors lead there: XOR AX, AX; MOV ES, AX; XOR DI, DI; MOV CX, 256; then STOSW of both words, LOOP. */
const SET_VECTORS = [
  ...[0x31, 0xc0, 0x8e, 0xc0, 0x31, 0xff, 0xb9, 0x00, 0x01],
  ...[0xb8, HANDLER & 0xff, HANDLER >> 8, 0xab, 0xb8, SEGMENT & 0xff, SEGMENT >> 8, 0xab, 0xe2, 0xf6],
];

const PORTS: readonly (readonly [first: number, count: number])[] = [
  [0x00, 16],
  [0x20, 2],
  [0x40, 4],
  [0x60, 4],
  [0x80, 16],
  [0xa0, 1],
  [0x2f8, 8],
  [0x300, 16],
  [0x3b0, 12],
  [0x3d0, 16],
  [0x3f2, 4],
  [0x3f8, 8],
];

type Kind = 'bytes' | 'traffic';

/** OUT or IN of a byte or word at a port of the board's. */
function access(random: Random): number[] {
  const [first, count] = random.pick(PORTS);
  const port = first + random.below(count);
  const value = random.u32();
  const moves = [0xba, port & 0xff, port >> 8, 0xb8, value & 0xff, (value >> 8) & 0xff];
  return [...moves, random.pick([0xec, 0xed, 0xee, 0xee, 0xee, 0xef])];
}

function image(kind: Kind, seed: number): Uint8Array {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: IMAGE }, () => random.u32());
  // A stack in RAM, DS somewhere in what can be written, vectors, interrupts on.
  const segments = [0x0050, 0x1000, 0xb000, 0xb800];
  const ds = random.pick(segments);
  let at = 0;
  const put = (...code: number[]): void => {
    bytes.set(code, at);
    at += code.length;
  };
  put(0xb8, 0x00, 0x20, 0x8e, 0xd0, 0xbc, 0xfe, 0xff, ...SET_VECTORS);
  put(0xb8, ds & 0xff, ds >> 8, 0x8e, 0xd8, 0xfb);
  if (kind === 'traffic') {
    const start = at;
    while (at < 0x1800) put(...access(random), ...(random.below(50) ? [] : [random.u32() & 0xff]));
    put(0xe9, (start - at - 3) & 0xff, ((start - at - 3) >> 8) & 0xff);
  }
  at = HANDLER;
  put(...HANDLER_CODE);
  at = RESET_VECTOR;
  put(0xea, 0, 0, SEGMENT & 0xff, SEGMENT >> 8);
  return bytes;
}

function disturb(machine: Machine, random: Random): void {
  if (random.below(2)) machine.deliver('keyboard', chordToKeys('shift-a'));
  else machine.deliver('serial:com1', Uint8Array.of(random.u32(), random.u32()));
}

function play(kind: Kind, seed: number, between: (machine: Machine) => void = () => {}): string {
  const model = seed % 2 ? 'i8088' : 'i8086';
  const display = seed % 3 ? 'cga' : 'mda';
  const machine = xtMachine({
    description: { model, display, bios: 'hostile' },
    blobs: new Map([['hostile', image(kind, seed)]]),
    provider: seededProvider(seed),
  });
  machine.resetAllowed = false;
  const random = new Random(seed ^ 0x5eed);
  while (machine.cpu.clock < CLOCKS && !machine.outcome) {
    const cost = costOf(() => machine.run(Math.min(CLOCKS, machine.cpu.clock + SLICE)));
    expect(cost, 'a slice took too long').toBeLessThan(SLICE_MS);
    if (machine.outcome) break;
    between(machine);
    if (random.below(3) === 0) disturb(machine, random);
  }
  screenOf(machine);
  pictureOf(machine);
  return `${stateOf(machine)}, ${JSON.stringify(machine.outcome)}`;
}

beforeAll(() => ready());

describe.each(['bytes', 'traffic'] as const)('hostile firmware of the xt: %s', (kind) => {
  it('comes to no harm, and is the same again', () => {
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const state = play(kind, seed);
      expect(play(kind, seed), `${kind}, seed ${seed}`).toBe(state);
      const saved = play(kind, seed, (machine) => machine.load(machine.save()));
      expect(saved, `${kind}, seed ${seed}, saved and loaded on the way`).toBe(state);
    }
  });
});
