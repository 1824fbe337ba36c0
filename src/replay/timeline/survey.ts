/**
 * A first pass through a recorded run that leaves an index behind: milestones, spread over the run, and
 * what happens between them. What the milestones take is bounded: where a lot is written between two of
 * them, there are fewer.
 */
import type { CpuObserver } from '../../core/cpu.js';
import type { Machine } from '../../core/machine.js';
import { Dirty, PAGE_SHIFT, PAGE_SIZE } from '../../core/memory.js';
import type { PageSnapshot } from '../../core/pages.js';
import type { Boards } from '../boards.js';
import { isConsoleByte } from '../controls.js';
import type { Divergence } from '../divergence.js';
import { Replayer } from '../replayer.js';
import { ByteWriter } from '../trace/bytes.js';
import type { Trace } from '../trace/reader.js';
import type { Sink } from '../trace/writer.js';
import { ChunkWriter, MAX_CHUNK } from './storedChunks.js';
import { encodeDirectory, type Milestone, type PlacedPages, type Stretch } from './storedDirectory.js';
import { stampOf, VIDEO_MEMORY } from './storedIndex.js';
import { PageWriter } from './storedPages.js';

export interface SurveyOptions {
  /** Which build of the program: it alone will read the index. */
  readonly program: string;
  /** Bytes of pages that milestones may hold; 256 MiB unless given. */
  readonly pageBytes?: number;
  /** Is it time for a milestone? Unless given: at equal numbers of instructions. */
  readonly due?: (done: number) => boolean;
}

/** Clocks between two signs of life: some milliseconds. */
const SLICE = 2 ** 21;
const PAGE_BYTES = 256 << 20;
/** Milestones of a run, if instructions tell where. */
const MILESTONES = 64;
/** The part of the room that is left which one milestone may always take is one of so many. */
const SHARES = 8;
const NOWHERE: ReadonlySet<number> = new Set();

/**
 * Passes the whole run, and writes its index. Yields clocks; returns the difference if the replay differs from the
 * recording: then what was written is worth nothing.
 */
export function* survey(
  trace: Trace,
  boards: Boards,
  sink: Sink,
  options: SurveyOptions,
): Generator<number, Divergence | undefined, void> {
  const replayer = new Replayer(trace, boards, true);
  const chunks = new ChunkWriter(sink);
  const pass = new Pass(replayer, new PageWriter((chunk) => chunks.write(chunk)), options);
  while (!replayer.finished) {
    if (!replayer.runTo(replayer.clock + SLICE)) return replayer.divergence;
    pass.look();
    yield replayer.clock;
  }
  pass.end();
  chunks.endPages();
  const directory = encodeDirectory({ stamp: stampOf(trace, options.program), ...pass.learned });
  for (let at = 0; at < directory.length; at += MAX_CHUNK)
    chunks.write(directory.subarray(at, at + MAX_CHUNK));
  chunks.end();
  return undefined;
}

class Pass {
  readonly #replayer: Replayer;
  readonly #pages: PageWriter;
  readonly #pageBytes: number;
  readonly #due: (done: number) => boolean;
  readonly #milestones: Milestone[] = [];
  readonly #sent = new ByteWriter();
  readonly #sentAt: number[] = [];
  #stretch = nothingYet();
  #stores: PageSnapshot[];

  constructor(replayer: Replayer, pages: PageWriter, { pageBytes = PAGE_BYTES, due }: SurveyOptions) {
    this.#replayer = replayer;
    this.#pages = pages;
    this.#pageBytes = pageBytes;
    this.#due = due ?? (() => this.#retiredPart() * MILESTONES >= this.#milestones.length + 1);
    const { machine } = replayer;
    this.#stores = storesOf(machine).map(() => new Map());
    machine.memory.takeDirty(Dirty.checkpoints, () => {});
    this.#listen(machine);
  }

