/**
 * What a session of the debugger has on its bench: a trace, or a run that is still live, and the way from one to
 * another of its family on the same machine: branches from where one stands, and back to the parent. What belongs to
 * one place in the run and is not the trace's (breakpoints, marks) goes along.
 */
import { basename, dirname, join } from 'node:path';
import type { Provider } from '../../core/door.js';
import { inputsOf, KeepingInputs } from '../../replay/branch/inputs.js';
import type { Change } from '../../replay/changes.js';
import { type ChannelInput, pieces } from '../../replay/controls.js';
import { CommandError } from '../../replay/debug/commands/index.js';
import { Debugger } from '../../replay/debug/debugger.js';
import { ChangeError } from '../../replay/guest/changeError.js';
import { LiveRun } from '../../replay/live/liveRun.js';
import type { Final } from '../../replay/recorder.js';
import type { Timeline } from '../../replay/timeline/timeline.js';
import { hex64 } from '../../replay/trace/hash.js';
import { Trace } from '../../replay/trace/reader.js';
import type { SessionFacts } from '../../tui/session.js';
import { CliError } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { MissingContents } from '../host/branchProvider.js';
import { freeName, ReadFile } from '../host/files.js';
import { printable } from '../host/host.js';
import { TraceFile } from '../host/traceFile.js';
import { PROGRAM } from '../version.js';
import { flushed } from './flushing.js';
import { LiveLoop } from './liveLoop.js';

/** A trace that one has left for a branch of it, and where. */
interface Left {
  readonly path: string;
  readonly clock: number;
  readonly close: () => void;
}

/** A run that this session records. */
interface Recording {
  readonly run: LiveRun;
  readonly file: TraceFile;
  /** Somebody may run it on. */
  readonly live: boolean;
}

/** A trace that one can stand in. */
export interface Opened {
  readonly debug: Debugger;
  /** Where sectors come from that no trace of the family holds, and entropy. */
  readonly provider: Provider;
  /** Once nobody looks at it any more. */
  readonly close: () => void;
}

export interface Bench extends Opened {
  readonly path: string;
  readonly salvage: boolean;
  readonly recording?: { readonly run: LiveRun; readonly file: TraceFile };
  /** Opens another trace, and says what was left out; throws if it cannot be. */
  readonly open: (path: string) => Opened & { readonly without: readonly string[] };
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
  /** Of the family of what is shown. */
  #provider: Provider;
  /** Closes what is shown. */
  #close: () => void;
  readonly #salvage: boolean;
  readonly #open: Bench['open'];

