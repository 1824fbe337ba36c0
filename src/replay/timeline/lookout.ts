/**
 * Keeps watch over a machine while it runs, for what a run is to stop at: listens to the processor, memory,
 * ports, devices and inputs, collects what is met within an instruction, and asks at the next boundary.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import type { CpuObserver, VectorSource } from '../../core/cpu.js';
import type { Note } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import type { MemoryTap } from '../../core/memory.js';
import { GuestMemory } from '../guest/guestMemory.js';
import { registersOf } from '../guest/registers.js';
import { type Control, type Hit, type PortRange, type Stops, watchesEvents } from './stops.js';

const NOWHERE: ReadonlySet<number> = new Set();

export class Lookout implements CpuObserver {
  /** As the processor's observer: something was met, ask at the next boundary. */
  urgent = false;
  readonly addresses?: ReadonlySet<number>;
  readonly offsets?: ReadonlySet<number>;
  /** How often the machine was held up to look. */
  asked = 0;
  readonly vector?: (vector: number, source: VectorSource) => void;
  readonly control?: () => void;
  readonly interruptLine?: (level: boolean) => void;
  readonly #machine: Machine;
  readonly #stops: Stops;
  readonly #stop: (hits: readonly Hit[]) => boolean;
  readonly #pc: () => number;
  readonly #memory: GuestMemory;
  #hits: Hit[] = [];
  #stopping = false;
  readonly #before = new Map<Control, number>();

  /** `stop` is asked wherever one of the stops is met; true ends the run there. */
  constructor(machine: Machine, stops: Stops, stop: (hits: readonly Hit[]) => boolean) {
    this.#machine = machine;
    this.#stops = stops;
    this.#stop = stop;
    this.#pc = registersOf(machine.cpu).pc;
    this.#memory = new GuestMemory(machine);
    if (watchesEvents(stops) && !stops.everywhere) this.addresses = stops.addresses ?? NOWHERE;
    if (stops.physical) this.offsets = new Set([...stops.physical].map((address) => address & 0xfff));
    if (stops.vectors) this.vector = (vector, source) => this.#vector(vector, source);
    if (stops.interruptLine) this.interruptLine = stops.interruptLine;
    if (stops.controls) this.control = () => this.#controls();
  }

  /** Begins to watch; the machine must not be moved otherwise than by running until `disarm`. */
  arm(): void {
    const { cpu, memory } = this.#machine;
    const { writes, reads, ports } = this.#stops;
    for (const name of this.#stops.controls ?? []) this.#before.set(name, this.#controlOf(name));
    this.#stops.begin?.(this.#machine);
    cpu.observer = this;
    if (writes || reads) memory.observe(this.#tap());
    if (ports) this.#machine.onPort = (...access) => this.#port(ports, ...access);
  }

  disarm(): void {
    const { cpu, memory } = this.#machine;
    cpu.observer = undefined;
    if (this.#stops.writes || this.#stops.reads) memory.observe(undefined);
    this.#machine.onPort = undefined;
  }

  boundary(): boolean {
    this.asked++;
    this.#ask();
    return this.#stopping;
  }

  /** Asks for what was met in the last instruction before a pause, where the processor does not ask. */
  end(): boolean {
    if (!this.urgent) return false;
    this.#ask();
    return this.#stopping;
  }

  #ask(): void {
    const { condition, filter } = this.#stops;
    const met = this.#take();
    const hits = filter ? filter(met) : met;
    // Nothing that counts; or at an offset of a physical address, in another page.
    const nothing = hits.length === 0 && this.addresses !== undefined;
    this.#stopping = !nothing && (!condition || condition(this.#machine, hits)) && this.#stop(hits);
  }

  /** What was met since the last boundary, and what is here. */
  #take(): Hit[] {
    const hits = this.#hits;
    this.#hits = [];
    this.urgent = false;
    return [...hits, ...this.#here()];
  }

  #here(): Hit[] {
    const { addresses, physical } = this.#stops;
    if (!addresses && !physical) return [];
    const address = this.#pc();
    const place = physical && this.#memory.translate(address);
    const hits: Hit[] = addresses?.has(address) ? [{ kind: 'address', address }] : [];
    if (place === undefined || !physical!.has(place)) return hits;
    return [...hits, { kind: 'address', address, physical: place }];
  }

  note(note: Note): void {
    if (this.#stops.notes?.(note)) this.#met({ kind: 'note', note });
  }

  input(channel: string): void {
    if (this.#stops.inputs?.(channel)) this.#met({ kind: 'input', channel });
  }

  #met(hit: Hit): void {
    this.#stops.met?.(hit);
    this.#hits.push(hit);
    this.urgent = true;
  }

  #tap(): MemoryTap {
    const { writes, reads } = this.#stops;
    return {
      ...(writes && { writes }),
      ...(reads && { reads }),
      heard: (address, length, write, master, value) =>
        this.#met({ kind: write ? 'write' : 'read', address, length, master, value }),
    };
  }

  #port(ranges: readonly PortRange[], port: number, size: number, write: boolean, value: number): void {
    const meant = ranges.some(({ first, last, direction }) => {
      if (direction && (direction === 'out') !== write) return false;
      return port <= last && port + size > first;
    });
    if (meant) this.#met({ kind: 'port', port, size, write, value });
  }

  #vector(vector: number, source: VectorSource): void {
    if (this.#stops.vectors!(vector, source)) this.#met({ kind: 'vector', vector, source });
  }

  #controls(): void {
    for (const [control, before] of this.#before) {
      const after = this.#controlOf(control);
      if (after === before) continue;
      this.#before.set(control, after);
      this.#met({ kind: 'control', control, before, after });
    }
  }

  #controlOf(name: Control): number {
    const { cpu } = this.#machine;
    return cpu instanceof Ia32 ? cpu.s[name] : 0;
  }
}
