/**
 * What a session of the debugger has on its bench: a trace, or a run that is still live, and the way from one to
 * another of its family on the same machine: branches from where one stands, and back to the parent. What belongs to
 * one place in the run and is not the trace's (breakpoints, marks) goes along.
 */
import { basename, dirname, join } from 'node:path';
import type { Provider } from '../../core/door.js';
import { inputsOf, KeepingInputs } from '../../replay/branch/inputs.js';
import type { Change } from '../../replay/changes.js';
import type { ChannelInput } from '../../replay/controls.js';
import { CommandError } from '../../replay/debug/commands/index.js';
import { Debugger } from '../../replay/debug/debugger.js';
import { LiveRun } from '../../replay/live/liveRun.js';
import type { Final } from '../../replay/recorder.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { hex64 } from '../../replay/trace/hash.js';
import { Trace } from '../../replay/trace/reader.js';
import type { SessionFacts } from '../../tui/session.js';
import { CliError } from '../errors.js';
import { BranchProvider, MissingContents } from '../host/branchProvider.js';
import { freeName, ReadFile } from '../host/files.js';
import { printable } from '../host/host.js';
import { TraceFile } from '../host/traceFile.js';
import { PROGRAM } from '../version.js';
import { LiveLoop } from './liveLoop.js';

/** A trace that one has left for a branch of it, and where. */
interface Left {
  readonly path: string;
  readonly clock: number;
}

/** A run that this session records. */
interface Recording {
  readonly run: LiveRun;
  readonly file: TraceFile;
  /** Somebody may run it on. */
  readonly live: boolean;
}

export interface Bench {
  readonly path: string;
  readonly debug: Debugger;
  /** Where sectors come from that no trace of the family holds, and entropy. */
  readonly provider?: Provider;
  readonly salvage: boolean;
  readonly recording?: { readonly run: LiveRun; readonly file: TraceFile };
  /** Opens another trace; throws if it cannot be. */
  readonly open: (path: string) => Debugger;
}

/** Clocks of a branch that runs by itself, between looks at what else is asked: some tens of milliseconds. */
const STRIDE = 2 ** 23;

export class Workbench {
  debug: Debugger;
  /** Hears whenever another trace is shown, this one has grown, or it runs or not. */
  onFacts: (facts: SessionFacts) => void = () => {};
  /** Hears what has happened that nobody asked for. */
  onNews: (text: string) => void = () => {};
  #path: string;
  #recording: Recording | undefined;
  #loop: LiveLoop | undefined;
  readonly #left: Left[] = [];
  readonly #provider: Provider;
  readonly #salvage: boolean;
  readonly #open: (path: string) => Debugger;

  constructor({ path, debug, provider, recording, salvage, open }: Bench) {
    this.#path = path;
    this.debug = debug;
    this.#provider = provider ?? new BranchProvider(new Map(), 0);
    this.#salvage = salvage;
    this.#open = open;
    this.#recording = recording && { ...recording, live: true };
  }

  get path(): string {
    return this.#path;
  }

  get running(): boolean {
    return this.#loop !== undefined;
  }

  /** What is shown was recorded by this session. */
  get recorded(): boolean {
    return this.#recording !== undefined;
  }

  /** The run that can be run on. */
  get live(): LiveRun | undefined {
    const { run, live } = this.#recording ?? {};
    return live && run && !run.ended ? run : undefined;
  }

  get facts(): SessionFacts {
    const { machine, timeline, clock } = this.debug;
    const { num, den } = machine.frequency;
    const { description } = timeline.trace.manifest;
    return {
      path: this.#path,
      trace: printable(basename(this.#path)),
      end: this.running ? clock : timeline.end,
      frequency: num / den,
      board: description.board,
      demo: !this.#recording && this.debug.symbols.address('worker_a.additions') !== undefined,
      live: this.live !== undefined,
      running: this.running,
    };
  }

  // ---- running on ----

  /** Runs on from the present, wherever one is looking. */
  start(run: LiveRun): void {
    this.#loop = new LiveLoop(run, {
      tick: () => this.#tell(),
      over: (error) => this.#over(error),
    });
    this.#tell();
    this.#loop.start();
  }

  pause(): void {
    this.#loop?.stop();
    this.#loop = undefined;
    this.live?.pause();
    this.#tell();
  }

  /** So many instructions beyond the present. */
  stepLive(times: number): void {
    const run = this.live!;
    run.resume();
    for (let left = times; left > 0 && !run.machine.outcome; left--) run.run(run.present + 1);
    if (run.machine.outcome) this.onNews(this.finish('guest')!);
    else this.pause();
  }

  /** What a person does to the guest. */
  press({ channel, data }: ChannelInput): void {
    if (data.length > 0) this.live?.input(channel, data);
    this.#loop?.wake();
  }

  /** Ends the run where it is. */
  end(): void {
    this.onNews(this.finish('user') ?? '');
  }

