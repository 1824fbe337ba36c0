/**
 * The loop around a live machine: runs it in slices, lets the host's events in between, and ends it when
 * the guest, the user, the script or the time limit says so.
 */
import { isOutput, pieces } from '../../replay/controls.js';
import type { Runner } from '../../replay/runner.js';
import type { Script } from '../../replay/script/parse.js';
import { Scripted } from '../../replay/script/scripted.js';
import { GuestOutput } from '../host/guestOutput.js';
import type { Host } from '../host/host.js';
import { Pace } from '../host/pace.js';
import { ScreenView } from '../host/screenView.js';
import { Terminal, type View } from '../host/terminal.js';
import type { Wire } from '../host/udpWire.js';
import { NetworkFeed } from './network.js';

export interface DriveOptions {
  readonly script: Script | undefined;
  readonly timeLimit: number | undefined;
  /** A clock at which to end the run, too. */
  readonly until?: number;
  /** The other end of the guest's network cable. */
  readonly wire?: Wire | undefined;
  /** Nobody is asked for input, not even without a script: the runner has its own. */
  readonly alone?: boolean;
  readonly view: View;
  /** Show the guest's serial line and debug console on stdout. */
  readonly show: boolean;
  /** Called between slices, at least every second of the host. */
  readonly onFlush: () => void;
}

export type Ended =
  | { readonly by: 'guest' | 'user' | 'limit' | 'script' }
  | { readonly by: 'failed-script'; readonly message: string }
  | { readonly by: 'signal'; readonly signal: string };

/** Host milliseconds of a slice. */
const SLICE_MS = 15;
/** With a slice this is less than the second that a killed recorder may lose. */
const FLUSH_MS = 900;
/** A live guest runs no further ahead than this, however little it does: it then sleeps it off. */
const LIVE_SLICE_MS = 20;
/** The same of one with a network: this is how long an answer takes at least. */
const NETWORK_SLICE_MS = 2;
const FIRST_SLICE = 100_000;
const MAX_SLICE = 2 ** 24;

export class Drive {
  readonly #runner: Runner;
  readonly #host: Host;
  readonly #options: DriveOptions;
  readonly #scripted: Scripted | undefined;
  readonly #network: NetworkFeed | undefined;
  readonly #limit: number;
  readonly #live: boolean;
  readonly #longest: number;
  #terminal: Terminal | undefined;
  #view: ScreenView | undefined;
  readonly #output: GuestOutput;
  #signal: string | undefined;
  #wake: () => void = () => {};
  #slice = FIRST_SLICE;
  #flushed = 0;

  constructor(runner: Runner, host: Host, options: DriveOptions) {
    this.#runner = runner;
    this.#host = host;
    this.#options = options;
    this.#output = new GuestOutput(host);
    const { num, den } = runner.machine.frequency;
    const { timeLimit, until = Number.MAX_SAFE_INTEGER } = options;
    const limit = timeLimit === undefined ? until : Math.min(until, (timeLimit * num) / den);
    this.#limit = Math.min(Math.ceil(limit), Number.MAX_SAFE_INTEGER);
    this.#live = options.wire !== undefined || (this.#attended && host.stdin.isTTY === true);
    const slice = options.wire ? NETWORK_SLICE_MS : LIVE_SLICE_MS;
    this.#longest = this.#live ? Math.round((slice * num) / den / 1000) : MAX_SLICE;
    this.#listen();
    if (options.wire) this.#network = new NetworkFeed(runner, options.wire);
    if (options.script) this.#scripted = new Scripted(runner, options.script);
  }

  get #attended(): boolean {
    return !this.#options.script && !this.#options.alone;
  }

  /** The guest's serial line and debug console go to stdout as they are. */
  #listen(): void {
    const heard = this.#runner.onNote;
    this.#runner.onNote = (note, clock) => {
      heard(note, clock);
      if (isOutput(note)) this.#output.add(note.a);
    };
  }

  async run(): Promise<Ended> {
    const unlisten = this.#host.onSignal((signal) => {
      this.#signal = signal;
      this.#wake();
    });
    if (this.#attended) this.#terminal = new Terminal(this.#host, this.#options.view);
    if (this.#terminal) this.#terminal.onActivity = () => this.#wake();
    const { wire } = this.#options;
    if (wire) wire.onActivity = () => this.#wake();
    if (this.#host.stdout.isTTY && this.#options.show) this.#view = new ScreenView(this.#host);
    try {
      return await this.#loop();
    } finally {
      this.#view?.close();
      this.#terminal?.close();
      wire?.close();
      if (this.#host.stdout.isTTY) this.#output.endLine();
      unlisten();
    }
  }

  async #loop(): Promise<Ended> {
    const { machine } = this.#runner;
    const { num, den } = machine.frequency;
    const pace = new Pace(num / den, machine.cpu.clock, performance.now());
    for (;;) {
      this.#runSlice();
      this.#show();
      if (!machine.outcome) this.#admit();
      const ended = this.#ended();
      if (ended) return ended;
      const now = performance.now();
      if (now - this.#flushed > FLUSH_MS) {
        this.#options.onFlush();
        this.#flushed = now;
      }
      const ahead = this.#live ? pace.ahead(machine.cpu.clock, now) : 0;
      await this.#sleep(ahead);
    }
  }

  /** Runs for about SLICE_MS of the host. */
  #runSlice(): void {
    const { machine } = this.#runner;
    const began = performance.now();
    const from = machine.cpu.clock;
    const frame = this.#network?.due ?? Number.POSITIVE_INFINITY;
    const target = Math.min(from + this.#slice, this.#limit, Math.max(frame, from + 1));
    if (!this.#scripted) this.#runner.run(target);
    else while (machine.cpu.clock < target && !this.#ended()) this.#scripted.advance(target);
    const took = Math.max(performance.now() - began, 0.1);
    const ran = Math.max(machine.cpu.clock - from, 1);
    const fitting = (ran * SLICE_MS) / took;
    this.#slice = Math.round(
      Math.min(Math.max(fitting, this.#slice / 4, FIRST_SLICE), this.#slice * 2, this.#longest),
    );
  }

  #ended(): Ended | undefined {
    const status = this.#scripted?.status;
    if (status?.kind === 'failed') return { by: 'failed-script', message: status.message };
    const { machine } = this.#runner;
    if (machine.outcome) return { by: 'guest' };
    if (status?.kind === 'done') return { by: 'script' };
    if (this.#signal) return { by: 'signal', signal: this.#signal };
    if (this.#terminal?.ended) return { by: 'user' };
    return machine.cpu.clock >= this.#limit ? { by: 'limit' } : undefined;
  }

  #admit(): void {
    for (const { channel, data } of (this.#terminal?.take() ?? []).flatMap((typed) => [...pieces(typed)])) {
      this.#runner.input(channel, data);
    }
    this.#network?.admit();
  }

  #show(): void {
    const screen = this.#terminal ? this.#terminal.view === 'screen' : this.#options.view === 'screen';
    if (!this.#options.show) this.#output.drop();
    else if (screen && this.#view) {
      this.#view.draw(this.#runner.machine, performance.now());
      this.#output.drop();
    } else {
      this.#view?.close();
      this.#output.show();
    }
  }

  /** Lets the host's events in; waits for `ms` or until one of them concerns the run. */
  #sleep(ms: number): Promise<void> {
    if (ms < 1) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
