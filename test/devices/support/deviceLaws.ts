/**
 * Laws that every device obeys, whatever the guest does to it:
 *
 * - *totality*: no sequence of port accesses, inputs and time steps makes it throw or loop;
 * - *determinism*: the same sequence gives the same answers, notes, wire levels and final bytes;
 * - *no hidden state*: bytes saved in the middle and loaded into a fresh device give the same future.
 *
 *   deviceLaws('8254', (bus, wire) => new Pit8254(bus, { name: 'pit', irq0: wire('irq0') }));
 *
 * `wire(name)` gives a recorded line. The first device returned is the subject, others are its company.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device, Line } from '../../../src/core/device.js';
import { FakeBus } from './fakeBus.js';

export type Build = (bus: FakeBus, wire: (name: string) => Line) => Device | readonly Device[];

export interface LawOptions {
  /** Input channels to push random payloads into, with the longest payload. */
  readonly inputs?: Readonly<Record<string, number>>;
  /** Ports to hit; default: every port claimed. */
  readonly ports?: readonly number[];
  /** Values worth writing more often than chance would (commands), by port. */
  readonly values?: Readonly<Record<number, readonly number[]>>;
  /** Longest time step, in clocks; steps are spread logarithmically. Default 2^24 (0.17 s). */
  readonly longestStep?: number;
  readonly runs?: number;
  /** Steps a sequence. */
  readonly length?: number;
  /** Other things to watch and do, e.g. acknowledging an interrupt: called on a `poke` step. */
  readonly poke?: (device: Device, argument: number) => number | undefined;
}

type Step =
  | { readonly do: 'in'; readonly port: number; readonly size: number }
  | { readonly do: 'out'; readonly port: number; readonly value: number; readonly size: number }
  | { readonly do: 'wait'; readonly clocks: number }
  /** Time passes inside an instruction: what falls due is late, and accesses come before it. */
  | { readonly do: 'slip'; readonly clocks: number }
  | { readonly do: 'input'; readonly channel: string; readonly data: Uint8Array }
  | { readonly do: 'poke'; readonly argument: number };

const RUNS = 60;

/** One machine under test: the bus, its devices, and a log of everything observable. */
class Rig {
  readonly bus = new FakeBus();
  readonly log: string[] = [];
  readonly devices: readonly Device[];
  readonly poke: LawOptions['poke'];

  constructor(build: Build, poke: LawOptions['poke']) {
    const wire = (name: string) => (level: boolean) => {
      this.log.push(`${this.bus.clock} ${name}=${level ? 1 : 0}`);
    };
    const built = build(this.bus, wire);
    this.devices = (Array.isArray(built) ? built : [built]) as readonly Device[];
    this.poke = poke;
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) this.#take(step);
  }

  #take(step: Step): void {
    const { bus, log } = this;
    if (step.do === 'in') log.push(`in ${step.port} = ${bus.in(step.port, step.size)}`);
    else if (step.do === 'out') bus.out(step.port, step.value, step.size);
    else if (step.do === 'wait') bus.advance(step.clocks);
    else if (step.do === 'slip') bus.clock += step.clocks;
    else if (step.do === 'input') bus.deliver(step.channel, step.data);
    else log.push(`poke = ${this.poke?.(this.devices[0]!, step.argument)}`);
  }

  /** Everything observable, and every byte of state. */
  result() {
    return {
      log: this.log,
      notes: this.bus.notes,
      requests: this.bus.requests,
      schedule: this.bus.schedule.pending(),
      devices: this.devices.map((d) => Buffer.from(d.state.bytes).toString('hex')),
      pages: this.devices.map((d) => [...(d.pages?.snapshot() ?? [])]),
      ram: createHash('sha1').update(this.bus.memory.ram).digest('hex'),
    };
  }
}

/** A machine after power-on. */
function powered(build: Build, options: LawOptions): Rig {
  const rig = new Rig(build, options.poke);
  for (const device of rig.devices) device.reset();
  return rig;
}

