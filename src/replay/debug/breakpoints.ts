/**
 * What a person asked a run to stop at: breakpoints, watchpoints and catchpoints, numbered as gdb does, and how
 * they become the stops of a timeline. A watchpoint at linear addresses watches the physical memory that is mapped
 * there when a move begins.
 */
import type { VectorSource } from '../../core/cpu.js';
import type { Machine } from '../../core/machine.js';
import { PAGE_SIZE, type Range } from '../../core/memory.js';
import type { EventKind } from '../events.js';
import { GuestMemory } from '../guest/guestMemory.js';
import type { Control, Hit, PortRange, Stops } from '../timeline/stops.js';

export type Access = 'write' | 'read' | 'access';

export type Target =
  | { readonly kind: 'execute'; readonly address: number; readonly physical?: boolean }
  | {
      readonly kind: 'watch';
      readonly access: Access;
      readonly address: number;
      readonly length: number;
      readonly physical: boolean;
      /** Only if the value has changed. */
      readonly changes: boolean;
    }
  | ({ readonly kind: 'port' } & PortRange)
  /** Any vector, from any source, unless given. */
  | { readonly kind: 'vector'; readonly vector?: number | undefined; readonly source?: VectorSource }
  | { readonly kind: 'control'; readonly control: Control }
  | { readonly kind: 'event'; readonly event: EventKind };

export interface Breakpoint {
  readonly number: number;
  readonly target: Target;
  /** As the user wrote it. */
  readonly text: string;
  readonly condition?: Condition;
  readonly enabled: boolean;
  /** Forgotten once a run has stopped at it. */
  readonly temporary?: boolean;
}

export interface Condition {
  readonly source: string;
  holds(): boolean;
}

export class Breakpoints {
  readonly #all = new Map<number, Breakpoint>();
  #next = 1;