  constructor({ path, debug, provider, close, recording, salvage, open }: Bench) {
    this.#path = path;
    this.debug = debug;
    this.#provider = provider;
    this.#close = close;
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
    if (this.#loop) return;
    this.#loop = new LiveLoop(run, {
      tick: () => this.#tell(),
      over: (error) => this.#over(error),
    });
    this.#tell();
    this.#loop.start();
  }

  pause(): void {
    this.#halt();
    this.#announce(() => {
      this.#orGiveUp(() => this.live?.pause());
      return undefined;
    });
    this.#tell();
  }

  /** So many instructions beyond the present; given up, it stands where it has come to. Gives clocks on the way. */
  *stepLive(times: number): Generator<number, void, void> {
    const run = this.live!;
    run.resume();
    try {
      yield* flushed(run, run.stepping(times));
    } catch (error) {
      throw this.#giveUp(error);
    } finally {
      if (run.machine.outcome && !run.ended) this.#announce(() => this.finish('guest'));
      else this.pause();
    }
  }

  /** What a person does to the guest. */
  press(typed: ChannelInput): void {
    for (const { channel, data } of pieces(typed)) this.live?.input(channel, data);
    this.#loop?.wake();
  }

  /** Ends the run where it is. */
  end(): void {
    this.#announce(() => this.finish('user'));
  }

  /** Ends the trace of the live run, if there is one; what became of it, in a line. A `CliError` says why it has no end. */
  finish(reason: 'user' | 'guest' | 'limit'): string | undefined {
    this.#halt();
    const { run, file } = this.#recording ?? {};
    if (!run || !file || run.ended) return undefined;
    const final = this.#orGiveUp(() => {
      const end = run.finish(reason);
      file.sync();
      return end;
    });
    this.#tell();
    return finalText(this.#path, final, reason);
  }

  #halt(): void {
    this.#loop?.stop();
    this.#loop = undefined;
  }

  #over(error: unknown): void {
    this.#loop = undefined;
    this.#announce(() => {
      if (error !== undefined) throw this.#giveUp(error);
      return this.finish('guest');
    });
  }

  // ---- what goes wrong ----

  /** Says what work that nobody waits for has to say. */
  #announce(work: () => string | undefined): void {
    let text: string | undefined;
    try {
      text = work();
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      text = error.message;
    }
    if (text) this.onNews(text);
  }

  #orGiveUp<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#giveUp(error);
    }
  }

  /**
   * The run cannot go on, for a sector that nobody knows or a disk that is full: what was written stays, and can be
   * looked at. Returns why, in a line; throws what is a defect.
   */
  #giveUp(error: unknown): CliError {
    const { run } = this.#recording!;
    const short = run.ended ? '' : `; ${this.#path} ends before`;
    this.#halt();
    run.abandon();
    this.#tell();
    const code = codeOf(error);
    if (code === undefined) throw error;
    return new CliError(code, `${(error as Error).message}${short}`);
  }

  // ---- to other traces ----

  /**
   * Into a branch from where one stands, with these changes, which is shown from then on; live, or with the parent's
   * later inputs to where that ended. Gives clocks on the way.
   */
  *branch(changes: readonly Change[], live: boolean): Generator<number, string, void> {
    const { clock, timeline } = this.debug;
    const { trace } = timeline;
    const parent = this.#path;
    // Before the trunk is ended for it.
    LiveRun.tryOut(timeline, changes);
    const file = new TraceFile(freeName(join(dirname(parent), 'branch'), 'rewind'), 'write');
    let [trunk, run]: [string?, LiveRun?] = [];
    try {
      trunk = this.finish('user');
      yield* timeline.seeking(clock);
      run = this.#begin(changes, file);
    } finally {
      if (!run) file.remove();
    }
    this.#left.push({ path: parent, clock, close: this.#close });
    this.#close = () => file.close();
    this.#show(file.path, run.timeline);
    this.#recording = { run, file, live };
    try {
      if (!live) yield* this.#follow(run, trace);
    } finally {
      this.#tell();
    }
    const ended = trunk === undefined ? '' : `; ${parent} ends at clock ${trace.covered}`;
    return `P goes back; ${file.path}: a branch of ${parent} at clock ${clock}${ended}`;
  }

  /** If it cannot begin, one stands where one stood. */
  #begin(changes: readonly Change[], file: TraceFile): LiveRun {
    const { timeline, clock } = this.debug;
    const options = { program: PROGRAM, label: undefined, provider: this.#provider };
    try {
      return LiveRun.branch(timeline, changes, options, file);
    } catch (error) {
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
    run.resume();
    try {
      yield* flushed(run, strides(run, new KeepingInputs(run, inputs), end));
    } catch (error) {
      throw this.#giveUp(error);
    } finally {
      this.finish(run.machine.outcome ? 'guest' : 'limit');
      run.timeline.seek(run.begun);
    }
  }

  /** Back to the trace that was left for this branch, where it was left. */
  *goToParent(): Generator<number, string, void> {
    const left = this.#left.at(-1);
    if (!left) throw new CommandError('no trace was left for a branch here; :open FILE shows another');
    const file = new ReadFile(left.path);
    const trace = Trace.open(file, { salvage: this.#salvage });
    const ended = this.finish('user');
    this.#left.pop();
    const timeline = this.debug.timeline.onto(trace, left.clock);
    timeline.recover(left.clock);
    this.#recording = undefined;
    this.#close();
    left.close();
    this.#close = () => file.close();
    this.#show(left.path, timeline);
    this.#tell();
    yield timeline.clock;
    return ended ?? `${left.path}, at clock ${left.clock}`;
  }

  /** Another trace, whatever it is of. */
  open(path: string): string {
    const { debug, provider, close, without } = this.#open(path);
    const ended = this.finish('user');
    this.#recording = undefined;
    this.#close();
    for (const left of this.#left.splice(0)) left.close();
    this.#close = close;
    this.#path = path;
    this.debug = debug;
    this.#provider = provider;
    this.#tell();
    return [...(ended === undefined ? [] : [ended]), ...without].join('\n');
  }

  #show(path: string, timeline: Timeline): void {
    this.#path = path;
    this.debug = new Debugger(timeline, this.debug.symbols, this.debug);
  }

  #tell(): void {
    this.onFacts(this.facts);
  }
}

/** Runs on to a clock, and leaves checkpoints on the way. */
function* strides(run: LiveRun, runner: KeepingInputs, end: number): Generator<number, void, void> {
  while (run.present < end && !run.machine.outcome) {
    runner.run(Math.min(end, run.present + STRIDE));
    run.keep();
    yield run.present;
  }
}

/** The exit code for why a run cannot go on; undefined of a defect. */
function codeOf(error: unknown): number | undefined {
  if (error instanceof CliError) return error.code;
  if (error instanceof MissingContents) return ExitCode.contentsMissing;
  return error instanceof ChangeError ? ExitCode.diverged : undefined;
}

function finalText(path: string, { clock, traceBytes, stateHash }: Final, reason: string): string {
  const by = reason === 'guest' ? 'the guest has ended the run' : 'ended by the user';
  return `${by} at clock ${clock}; ${path}: ${traceBytes} bytes, state ${hex64(stateHash)}`;
}
