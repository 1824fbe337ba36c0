/**
 * The machine: a CPU, memory, devices and the schedule, driven by one clock. It is pure and synchronous:
 * its state after N clocks is a function of how it was built and of what came through its door. It knows
 * no chip by name; boards (src/devices/boards) build it.
 */
import type { Cpu } from './cpu.js';
import type { Bus, Device, Note, NoteKind, Outcome, PortHandler, PortWindow } from './device.js';
import { Door } from './door.js';
import { Dirty, type PhysicalMemory } from './memory.js';
import { Schedule } from './schedule.js';
import type { Frequency } from './time.js';

/** Everything but RAM that a machine's future depends on, besides its construction and its inputs. */
export interface MachineState {
  readonly clock: number;
  readonly cpu: Uint8Array;
  readonly schedule: Uint8Array;
  readonly pageKinds: Uint8Array;
  readonly devices: ReadonlyMap<string, Uint8Array>;
  readonly pages: ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;
  /** How the run ended, if it had. */
  readonly outcome: Outcome | undefined;
  /** What an input has asked for (a reset, an end), before it is served. */
  readonly requested: Outcome | undefined;
}

export interface MachineSnapshot extends MachineState {
  readonly ram: Uint8Array;
}

export class Machine implements Bus {
  readonly frequency: Frequency;
  readonly memory: PhysicalMemory;
  readonly door = new Door();
  readonly schedule = new Schedule();
  readonly devices: Device[] = [];
  /** How the run ended; undefined while it can go on. */
  outcome: Outcome | undefined;
  /** Hears every note; must change nothing. */
  onNote: (note: Note, clock: number) => void = () => {};
  /** Hears of every access to a port, after it, and what was read or written; must change nothing. */
  onPort: ((port: number, size: number, write: boolean, value: number) => void) | undefined;
  /** On a reset request: true (default) resets the machine, false ends the run. */
  resetAllowed = true;
  #cpu: Cpu | undefined;
  #requested: Outcome | undefined;
  readonly #ports: (PortHandler | undefined)[] = new Array(65536).fill(undefined);
  readonly #windows: { first: number; count: number; readonly handler: PortHandler }[] = [];
  /** Who answers each port: derived from the fixed claims and the places of the windows. */
  readonly #decoded: (PortHandler | undefined)[] = new Array(65536).fill(undefined);

  constructor(memory: PhysicalMemory, frequency: Frequency) {
    this.memory = memory;
    this.frequency = frequency;
  }

  /** Installs the CPU; once, by the board. */
  set cpu(cpu: Cpu) {
    this.#cpu = cpu;
  }