/** The laws; each throws, with the shortest traffic that it finds, if a device breaks it. */
export const LAWS = {
  'takes any traffic, and answers it the same each time': (build: Build, options: LawOptions = {}) => {
    const property = fc.property(stepsFor(build, options), (steps) => {
      const [a, b] = [powered(build, options), powered(build, options)];
      a.run(steps);
      b.run(steps);
      expect(b.result()).toEqual(a.result());
    });
    fc.assert(property, { numRuns: options.runs ?? RUNS });
  },

  'keeps nothing outside its saved state': (build: Build, options: LawOptions = {}) => {
    const steps = stepsFor(build, options);
    const property = fc.property(steps, steps, (before, after) => {
      const a = powered(build, options);
      a.run(before);
      const b = new Rig(build, options.poke);
      b.bus.load(a.bus.save(a.devices), b.devices);
      forget(a);
      forget(b);
      a.run(after);
      b.run(after);
      expect(b.result()).toEqual(a.result());
    });
    fc.assert(property, { numRuns: options.runs ?? RUNS });
  },

  'answers every port with a number that fits the access': (build: Build, options: LawOptions = {}) => {
    const property = fc.property(stepsFor(build, options), fc.constantFrom(1, 2, 4), (steps, size) => {
      const rig = powered(build, options);
      rig.run(steps);
      for (const port of options.ports ?? rig.bus.claimed) {
        const value = rig.bus.in(port, size);
        expect(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * size)).toBe(true);
      }
    });
    fc.assert(property, { numRuns: Math.ceil((options.runs ?? RUNS) / 4) });
  },
} as const;

/** Registers the laws as tests. Power-on reset is always the first thing that happens. */
export function deviceLaws(title: string, build: Build, options: LawOptions = {}): void {
  describe(`${title}: laws of a device`, () => {
    for (const [law, check] of Object.entries(LAWS)) it(law, () => check(build, options));
  });
}

/** Drops what was observed so far, so that two rigs can be compared from here on. */
function forget(rig: Rig): void {
  rig.log.length = 0;
  rig.bus.notes.length = 0;
  rig.bus.requests.length = 0;
}

function stepsFor(build: Build, options: LawOptions): fc.Arbitrary<Step[]> {
  const ports = fc.constantFrom(...(options.ports ?? new Rig(build, undefined).bus.claimed));
  const size = fc.oneof({ arbitrary: fc.constant(1), weight: 8 }, fc.constantFrom(2, 4));
  const out = ports.chain((port) => {
    const known = options.values?.[port] ?? [];
    const anyByte = fc.oneof(fc.nat(0xff), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(0xffffffff));
    const value = known.length ? fc.oneof(fc.constantFrom(...known), anyByte) : anyByte;
    return fc.record({ do: fc.constant('out' as const), port: fc.constant(port), value, size });
  });
  const longest = Math.log2(options.longestStep ?? 2 ** 24);
  const clocks = fc.integer({ min: 0, max: 1000 }).map((x) => Math.floor(2 ** ((x / 1000) * longest)));
  const choices: fc.WeightedArbitrary<Step>[] = [
    { weight: 6, arbitrary: out },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('in' as const), port: ports, size }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), clocks }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('slip' as const), clocks: fc.nat(2000) }) },
  ];
  for (const [channel, maxLength] of Object.entries(options.inputs ?? {})) {
    const data = fc.uint8Array({ maxLength });
    const step = fc.record({ do: fc.constant('input' as const), channel: fc.constant(channel), data });
    choices.push({ weight: 2, arbitrary: step });
  }
  if (options.poke) {
    const poke = fc.record({ do: fc.constant('poke' as const), argument: fc.nat(0xffff) });
    choices.push({ weight: 3, arbitrary: poke });
  }
  return fc.array(fc.oneof(...choices), { maxLength: options.length ?? 80, size: 'max' });
}
