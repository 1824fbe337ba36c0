/**
 * The index beside a trace (`boot.rewind.index`): read if there is one that belongs to it, made by those commands that
 * ask about the whole run. Nothing depends on it but time: what is wrong with it, or with the place where it should
 * be, is said in a line and does no harm.
 */
import * as fs from 'node:fs';
import { describeDivergence } from '../../replay/divergence.js';
import { IndexError } from '../../replay/timeline/storedChunks.js';
import { StoredIndex } from '../../replay/timeline/storedIndex.js';
import { survey } from '../../replay/timeline/survey.js';
import type { Trace } from '../../replay/trace/reader.js';
import { CliError, cannotWrite } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { ReadFile, WriteFile } from '../host/files.js';
import { type Engine, type Host, say } from '../host/host.js';
import { build } from './build.js';
import { driveInSlices, progressText } from './inSlices.js';

/** Host milliseconds between milestones, at least, and the most milestones of a run. */
const MILESTONE_MS = 250;
const MILESTONES = 512;

function indexPath(path: string): string {
  return `${path}.index`;
}

/** The index of this trace, if there is one that can be used; what is wrong with one is said. */
export function readIndex(path: string, trace: Trace, host: Host): StoredIndex | undefined {
  if (!fs.existsSync(indexPath(path))) return undefined;
  try {
    const index = openIndex(path, trace);
    index.verify();
    return index;
  } catch (error) {
    if (!(error instanceof IndexError || error instanceof CliError)) throw error;
    sayUnused(path, error, host);
    return undefined;
  }
}

/** Why an index is not used, or not any more. */
export function sayUnused(path: string, error: IndexError | CliError, host: Host): void {
  const why =
    error instanceof IndexError ? `${indexPath(path)}: ${error.kind}: ${error.message}` : error.message;
  say(host, `${why}; it is not used`);
}

/** The same for a worker: without a look at all of it. Throws an `IndexError`. */
export function openIndex(path: string, trace: Trace): StoredIndex {
  return StoredIndex.open(new ReadFile(indexPath(path)), trace, build());
}

export interface Made {
  /** Undefined if a signal came, or if it could not be written. */
  readonly index: StoredIndex | undefined;
  readonly signal: string | undefined;
}

/** Passes the whole run and writes its index; with progress on a terminal. Throws if the replay diverges. */
export async function makeIndex(path: string, trace: Trace, engine: Engine, host: Host): Promise<Made> {
  const unfinished = `${indexPath(path)}.${process.pid}`;
  const file = attempt(() => new WriteFile(unfinished), host);
  if (!file) return { index: undefined, signal: undefined };
  try {
    const signal = await pass(trace, engine, file, host);
    file.close();
    if (signal !== undefined) return { index: undefined, signal };
    putInPlace(unfinished, indexPath(path));
    return { index: openIndex(path, trace), signal };
  } catch (error) {
    // The disk may be full: without an index everything takes longer, no more.
    if (!(error instanceof CliError) || error.code !== ExitCode.noOutput) throw error;
    say(host, `${error.message}; going on without an index`);
    return { index: undefined, signal: undefined };
  } finally {
    fs.rmSync(unfinished, { force: true });
  }
}

function putInPlace(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    throw cannotWrite(to, error);
  }
}

function attempt<T>(open: () => T, host: Host): T | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    say(host, `${error.message}; going on without an index`);
    return undefined;
  }
}

/** Returns the name of the signal that ended it, if one did. */
async function pass(trace: Trace, engine: Engine, file: WriteFile, host: Host): Promise<string | undefined> {
  const run = survey(trace, host.boards(engine), file.write, { program: build(), due: milestones() });
  const progress = (clock: number) => `first pass, to make an index: ${progressText(clock, trace.covered)}`;
  const { signal, value: divergence } = await driveInSlices(run, host, { progress });
  if (divergence) throw new CliError(ExitCode.diverged, describeDivergence(divergence));
  return signal;
}

/** Is it time for one, when so much of the run is done? */
function milestones(): (done: number) => boolean {
  const begun = performance.now();
  let last = begun;
  return (done) => {
    const now = performance.now();
    const whole = (now - begun) / Math.max(done, 1e-6);
    if (now - last < Math.max(MILESTONE_MS, whole / MILESTONES)) return false;
    last = now;
    return true;
  };
}
