/**
 * An index that was written beside a trace, opened: milestones of the run that a timeline takes up as checkpoints, and
 * what happened between them, by which searches pass over stretches. It is told from that of another trace, or
 * of another build of the program, by a stamp. Contents are unpacked when they are needed.
 */
import type { Outcome } from '../../core/device.js';
import type { Machine, MachineState } from '../../core/machine.js';
import { PAGE_SHIFT, PAGE_SIZE } from '../../core/memory.js';
import type { PageSnapshot } from '../../core/pages.js';
import { NOTE_KINDS } from '../noteDigest.js';
import { OutOfBytes } from '../trace/bytes.js';
import type { ByteSource } from '../trace/format.js';
import { hex64 } from '../trace/hash.js';
import type { Trace } from '../trace/reader.js';
import type { Checkpoint } from './checkpoints.js';
import { changedPicture, type RamPage, type RamPicture } from './ramCopies.js';
import { IndexError, StoredChunks } from './storedChunks.js';
import {
  type Directory,
  decodeDirectory,
  type Milestone,
  type PlacedPages,
  type Stretch,
} from './storedDirectory.js';
import { type PagedBytes, PageReader } from './storedPages.js';

/** Both ends of a stretch, and what happened there. */
export interface KnownStretch extends Stretch {
  readonly from: number;
  readonly to: number;
  /** Notes of each kind. */
  readonly notes: ReadonlyMap<string, number>;
  /** May this physical page have been written? */
  written(page: number): boolean;
}

/** What an index of this trace carries if this program wrote it: frames are chained by their checksums. */
export function stampOf(trace: Trace, program: string): string {
  const last = trace.frames.at(-1)!.header;
  return `${program}, machine ${trace.manifest.identity}, trace ${trace.frames.length} ${hex64(last.hash)}`;
}

export class StoredIndex {
  readonly stretches: readonly KnownStretch[];
  readonly #chunks: StoredChunks;
  readonly #directory: Directory;
  readonly #pages: PageReader;
  /** Kinds of pages change seldom: by the numbers of the pages that hold them. */
  readonly #kinds = new Map<string, Uint8Array>();

