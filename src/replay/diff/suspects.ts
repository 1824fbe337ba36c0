/**
 * What may have brought two runs apart: inputs that came in one of them only, at another clock or with other bytes,
 * and what a device was given when it read from outside.
 */
import type { PastInput } from '../query/inputs.js';
import type { Both } from './both.js';
import { type Doors, type PastPull, sameInput } from './door.js';

/** One of the two, or both: the same at another clock, or something else at the same clock. */
export interface InputSuspect {
  readonly a: PastInput | undefined;
  readonly b: PastInput | undefined;
}

export interface Suspects {
  /** The last ones before the runs part, in order of time. */
  readonly inputs: readonly InputSuspect[];
  /** All of them before the runs part. */
  readonly inputCount: number;
  /** The first that differs. */
  readonly pull: Both<PastPull | undefined> | undefined;
}

const SHOWN = 8;
/** So many inputs that the other has not are told which belongs to which. */
const ALIGNED = 256;

/** From clock `from` on, up to `last`. */
export function suspects(doors: Doors, from: number, last: number): Suspects {
  const { a, b } = doors.inputs;
  const since = (inputs: readonly PastInput[]) => inputs.filter(({ clock }) => clock >= from);
  const all = pairUp(without(since(a), b), without(since(b), a));
  const before = all.filter((one) => clockOf(one) <= last);
  return { inputs: before.slice(-SHOWN), inputCount: before.length, pull: doors.pulled(from, last) };
}

export function clockOf({ a, b }: InputSuspect): number {
  return Math.min(a?.clock ?? Number.POSITIVE_INFINITY, b?.clock ?? Number.POSITIVE_INFINITY);
}

/** Inputs at clocks at which the other run has not the same ones in the same order. */
function without(inputs: readonly PastInput[], others: readonly PastInput[]): PastInput[] {
  const there = byClock(others);
  return [...byClock(inputs)].flatMap(([clock, here]) => {
    const other = there.get(clock) ?? [];
    const same = here.length === other.length && here.every((input, i) => sameInput(input, other[i]!));
    return same ? [] : here;
  });
}

function byClock(inputs: readonly PastInput[]): Map<number, PastInput[]> {
  const out = new Map<number, PastInput[]>();
  for (const input of inputs) {
    const known = out.get(input.clock);
    if (known) known.push(input);
    else out.set(input.clock, [input]);
  }
  return out;
}

/** Which input of the one run is which of the other: those with equal bytes in equal order, then those at one clock. */
function pairUp(a: readonly PastInput[], b: readonly PastInput[]): InputSuspect[] {
  const partners = align(a.slice(0, ALIGNED), b.slice(0, ALIGNED));
  const taken = new Set(partners.values());
  const free = b.filter((input) => !taken.has(input));
  const pairs = a.flatMap((input): InputSuspect[] => {
    const same = partners.get(input);
    if (same) return sameInput(input, same) ? [] : [{ a: input, b: same }];
    const at = free.findIndex(({ clock, channel }) => clock === input.clock && channel === input.channel);
    return [{ a: input, b: at < 0 ? undefined : free.splice(at, 1)[0] }];
  });
  return [...pairs, ...free.map((input) => ({ a: undefined, b: input }))].sort(
    (x, y) => clockOf(x) - clockOf(y),
  );
}

/** The longest common subsequence of contents. */
function align(a: readonly PastInput[], b: readonly PastInput[]): Map<PastInput, PastInput> {
  const [x, y] = [a.map(content), b.map(content)];
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skip = Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
      lengths[i * width + j] = x[i] === y[j] ? lengths[(i + 1) * width + j + 1]! + 1 : skip;
    }
  }
  const partners = new Map<PastInput, PastInput>();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (x[i] === y[j]) partners.set(a[i++]!, b[j++]!);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return partners;
}

function content({ channel, data }: PastInput): string {
  return `${channel} ${data.join(' ')}`;
}
