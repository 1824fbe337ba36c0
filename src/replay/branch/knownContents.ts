/**
 * Answers what a branch's devices pull from the outside, as far as its parent held the answer: sectors of disks,
 * wherever in the parent they were read (what the guest has written is not pulled); of everything else, what the
 * parent was given from the branch on, each request in its order. What the parent never asked for is for
 * somebody else to answer.
 */
import type { Provider } from '../../core/door.js';
import { decodePulls, type Pull, UNIT } from '../trace/columns.js';
import { reading, type Trace } from '../trace/reader.js';
import { sameBytes } from '../trace/sameBytes.js';

/** A disk or floppy: requests are numbers of sectors, and what a sector holds does not change. */
const DISK = /^(disk|floppy):/;
const NO_SECTORS: ReadonlyMap<number, number> = new Map();

export class KnownContents implements Provider {
  readonly #trace: Trace;
  readonly #pulled: number;
  readonly #other: Provider;
  /** By channel, for each sector: 0, or the number of its unit + 1. */
  #disks: Map<string, Map<number, number>> | undefined;
  /** By channel, request and length: answers that are still to be given. */
  readonly #rest = new Map<string, Uint8Array[]>();

  /** `pulled`: how many of the parent's pulls lie before the branch. `other`: answers what it does not know. */
  constructor(trace: Trace, pulled: number, other: Provider) {
    this.#trace = trace;
    this.#pulled = pulled;
    this.#other = other;
  }

  /** Of a disk: the sectors that it knows. */
  sectorsOf(channel: string): number[] {
    this.#disks ??= this.#read();
    return [...(this.#disks.get(channel)?.keys() ?? [])];
  }

  pull(channel: string, request: number, length: number): Uint8Array {
    const disks = (this.#disks ??= this.#read());
    if (DISK.test(channel)) return this.#sectors(disks.get(channel) ?? NO_SECTORS, channel, request, length);
    const known = this.#rest.get(keyOf(channel, request, length))?.shift();
    return known ?? this.#other.pull(channel, request, length);
  }

  #sectors(known: ReadonlyMap<number, number>, channel: string, first: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += UNIT) {
      const sector = first + at / UNIT;
      const unit = known.get(sector);
      if (unit === undefined) out.set(this.#other.pull(channel, sector, UNIT), at);
      else if (unit) out.set(this.#trace.unit(unit - 1), at);
    }
    return out;
  }

  /** Takes everything the parent was given out of its trace. */
  #read(): Map<string, Map<number, number>> {
    const disks = new Map<string, Map<number, number>>();
    const names: string[] = [];
    let count = 0;
    for (const frame of this.#trace.segments) {
      const segment = this.#trace.segment(frame);
      names.push(...segment.names);
      for (const pull of reading(frame, () => decodePulls(segment.pulls, segment.from))) {
        const channel = names[pull.channel] ?? '';
        if (DISK.test(channel)) addSectors(disks, channel, pull);
        else if (count >= this.#pulled) this.#keep(channel, pull);
        count++;
      }
    }
    return disks;
  }

  #keep(channel: string, { request, length, bytes, units }: Pull): void {
    const key = keyOf(channel, request, length);
    const answers = this.#rest.get(key) ?? [];
    answers.push(bytes ?? this.#assembled(units ?? []));
    this.#rest.set(key, answers);
  }

  #assembled(units: readonly number[]): Uint8Array {
    const out = new Uint8Array(units.length * UNIT);
    for (const [i, unit] of units.entries()) if (unit) out.set(this.#trace.unit(unit - 1), i * UNIT);
    return out;
  }
}

/** A sector of a disk that the trace knows, and an image has otherwise. */
export function strangeSector(trace: Trace, channel: string, image: Provider): number | undefined {
  const known = new KnownContents(trace, 0, image);
  return known.sectorsOf(channel).find((sector) => {
    return !sameBytes(known.pull(channel, sector, UNIT), image.pull(channel, sector, UNIT));
  });
}

function addSectors(
  disks: Map<string, Map<number, number>>,
  channel: string,
  { request, units }: Pull,
): void {
  const sectors = disks.get(channel) ?? new Map<number, number>();
  for (const [i, unit] of (units ?? []).entries()) sectors.set(request + i, unit);
  disks.set(channel, sectors);
}

const keyOf = (channel: string, request: number, length: number): string => `${channel} ${request} ${length}`;