  get cpu(): Cpu {
    if (!this.#cpu) throw new Error('the board installed no CPU');
    return this.#cpu;
  }

  /** Adds a device; its name must be new. Returns it. */
  add<D extends Device>(device: D): D {
    if (this.devices.some((d) => d.name === device.name)) {
      throw new Error(`two devices are called ${device.name}`);
    }
    this.devices.push(device);
    return device;
  }

  // ---- Bus: what devices see ----

  now(): number {
    return this.cpu.clock;
  }

  timer(device: string, event: string, fire: (arg: number) => void) {
    return this.schedule.timer(device, event, fire);
  }

  ports(first: number, count: number, handler: PortHandler): void {
    for (let p = first; p < first + count; p++) {
      if (this.#ports[p]) throw new Error(`port ${p.toString(16)}h is claimed twice`);
      this.#ports[p] = handler;
    }
    this.#decode(first, count);
  }

  portWindow(handler: PortHandler): PortWindow {
    const window = { first: 0, count: 0, handler };
    this.#windows.push(window);
    return {
      place: (first, count) => {
        const old = { ...window };
        Object.assign(window, { first, count });
        this.#decode(old.first, old.count);
        this.#decode(first, count);
      },
    };
  }

  #decode(first: number, count: number): void {
    for (let p = first; p < Math.min(first + count, 65536); p++) {
      const window = this.#windows.find((w) => p >= w.first && p < w.first + w.count);
      this.#decoded[p] = window?.handler ?? this.#ports[p];
    }
  }

  input(channel: string, deliver: (data: Uint8Array) => void): void {
    this.door.declareInput(channel, deliver);
  }

  source(channel: string) {
    return this.door.declareSource(channel);
  }

  note(kind: NoteKind, device: string, what: string, a = 0, b = 0, data?: Uint8Array): void {
    this.onNote(data ? { kind, device, what, a, b, data } : { kind, device, what, a, b }, this.now());
  }

  request(outcome: Outcome): void {
    this.#requested ??= outcome;
  }

  // ---- what the CPU sees ----

  /** True if a device wants the CPU to stop at the next boundary. */
  attention(): boolean {
    return this.#requested !== undefined;
  }

  /** Port space. Unclaimed ports read all ones; a wide access to byte ports is split by their device. */
  readonly io: PortHandler = {
    read: (port, size) => {
      const handler = this.#decoded[port];
      const value = handler ? handler.read(port, size) >>> 0 : allOnes(size);
      this.onPort?.(port, size, false, value);
      return value;
    },
    write: (port, value, size) => {
      this.#decoded[port]?.write(port, value, size);
      this.onPort?.(port, size, true, value);
    },
  };

  // ---- driving it ----

  /** Power-on: every device and the CPU in their reset state. */
  powerOn(): void {
    this.reset();
  }

  reset(): void {
    for (const device of this.devices) device.reset();
    this.cpu.reset();
  }

  /**
   * Runs to the first instruction boundary at or after `clock`, or to the end of the run, or to where an
   * observer stops it. Where it is paused changes nothing. Returns true if `clock` was reached.
   */
  run(clock: number): boolean {
    const until = Math.ceil(clock);
    const { cpu, schedule } = this;
    while (!this.outcome) {
      if (schedule.next <= cpu.clock) schedule.fireDue(cpu.clock);
      this.#serveRequest();
      if (this.outcome) break;
      if (cpu.clock >= until) return true;
      const stop = cpu.run(Math.min(until, schedule.next));
      if (stop === 'halted') this.#idle(until);
      else if (stop === 'shutdown') this.outcome = { kind: 'triple-fault' };
      else if (stop === 'observer') return cpu.clock >= until;
    }
    return cpu.clock >= until;
  }

  /** The CPU waits for an interrupt: time passes to the next event, or ends. */
  #idle(until: number): void {
    const { cpu, schedule } = this;
    if (cpu.dead && !this.attention()) {
      this.outcome = { kind: 'halted' };
      return;
    }
    const next = Math.min(schedule.next, until);
    if (next === Number.POSITIVE_INFINITY) this.outcome = { kind: 'halted' };
    else if (next > cpu.clock) cpu.clock = next;
  }

  #serveRequest(): void {
    const requested = this.#requested;
    if (!requested) return;
    this.#requested = undefined;
    this.note('power', 'machine', requested.kind, requested.kind === 'exit' ? requested.code : 0);
    if (requested.kind === 'reset' && this.resetAllowed) this.reset();
    else this.outcome = requested;
  }

  /** Admits one input at the current boundary. */
  deliver(channel: string, data: Uint8Array): void {
    this.door.deliver(channel, data);
  }

  // ---- state ----

  save(): MachineSnapshot {
    return { ...this.saveState(), ram: this.memory.ram.slice() };
  }

  load(snapshot: MachineSnapshot): void {
    this.memory.ram.set(snapshot.ram);
    this.memory.dirty.fill(Dirty.all);
    this.#loadState(snapshot);
    this.cpu.dropCaches();
  }

  saveState(): MachineState {
    this.cpu.settle();
    return {
      clock: this.cpu.clock,
      cpu: this.cpu.state.bytes.slice(),
      schedule: this.schedule.state.bytes.slice(),
      pageKinds: this.memory.kind.slice(),
      devices: new Map(this.devices.map((d) => [d.name, d.state.bytes.slice()])),
      pages: new Map(this.devices.filter((d) => d.pages).map((d) => [d.name, d.pages!.snapshot()])),
      outcome: this.outcome,
      requested: this.#requested,
    };
  }

  /** RAM is the caller's: it puts contents of that time into it with `PhysicalMemory.load`. */
  loadState(state: MachineState): void {
    this.#loadState(state);
    this.cpu.dropDerivedState();
  }

  #loadState(state: MachineState): void {
    this.cpu.state.bytes.set(state.cpu);
    this.schedule.state.bytes.set(state.schedule);
    this.schedule.refresh();
    this.memory.loadKinds(state.pageKinds);
    for (const device of this.devices) {
      device.state.bytes.set(state.devices.get(device.name)!);
      if (device.pages) device.pages.restore(state.pages.get(device.name)!);
    }
    for (const device of this.devices) device.afterLoad?.();
    this.outcome = state.outcome;
    this.#requested = state.requested;
  }
}

function allOnes(size: number): number {
  return size === 4 ? 0xffffffff : (1 << (size * 8)) - 1;
}
