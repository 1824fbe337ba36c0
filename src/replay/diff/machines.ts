/** In what the descriptions of two machines differ, in words. Images are compared by their names, which are hashes. */
import type { Timeline } from '../timeline/timeline.js';
import type { Trace } from '../trace/reader.js';
import { type Both, both, type Differing } from './both.js';

const IMAGE = /^[0-9a-f]{64}$/;
const SHOWN = 12;
const NONE = 'none';

/** Descriptions alone decide what a machine does with what comes through its door. */
export function sameMachine(timelines: Both<Timeline>): boolean {
  const { a, b } = both(timelines, ({ trace: { manifest } }) => {
    return JSON.stringify([sorted(manifest.description), manifest.resetAllowed]);
  });
  return a === b;
}

export function machineDifferences(timelines: Both<Timeline>): Differing<string>[] {
  const { a, b } = both(timelines, facts);
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names]
    .map((name) => ({ name, a: a.get(name) ?? NONE, b: b.get(name) ?? NONE }))
    .filter((fact) => fact.a !== fact.b);
}

/** Leaves of the description by their paths, and what follows from building it. */
function facts({ trace, machine }: Timeline): Map<string, string> {
  const { description, resetAllowed } = trace.manifest;
  const leaves = [...leavesOf('', description)].map(([name, value]): [string, string] => {
    return [name, textOf(value, trace)];
  });
  const { num, den } = machine.frequency;
  return new Map([
    ...leaves,
    ['resets', resetAllowed ? 'allowed' : 'end the run'],
    ['frequency', `${(num / den / 1e6).toFixed(6)} MHz`],
    ...machine.devices.map(({ name }): [string, string] => [`device ${name}`, 'present']),
  ]);
}

function* leavesOf(path: string, value: unknown): Generator<[string, unknown]> {
  if (typeof value !== 'object' || value === null) {
    yield [path, value];
    return;
  }
  for (const [name, inner] of Object.entries(value)) yield* leavesOf(path ? `${path}.${name}` : name, inner);
}

function textOf(value: unknown, trace: Trace): string {
  if (value === null) return NONE;
  if (typeof value !== 'string' || !IMAGE.test(value)) return String(value);
  return `image ${value.slice(0, SHOWN)}, ${trace.images().get(value)?.total ?? 0} bytes`;
}

/** The same with keys in order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
