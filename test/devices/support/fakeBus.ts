/**
 * A bus without a CPU: a clock that the test moves, real memory, schedule and door, a port table, and
 * everything a device says (notes, requests) kept for inspection. Channels pulled without a provider
 * answer zeros.
 *
 *   const bus = new FakeBus();
 *   const pit = new Pit8254(bus, { name: 'pit', ... });
 *   bus.out(0x43, 0x36);
 *   bus.advance(1000);        // fires every timer that falls due, each at its own clock
 *   expect(bus.in(0x40)).toBe(...);
 */
import type {
  Bus,
  Device,
  Note,
  NoteKind,
  Outcome,
  PortHandler,
  PortWindow,
} from '../../../src/core/device.js';
import { Door } from '../../../src/core/door.js';
import { PhysicalMemory } from '../../../src/core/memory.js';
import { Schedule } from '../../../src/core/schedule.js';
import { type Frequency, pitMultiple } from '../../../src/core/time.js';

export interface FakeBusOptions {
  /** CPU clock; default 84 x PIT, as the pc board. */
  readonly frequency?: Frequency;
  /** Bytes of RAM; default 1 MiB. */
  readonly ram?: number;
}

/** A saved machine-without-a-CPU. */
export interface FakeSnapshot {
  readonly clock: number;
  readonly schedule: Uint8Array;
  readonly ram: Uint8Array;
  readonly pageKinds: Uint8Array;
  readonly devices: readonly Uint8Array[];
  readonly pages: readonly (ReadonlyMap<number, Uint8Array> | undefined)[];
}

export class FakeBus implements Bus {
  readonly frequency: Frequency;
  readonly memory: PhysicalMemory;
  readonly door = new Door();
  readonly schedule = new Schedule();
  readonly notes: (Note & { readonly clock: number })[] = [];
  readonly requests: Outcome[] = [];
  /** The current clock. Assigning it fires nothing; `advance` and `runTo` do. */
  clock = 0;
  readonly #ports = new Map<number, PortHandler>();
  readonly #windows: { first: number; count: number; readonly handler: PortHandler }[] = [];

  constructor(options: FakeBusOptions = {}) {
    this.frequency = options.frequency ?? pitMultiple(84);
    this.memory = new PhysicalMemory(new Uint8Array(options.ram ?? 1 << 20));
    this.door.provider = { pull: (_channel, _request, length) => new Uint8Array(length) };
  }

  // ---- Bus ----

  now(): number {
    return this.clock;
  }

  timer(device: string, event: string, fire: (arg: number) => void) {
    return this.schedule.timer(device, event, fire);
  }

  ports(first: number, count: number, handler: PortHandler): void {
    for (let p = first; p < first + count; p++) {
      if (this.#ports.has(p)) throw new Error(`port ${p.toString(16)}h is claimed twice`);
      this.#ports.set(p, handler);
    }
  }

  portWindow(handler: PortHandler): PortWindow {
    const window = { first: 0, count: 0, handler };
    this.#windows.push(window);
    return { place: (first, count) => void Object.assign(window, { first, count }) };
  }

  #decode(port: number): PortHandler | undefined {
    const window = this.#windows.find((w) => port >= w.first && port < w.first + w.count);
    return window?.handler ?? this.#ports.get(port);
  }

  input(channel: string, deliver: (data: Uint8Array) => void): void {
    this.door.declareInput(channel, deliver);
  }

  source(channel: string) {
    return this.door.declareSource(channel);
  }

  note(kind: NoteKind, device: string, what: string, a = 0, b = 0, data?: Uint8Array): void {
    this.notes.push({ kind, device, what, a, b, ...(data && { data }), clock: this.clock });
  }

  request(outcome: Outcome): void {
    this.requests.push(outcome);
  }

  // ---- what a test does to it ----

  /** IN; unclaimed ports read all ones. */
  in(port: number, size = 1): number {
    const handler = this.#decode(port);
    if (handler) return handler.read(port, size) >>> 0;
    return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
  }

  /** OUT. */
  out(port: number, value: number, size = 1): void {
    this.#decode(port)?.write(port, value, size);
  }

  /** Ports that somebody claimed, ascending. */
  get claimed(): number[] {
    return [...this.#ports.keys()].sort((a, b) => a - b);
  }

  /** Hands a payload to an input channel, as the host would. */
  deliver(channel: string, data: ArrayLike<number>): void {
    this.door.deliver(channel, Uint8Array.from(data));
  }

  /** Moves the clock forward, firing each timer at the clock at which it is due. */
  runTo(clock: number): void {
    while (this.schedule.next <= clock) {
      this.clock = Math.max(this.clock, this.schedule.next);
      this.schedule.fireDue(this.clock);
    }
    this.clock = Math.max(this.clock, clock);
  }

  advance(clocks: number): void {
    this.runTo(this.clock + clocks);
  }

  /** Moves the clock forward by a time, rounded to whole clocks. */
  advanceSeconds(seconds: number): void {
    this.advance(Math.round((seconds * this.frequency.num) / this.frequency.den));
  }

  save(devices: readonly Device[]): FakeSnapshot {
    return {
      clock: this.clock,
      schedule: this.schedule.state.bytes.slice(),
      ram: this.memory.ram.slice(),
      pageKinds: this.memory.kind.slice(),
      devices: devices.map((d) => d.state.bytes.slice()),
      pages: devices.map((d) => d.pages?.snapshot()),
    };
  }

  load(snapshot: FakeSnapshot, devices: readonly Device[]): void {
    this.clock = snapshot.clock;
    this.schedule.state.bytes.set(snapshot.schedule);
    this.schedule.refresh();
    this.memory.ram.set(snapshot.ram);
    this.memory.kind.set(snapshot.pageKinds);
    devices.forEach((device, i) => {
      device.state.bytes.set(snapshot.devices[i]!);
      const pages = snapshot.pages[i];
      if (device.pages && pages) device.pages.restore(pages);
    });
    for (const device of devices) device.afterLoad?.();
  }
}