  /** In the order of their numbers. */
  get all(): readonly Breakpoint[] {
    return [...this.#all.values()];
  }

  get enabled(): readonly Breakpoint[] {
    return this.all.filter(({ enabled }) => enabled);
  }

  add(target: Target, text: string, condition?: Condition, temporary = false): Breakpoint {
    const number = this.#next++;
    const only = { ...(condition && { condition }), ...(temporary && { temporary }) };
    const breakpoint = { number, target, text, enabled: true, ...only };
    this.#all.set(number, breakpoint);
    return breakpoint;
  }

  /** False if there is none of this number. */
  remove(number: number): boolean {
    return this.#all.delete(number);
  }

  /** False if there is none of this number. */
  enable(number: number, enabled: boolean): boolean {
    const found = this.#all.get(number);
    if (found) this.#all.set(number, { ...found, enabled });
    return found !== undefined;
  }

  clear(): void {
    this.#all.clear();
  }
}

function belongs(target: Target, hit: Hit, memory: GuestMemory): boolean {
  switch (target.kind) {
    case 'execute':
      if (hit.kind !== 'address') return false;
      return (target.physical ? hit.physical : hit.address) === target.address;
    case 'watch':
      return (hit.kind === 'read' || hit.kind === 'write') && isWatched(target, hit, memory);
    case 'port':
      if (hit.kind !== 'port' || (target.direction && (target.direction === 'out') !== hit.write))
        return false;
      return hit.port <= target.last && hit.port + hit.size > target.first;
    case 'vector':
      if (hit.kind !== 'vector' || (target.source && target.source !== hit.source)) return false;
      return target.vector === undefined || target.vector === hit.vector;
    case 'control':
      return hit.kind === 'control' && hit.control === target.control;
    case 'event':
      if (hit.kind === 'input') return target.event === 'input';
      return hit.kind === 'note' && hit.note.kind === target.event;
  }
}

type Watch = Extract<Target, { kind: 'watch' }>;

function isWatched(
  watch: Watch,
  hit: Extract<Hit, { kind: 'read' | 'write' }>,
  memory: GuestMemory,
): boolean {
  if (watch.access !== 'access' && watch.access !== hit.kind) return false;
  return rangesOf(watch, memory).some((range) => {
    return hit.address < range.address + range.length && hit.address + hit.length > range.address;
  });
}

/** Where it is in physical memory: a range a page; pages that are not mapped are left out. */
export function rangesOf({ address, length, physical }: Watch, memory: GuestMemory): Range[] {
  if (physical) return [{ address, length }];
  const ranges: Range[] = [];
  for (let done = 0; done < length; ) {
    const at = (address + done) >>> 0;
    const size = Math.min(length - done, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
    const place = memory.translate(at);
    if (place !== undefined) ranges.push({ address: place, length: size });
    done += size;
  }
  return ranges;
}

// ---- as the stops of a timeline ----

export interface Armed {
  /** Undefined if there is nothing to stop at. */
  readonly stops: Stops | undefined;
  /** The breakpoints for which one stopped at these. */
  met(hits: readonly Hit[]): readonly Breakpoint[];
}

/** For a move that begins here. */
export function arm(breakpoints: readonly Breakpoint[], machine: Machine): Armed {
  const watching = new Watching(breakpoints, new GuestMemory(machine));
  const { begin, filter } = watching;
  const events = eventsOf(breakpoints, machine);
  return { stops: events && { ...events, begin, filter }, met: (hits) => watching.met(hits) };
}

function eventsOf(breakpoints: readonly Breakpoint[], machine: Machine): Stops | undefined {
  const targets = breakpoints.map(({ target }) => target);
  if (targets.length === 0) return undefined;
  const memory = new GuestMemory(machine);
  const places = ofKind(targets, 'execute');
  const addresses = new Set(places.filter((p) => !p.physical).map(({ address }) => address));
  const physical = new Set(places.filter((p) => p.physical).map(({ address }) => address));
  const watches = ofKind(targets, 'watch');
  const ranges = (access: Access) =>
    watches.filter((watch) => watch.access !== access).flatMap((watch) => rangesOf(watch, memory));
  const [writes, reads] = [ranges('read'), ranges('write')];
  const ports = ofKind(targets, 'port');
  const controls = new Set(ofKind(targets, 'control').map(({ control }) => control));
  const vectors = ofKind(targets, 'vector');
  const kinds = new Set(ofKind(targets, 'event').map(({ event }) => event));
  return {
    ...(addresses.size > 0 && { addresses }),
    ...(physical.size > 0 && { physical }),
    ...(writes.length > 0 && { writes }),
    ...(reads.length > 0 && { reads }),
    ...(ports.length > 0 && { ports }),
    ...(controls.size > 0 && { controls }),
    ...(vectors.length > 0 && { vectors: () => true }),
    ...(kinds.size > 0 && { notes: ({ kind }) => kinds.has(kind), inputs: () => kinds.has('input') }),
  };
}

function ofKind<K extends Target['kind']>(
  targets: readonly Target[],
  kind: K,
): Extract<Target, { kind: K }>[] {
  return targets.filter((target): target is Extract<Target, { kind: K }> => target.kind === kind);
}

/** Tells what of that which was met is what was asked for: conditions hold, values have changed. */
class Watching {
  readonly #breakpoints: readonly Breakpoint[];
  readonly #memory: GuestMemory;
  /** Of watchpoints that ask for changes: what was there when it was looked at last. */
  readonly #values = new Map<Breakpoint, string>();
  readonly #met = new WeakMap<Hit, readonly Breakpoint[]>();

  constructor(breakpoints: readonly Breakpoint[], memory: GuestMemory) {
    this.#breakpoints = breakpoints;
    this.#memory = memory;
  }

  met(hits: readonly Hit[]): readonly Breakpoint[] {
    const met = new Set(hits.flatMap((hit) => this.#met.get(hit) ?? []));
    return this.#breakpoints.filter((breakpoint) => met.has(breakpoint));
  }

  readonly begin = (): void => {
    for (const breakpoint of this.#breakpoints) {
      const { target } = breakpoint;
      if (target.kind === 'watch' && target.changes) this.#values.set(breakpoint, this.#contents(target));
    }
  };

  readonly filter = (hits: readonly Hit[]): readonly Hit[] => {
    const known = new Map<Breakpoint, boolean>();
    const counts = (breakpoint: Breakpoint): boolean => {
      if (!known.has(breakpoint)) known.set(breakpoint, this.#counts(breakpoint));
      return known.get(breakpoint)!;
    };
    return hits.filter((hit) => {
      const met = this.#breakpoints.filter((b) => belongs(b.target, hit, this.#memory) && counts(b));
      if (met.length > 0) this.#met.set(hit, met);
      return met.length > 0;
    });
  };

  #counts(breakpoint: Breakpoint): boolean {
    const { target, condition } = breakpoint;
    const changed = target.kind !== 'watch' || !target.changes || this.#changed(breakpoint, target);
    return changed && (!condition || condition.holds());
  }

  #changed(breakpoint: Breakpoint, watch: Watch): boolean {
    const now = this.#contents(watch);
    const before = this.#values.get(breakpoint);
    this.#values.set(breakpoint, now);
    // What cannot be read may have changed.
    return now === '' || now !== before;
  }

  #contents(watch: Watch): string {
    return contentsOf(watch, this.#memory);
  }
}

function contentsOf(watch: Watch, memory: GuestMemory): string {
  const bytes = Array.from({ length: watch.length }, (_, i) =>
    memory.read(watch.address + i, 1, watch.physical),
  );
  return bytes.includes(undefined) ? '' : bytes.join();
}
