/** Records short runs of the toy machine. */

import type { Provider } from '../../../src/core/door.js';
import type { Machine } from '../../../src/core/machine.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import { sha256 } from '../../../src/replay/trace/sha256.js';
import { buildToy, toyDescription } from './toy.js';

export interface ToyInput {
  readonly at: number;
  readonly keys: string;
}

export interface ToyRun {
  readonly until: number;
  readonly inputs?: readonly ToyInput[];
  readonly checkEvery?: number;
  /** Host's way of cutting the run into slices; must not matter. */
  readonly slice?: number;
  readonly flushEvery?: number;
  readonly finish?: boolean;
  readonly program?: Uint8Array;
  readonly onMachine?: (machine: Machine) => void;
}

/** Disk sectors whose contents repeat every 16 sectors, every third of them zero; counting entropy. */
export function toyProvider(): Provider {
  let pulls = 0;
  return {
    pull: (channel, request, length) => {
      if (channel === 'entropy') return new Uint8Array(length).fill(++pulls * 37);
      const data = new Uint8Array(length);
      for (let i = 0; i < length; i++) {
        const sector = request + Math.floor(i / 512);
        data[i] = sector % 3 === 0 ? 0 : ((sector % 16) * 31 + i * 7) & 0xff;
      }
      return data;
    },
  };
}

export interface ToyTrace {
  readonly bytes: Uint8Array;
  readonly hash: bigint;
  readonly machine: Machine;
  /** What was handed to the sink, piece by piece. */
  readonly pieces: readonly Uint8Array[];
}

export function recordToy(run: ToyRun): ToyTrace {
  const program = run.program ?? Uint8Array.of(1, 2, 3);
  const id = sha256(program);
  const description = { ...toyDescription, program: id };
  const blobs = new Map([[id, program]]);
  const machine = buildToy(description, blobs);
  run.onMachine?.(machine);
  const pieces: Uint8Array[] = [];
  const recorder = new Recorder({
    machine,
    description,
    blobs,
    provider: toyProvider(),
    sink: (bytes) => pieces.push(bytes),
    program: 'toy 1',
    checkEvery: run.checkEvery ?? 2 ** 14,
  });
  let flushed = 0;
  for (const stop of stops(run)) {
    recorder.run(stop);
    for (const input of run.inputs ?? []) {
      if (input.at === stop && !machine.outcome)
        recorder.input('keyboard', new TextEncoder().encode(input.keys));
    }
    if (stop - flushed >= (run.flushEvery ?? 50_000)) {
      recorder.flush();
      flushed = stop;
    }
  }
  const hash = run.finish === false ? 0n : recorder.finish('test').stateHash;
  return { bytes: concat(pieces), hash, machine, pieces };
}

/** Where the host pauses: at its slices' ends, and to admit inputs. */
function stops(run: ToyRun): number[] {
  const slice = run.slice ?? 10_000;
  const all = (run.inputs ?? []).map((i) => i.at);
  for (let at = slice; at < run.until; at += slice) all.push(at);
  return [...new Set([...all, run.until])].filter((at) => at <= run.until).sort((a, b) => a - b);
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

export function openTrace(bytes: Uint8Array): Trace {
  return Trace.open(memorySource(bytes));
}