  get learned(): {
    readonly milestones: readonly Milestone[];
    readonly sent: Uint8Array;
    readonly sentAt: readonly number[];
  } {
    return { milestones: this.#milestones, sent: this.#sent.take(), sentAt: this.#sentAt };
  }

  #listen(machine: Machine): void {
    const observer: CpuObserver = {
      addresses: NOWHERE,
      boundary: () => false,
      vector: (vector) => this.#stretch.vectors.add(vector),
      interruptLine: (level) => {
        if (level) this.#stretch.raised = true;
      },
    };
    machine.cpu.observer = observer;
    machine.onPort = (port) => this.#stretch.ports.add(port);
    const heard = (address: number) => this.#stretch.video.add(address >>> PAGE_SHIFT);
    machine.memory.observe({ writes: [VIDEO_MEMORY], heard });
    this.#replayer.onNote = (note, clock) => {
      if (!isConsoleByte(note)) return;
      this.#sent.u8(note.a);
      this.#sentAt.push(clock);
    };
  }

  /** The part of the run that lies behind, in instructions: time in which the guest sleeps costs nothing. */
  #retiredPart(): number {
    const { trace, machine } = this.#replayer;
    const total = trace.end?.retired ?? trace.segment(trace.segments.at(-1)!).retired;
    return machine.cpu.retired / Math.max(1, total);
  }

  /** Leaves a milestone if it is time for one and there is room. */
  look(): void {
    const done = this.#replayer.clock / this.#replayer.trace.covered;
    if (this.#due(done) && this.#fits(done) && !this.#replayer.machine.attention()) this.#leave();
  }

  /**
   * A milestone may take a part of the room that is left: runs write most at their beginnings. Where it would take
   * more, it has to wait until the part of the room that belongs to what lies behind is enough.
   */
  #fits(done: number): boolean {
    let written = 0;
    for (const bits of this.#replayer.machine.memory.dirty) if (bits & Dirty.checkpoints) written++;
    const left = this.#pageBytes - this.#pages.bytes;
    const share = this.#pageBytes * done - this.#pages.bytes;
    return written * PAGE_SIZE <= Math.max(left / SHARES, share);
  }

  end(): void {
    if (this.#replayer.clock > (this.#milestones.at(-1)?.clock ?? 0)) this.#leave();
    this.#pages.flush();
  }

  #leave(): void {
    const { machine } = this.#replayer;
    const pages = this.#pages;
    const ram: [number, number][] = [];
    machine.memory.takeDirty(Dirty.checkpoints, (page) => {
      const at = page * PAGE_SIZE;
      ram.push([page, pages.add(machine.memory.ram.subarray(at, at + PAGE_SIZE))]);
    });
    const state = machine.saveState();
    this.#milestones.push({
      clock: this.#replayer.clock,
      retired: machine.cpu.retired,
      outcome: state.outcome,
      mark: this.#replayer.mark(),
      cpu: pages.addBytes(state.cpu),
      schedule: pages.addBytes(state.schedule),
      pageKinds: pages.addBytes(state.pageKinds),
      devices: machine.devices.map(({ name }) => pages.addBytes(state.devices.get(name)!)),
      ram,
      stores: this.#changes(storesOf(machine).map((name) => state.pages.get(name)!)),
      stretch: this.#endStretch(),
    });
  }

  /** Pages of disks that are not what they were at the milestone before. */
  #changes(stores: PageSnapshot[]): PlacedPages[] {
    const changes = stores.map((store, i) => {
      const changed = [...store].filter(([place, page]) => this.#stores[i]!.get(place) !== page);
      return changed.map(([place, page]) => [place, this.#pages.add(page)] as const);
    });
    this.#stores = stores;
    return changes;
  }

  #endStretch(): Stretch {
    const stretch = this.#stretch;
    this.#stretch = nothingYet();
    return stretch;
  }
}

function nothingYet() {
  return {
    vectors: new Set<number>(),
    ports: new Set<number>(),
    video: new Set<number>(),
    raised: false,
  };
}

/** Names of the devices that have a page store. */
function storesOf(machine: Machine): string[] {
  return machine.devices.filter(({ pages }) => pages).map(({ name }) => name);
}