  private constructor(source: ByteSource, stamp: string) {
    this.#chunks = new StoredChunks(source);
    const { pageChunks, sizes } = this.#chunks;
    this.#pages = new PageReader(this.#chunks, pageChunks);
    this.#directory = directoryOf(this.#chunks, pageChunks, sizes);
    if (this.#directory.stamp !== stamp) {
      throw new IndexError('foreign', 'it is of another trace, or of another build of this program');
    }
    this.#check();
    this.stretches = stretchesOf(this.#directory.milestones);
  }

  /** Throws an `IndexError` if it is damaged, as far as can be seen at once, or does not belong to this. */
  static open(source: ByteSource, trace: Trace, program: string): StoredIndex {
    return new StoredIndex(source, stampOf(trace, program));
  }

  /** Compares all checksums; throws an `IndexError`. */
  verify(): void {
    this.#chunks.verify();
  }

  /** The clock up to which it knows everything. */
  get end(): number {
    return this.#directory.milestones.at(-1)?.clock ?? 0;
  }

  /** What the guest sent on the serial console, and when. */
  get sent(): { readonly bytes: Uint8Array; readonly at: readonly number[] } {
    return { bytes: this.#directory.sent, at: this.#directory.sentAt };
  }

  /** Is it certain that nobody wrote to this page of a display adapter between two clocks? */
  leftAlone(from: number, to: number, page: number): boolean {
    if (!isVideo(page) || to > this.end) return false;
    return !this.stretches.some((s) => s.from < to && s.to > from && s.video.has(page));
  }

  /** What is counted on to be there when it is needed. */
  #check(): void {
    const { count } = this.#pages;
    const isThere = (page: number) => page >= 0 && page < count;
    const isWhole = ({ length, pages }: PagedBytes) => {
      return pages.length === Math.ceil(length / PAGE_SIZE) && pages.every(isThere);
    };
    let before = 0;
    for (const m of this.#directory.milestones) {
      const whole = [m.cpu, m.schedule, m.pageKinds, ...m.devices].every(isWhole);
      const placed = [m.ram, ...m.stores].flat();
      const well = whole && m.clock > before && placed.every(([place, page]) => place >= 0 && isThere(page));
      if (!well) throw new IndexError('damaged', `what it says of clock ${m.clock} cannot be`);
      before = m.clock;
    }
  }

  /**
   * All milestones as checkpoints; `ram` is what RAM holds at power-on. They share what they have in common, but never
   * two pages between which somebody wrote. Throws an `IndexError` if they are of another machine.
   */
  checkpoints(ram: RamPicture, machine: Machine): Checkpoint[] {
    const out: Checkpoint[] = [];
    let picture = ram;
    const stored = machine.devices.filter(({ pages }) => pages).map(({ name }) => name);
    let stores: readonly StoredStore[] = stored.map(() => new Map());
    for (const milestone of this.#directory.milestones) {
      if (!fits(milestone, machine, stores.length))
        throw new IndexError('foreign', 'it is of another machine');
      picture = changedPicture(
        picture,
        milestone.ram.map(([place, page]) => [place, new StoredPage(this.#pages, page)] as const),
      );
      stores = stores.map((store, i) => changedStore(store, milestone.stores[i]!));
      const { clock, retired, mark } = milestone;
      const state = new StoredState(this.#pages, milestone, this.#pageKinds(milestone), stores, machine);
      out.push({ clock, retired, mark, ram: picture, machine: state });
    }
    return out;
  }

  #pageKinds({ pageKinds }: Milestone): Uint8Array {
    const name = pageKinds.pages.join();
    const kinds = this.#kinds.get(name) ?? this.#pages.bytes(pageKinds);
    this.#kinds.set(name, kinds);
    return kinds;
  }
}

/** Where display adapters have their memory: what is written there while it is theirs is noted. */
export const VIDEO_MEMORY = { address: 0xa0000, length: 0x20000 } as const;

function isVideo(page: number): boolean {
  const offset = page * PAGE_SIZE - VIDEO_MEMORY.address;
  return offset >= 0 && offset < VIDEO_MEMORY.length;
}

function directoryOf(chunks: StoredChunks, first: number, sizes: readonly number[]): Directory {
  const parts = sizes.slice(first).map((_, i) => chunks.read(first + i));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  try {
    return decodeDirectory(bytes);
  } catch (error) {
    if (error instanceof OutOfBytes)
      throw new IndexError('damaged', `its directory is not one: ${error.message}`);
    throw error;
  }
}

function stretchesOf(milestones: readonly Milestone[]): KnownStretch[] {
  return milestones.map(({ clock, mark, stretch, ram }, i) => {
    const before = milestones[i - 1];
    const counts = NOTE_KINDS.map((kind, k): [string, number] => {
      return [kind, (mark.digest[2 * k]! - (before?.mark.digest[2 * k] ?? 0)) >>> 0];
    });
    const pages = new Set(ram.map(([place]) => place));
    const written = (page: number) => pages.has(page) || stretch.video.has(page);
    return { ...stretch, from: before?.clock ?? 0, to: clock, notes: new Map(counts), written };
  });
}

function fits(milestone: Milestone, { cpu, schedule, devices, memory }: Machine, stores: number): boolean {
  const pages = memory.size >>> PAGE_SHIFT;
  const states = [cpu.state, schedule.state, ...devices.map((d) => d.state)];
  const sizes = [milestone.cpu, milestone.schedule, ...milestone.devices].map(({ length }) => length);
  return (
    states.length === sizes.length &&
    states.every(({ bytes }, i) => bytes.length === sizes[i]) &&
    milestone.pageKinds.length === memory.kind.length &&
    milestone.stores.length === stores &&
    milestone.ram.every(([place]) => place < pages)
  );
}

/** Numbers of pages, by their places in a page store. */
type StoredStore = ReadonlyMap<number, number>;

function changedStore(store: StoredStore, changed: PlacedPages): StoredStore {
  return changed.length === 0 ? store : new Map([...store, ...changed]);
}

/** An object for each time that a page was written: what is the same object was not. */
class StoredPage implements RamPage {
  readonly #pages: PageReader;
  readonly #number: number;

  constructor(pages: PageReader, number: number) {
    this.#pages = pages;
    this.#number = number;
  }

  get bytes(): Uint8Array {
    return this.#pages.page(this.#number);
  }
}

class StoredState implements MachineState {
  readonly clock: number;
  readonly outcome: Outcome | undefined;
  /** No milestone is left while something is asked for, but at the end, behind which nothing follows. */
  readonly requested = undefined;
  readonly pageKinds: Uint8Array;
  readonly #pages: PageReader;
  readonly #milestone: Milestone;
  readonly #stores: readonly StoredStore[];
  readonly #machine: Machine;

  constructor(
    pages: PageReader,
    milestone: Milestone,
    kinds: Uint8Array,
    stores: readonly StoredStore[],
    machine: Machine,
  ) {
    this.clock = milestone.clock;
    this.outcome = milestone.outcome;
    this.pageKinds = kinds;
    this.#pages = pages;
    this.#milestone = milestone;
    this.#stores = stores;
    this.#machine = machine;
  }

  get cpu(): Uint8Array {
    return this.#pages.bytes(this.#milestone.cpu);
  }

  get schedule(): Uint8Array {
    return this.#pages.bytes(this.#milestone.schedule);
  }

  get devices(): ReadonlyMap<string, Uint8Array> {
    const { devices } = this.#milestone;
    return new Map(this.#machine.devices.map(({ name }, i) => [name, this.#pages.bytes(devices[i]!)]));
  }

  get pages(): ReadonlyMap<string, PageSnapshot> {
    const owners = this.#machine.devices.filter(({ pages }) => pages);
    const contents = (store: StoredStore): PageSnapshot =>
      new Map(Array.from(store, ([place, page]) => [place, this.#pages.page(page).slice()]));
    return new Map(owners.map(({ name }, i) => [name, contents(this.#stores[i]!)]));
  }
}