  #over(error: unknown): void {
    this.#loop = undefined;
    if (error === undefined) return this.onNews(this.finish('guest')!);
    // A sector that nobody knows, a disk that is full: what was written stays, and can be looked at.
    if (!(error instanceof MissingContents || error instanceof CliError)) throw error;
    this.#recording!.run.abandon();
    this.#tell();
    this.onNews(`${error.message}; ${this.#path} ends before`);
  }

  /** Ends the trace of the live run, if there is one; what became of it, in a line. */
  finish(reason: 'user' | 'guest'): string | undefined {
    this.#loop?.stop();
    this.#loop = undefined;
    const { run, file } = this.#recording ?? {};
    if (!run || !file || run.ended) return undefined;
    const final = run.finish(reason);
    file.sync();
    this.#tell();
    return finalText(this.#path, final, reason);
  }

  // ---- to other traces ----

  /**
   * Into a branch from where one stands, with these changes, which is shown from then on; live, or with the parent's
   * later inputs to where that ended. Gives clocks on the way.
   */
  *branch(changes: readonly Change[], live: boolean): Generator<number, string, void> {
    const { clock } = this.debug;
    const parent = this.#path;
    const trunk = this.finish('user');
    yield* this.debug.timeline.seeking(clock);
    const { trace } = this.debug.timeline;
    const path = freeName(join(dirname(parent), 'branch'), 'rewind');
    const { run, file } = this.#begin(changes, path);
    this.#left.push({ path: parent, clock });
    this.#show(path, run.timeline);
    this.#recording = { run, file, live };
    try {
      if (!live) yield* this.#follow(run, trace);
    } finally {
      this.#tell();
    }
    const ended = trunk === undefined ? '' : `; ${parent} ends at clock ${trace.covered}`;
    return `${path}: a branch of ${parent} at clock ${clock}${ended}; :parent goes back`;
  }

  /** If it cannot begin, one stands where one stood, and there is no file. */
  #begin(changes: readonly Change[], path: string): Omit<Recording, 'live'> {
    const { timeline, clock } = this.debug;
    const file = new TraceFile(path, 'write');
    const options = { program: PROGRAM, label: undefined, provider: this.#provider };
    try {
      return { run: LiveRun.branch(timeline, changes, options, file), file };
    } catch (error) {
      file.remove();
      const back = timeline.onto(timeline.trace, clock);
      back.recover(clock);
      this.#show(this.#path, back);
      throw error;
    }
  }

  /** Runs a branch as far as its parent went, with what came in there; then stands where it began. */
  *#follow(run: LiveRun, parent: Trace): Generator<number, void, void> {
    const end = parent.end?.outcome ? parent.covered + 1 : parent.covered;
    const inputs = inputsOf(parent).filter(({ clock }) => clock > run.begun);
    const keeping = new KeepingInputs(run, inputs);
    run.resume();
    try {
      while (run.present < end && !run.machine.outcome) {
        this.#keepRunning(keeping, Math.min(end, run.present + STRIDE));
        run.keep();
        yield run.present;
      }
    } finally {
      if (!run.ended) run.finish(run.machine.outcome ? 'guest' : 'limit');
      run.timeline.seek(run.begun);
    }
  }

  #keepRunning(runner: KeepingInputs, until: number): void {
    try {
      runner.run(until);
    } catch (error) {
      this.#recording!.run.abandon();
      throw new CommandError(`${(error as Error).message}; ${this.#path} ends before`);
    }
  }

  /** Back to the trace that was left for this branch, where it was left. */
  *goToParent(): Generator<number, string, void> {
    const left = this.#left.pop();
    if (!left) throw new CommandError('no trace was left for a branch here; :open FILE shows another');
    const ended = this.finish('user');
    const trace = Trace.open(new ReadFile(left.path), { salvage: this.#salvage });
    const timeline = this.debug.timeline.onto(trace, left.clock);
    timeline.recover(left.clock);
    this.#recording = undefined;
    this.#show(left.path, timeline);
    this.#tell();
    yield timeline.clock;
    return ended ?? `${left.path}, at clock ${left.clock}`;
  }

  /** Another trace, whatever it is of. */
  open(path: string): string {
    const debug = this.#open(path);
    const ended = this.finish('user');
    this.#recording = undefined;
    this.#left.length = 0;
    this.#path = path;
    this.debug = debug;
    this.#tell();
    return ended ?? '';
  }

  #show(path: string, timeline: Timeline): void {
    this.#path = path;
    this.debug = new Debugger(timeline, this.debug.symbols, this.debug);
  }

  #tell(): void {
    this.onFacts(this.facts);
  }
}

function finalText(path: string, { clock, traceBytes, stateHash }: Final, reason: string): string {
  const by = reason === 'guest' ? 'the guest has ended the run' : 'ended by the user';
  return `${by} at clock ${clock}; ${path}: ${traceBytes} bytes, state ${hex64(stateHash)}`;
}
