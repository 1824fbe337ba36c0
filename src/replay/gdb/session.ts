/**
 * One connection of gdb to a debugger: packets in, packets out (GDB manual, appendix E, "GDB Remote Serial
 * Protocol"). It knows no sockets and no time: bytes are handed to it, and `advance` does a slice of what is to be
 * done, so that whoever drives it can let an interrupt in while a long move is under way.
 *
 * Left out: non-stop mode, several processes, file transfer, tracepoints, extended mode.
 */

import type { Debugger, Move } from '../debug/debugger.js';
import { describeDivergence } from '../divergence.js';
import { hexOfText, textOfHex } from './hex.js';
import { Inspection } from './inspection.js';
import { monitor } from './monitor.js';
import { Motion, VCONT_ACTIONS } from './motion.js';
import { frame, type Incoming, latin1, PACKET_SIZE, PacketReader } from './packets.js';
import { StopPoints } from './stopPoints.js';
import { detailOf, Signal, stopReply } from './stopReply.js';

const SUPPORTED = [
  `PacketSize=${PACKET_SIZE.toString(16)}`,
  ...[
    'QStartNoAckMode+',
    'qXfer:features:read+',
    'qXfer:memory-map:read+',

    'ReverseStep+',
    'ReverseContinue+',
  ],
  ...[
    'swbreak+',
    'hwbreak+',
    'vContSupported+',
    'multiprocess-',
    'binary-upload+',
    'error-message+',
    'ConditionalBreakpoints+',
  ],
].join(';');

/** Something that takes a while: gives clocks, and at its end the last packet of its answer. */
interface Work {
  readonly slices: Generator<number, string, void>;
  /** The answer if it was given up. */
  readonly interrupted: () => string;
  /** gdb is told where it is: it waits for moves as long as they take, but not for other answers. */
  readonly told: boolean;
  /** Signs of life so far. */
  signs: number;
}

type Answer = string | Work | undefined;

export class GdbSession {
  readonly #debug: Debugger;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #reader = new PacketReader();
  readonly #points: StopPoints;
  readonly #motion: Motion;
  readonly #inspection: Inspection;
  /** Features that gdb has. */
  #features = new Set<string>();
  readonly #queue: ('interrupt' | { readonly packet: string })[] = [];
  #work: Work | undefined;
  /** Where the work under way is. */
  #clock = 0;
  #acknowledging = true;
  /** What has been sent and not acknowledged. */
  #last: Uint8Array | undefined;
  #ended = false;

  constructor(debug: Debugger, send: (bytes: Uint8Array) => void) {
    this.#debug = debug;
    this.#send = send;
    this.#inspection = new Inspection(debug);
    this.#points = new StopPoints(this.#inspection);
    this.#motion = new Motion(debug, this.#points);
  }

  /** gdb has taken its leave. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Something long is under way. */
  get busy(): boolean {
    return this.#work !== undefined;
  }

  /** Bytes from gdb, in pieces of any size. */
  receive(bytes: Uint8Array): void {
    for (const incoming of this.#reader.read(bytes)) this.#take(incoming);
  }

  #take(incoming: Incoming): void {
    switch (incoming.kind) {
      case 'packet':
        this.#enqueue(incoming.data);
        break;
      case 'damaged':
        if (this.#acknowledging) this.#send(latin1('-'));
        break;
      case 'acknowledged':
        this.#last = undefined;
        break;
      case 'resend':
        // gdb also says so when it is tired of waiting for an answer that has not been sent yet.
        if (this.#last) this.#send(this.#last);
        break;
      case 'interrupt':
        this.#queue.push('interrupt');
    }
  }

  #enqueue(packet: string): void {
    if (this.#acknowledging) this.#send(latin1('+'));
    this.#last = undefined;
    // gdb waits for an answer before it asks for more: the same again is one that was not acknowledged in time.
    const waiting = this.#queue.at(-1);
    const again = waiting && waiting !== 'interrupt' && waiting.packet === packet;
    if (!(again && this.#acknowledging)) this.#queue.push({ packet });
  }

  /** Does a slice of what is to be done. False if there is nothing. */
  advance(): boolean {
    if (this.#ended) return false;
    if (this.#work) this.#proceed(this.#work);
    else {
      const next = this.#queue.shift();
      // Nothing is under way: there is nothing to interrupt.
      if (next && next !== 'interrupt') this.#begin(this.#answerTo(next.packet));
    }
    return !this.#ended && (this.#work !== undefined || this.#queue.length > 0);
  }

  /**
   * A sign of life in a long search, to be called every second of the host: of a target that is silent for some seconds
   * gdb thinks that it has not understood. Where it is, is only said after 2, 4, 8 ... of them: lines that some
   * front ends show cannot be taken back.
   */
  showProgress(): void {
    const work = this.#work;
    if (!work?.told) return;
    work.signs++;
    const isPower = work.signs > 1 && (work.signs & (work.signs - 1)) === 0;
    if (isPower) this.#tell(`at clock ${this.#clock} of ${this.#debug.end} ...\n`);
    else this.#answer('O');
  }

  /** The connection is gone: what is under way is given up. */
  close(): void {
    this.#work?.slices.return('');
    this.#work = undefined;
    this.#points.clear();
    this.#ended = true;
  }

  #begin(answer: Answer): void {
    if (typeof answer === 'string') this.#answer(answer);
    else this.#work = answer;
  }

  #proceed({ slices, interrupted }: Work): void {
    const interrupt = this.#queue.indexOf('interrupt');
    if (interrupt >= 0) {
      this.#queue.splice(interrupt, 1);
      slices.return('');
      this.#work = undefined;
      return this.#answer(interrupted());
    }
    const { done, value } = slices.next();
    if (!done) {
      this.#clock = value;
      return;
    }
    this.#work = undefined;
    this.#answer(value);
  }

  #answer(packet: string): void {
    const framed = frame(packet);
    if (this.#acknowledging) this.#last = framed;
    this.#send(framed);
  }

  /** Shows a text in gdb, in packets that it can take. */
  #tell(text: string): void {
    const hex = hexOfText(text);
    const most = PACKET_SIZE - 8;
    for (let at = 0; at < hex.length; at += most) this.#answer(`O${hex.slice(at, at + most)}`);
  }

  #answerTo(packet: string): Answer {
    if (/^[Zz]/.test(packet)) return this.#stopPoint(packet);
    if (packet === '?') return this.#stopped('');
    if (packet === 'vCont?') return VCONT_ACTIONS;
    if (packet === 'D' || packet === 'k') return this.#leave(packet);
    if (packet === 'QStartNoAckMode') {
      this.#acknowledging = false;
      return 'OK';
    }
    if (packet.startsWith('qSupported')) return this.#supported(packet);
    if (packet.startsWith('qRcmd,')) return this.#monitor(packet.slice(6));
    const move = this.#motion.of(packet);
    if (move === undefined) return this.#inspection.of(packet);
    return typeof move === 'string' ? move : this.#moving(move);
  }

  #supported(packet: string): string {
    const features = packet.slice(packet.indexOf(':') + 1).split(';');
    this.#features = new Set(features.filter((f) => f.endsWith('+')).map((f) => f.slice(0, -1)));
    return this.#inspection.hasSymbols ? `${SUPPORTED};qXfer:exec-file:read+` : SUPPORTED;
  }

  #stopPoint(packet: string): string {
    const text = packet.slice(1);
    return packet[0] === 'Z' ? this.#points.insert(text) : this.#points.remove(text);
  }

  /** To detach is answered, to kill is not: the trace stays either way. */
  #leave(packet: 'D' | 'k'): undefined {
    if (packet === 'D') this.#answer('OK');
    this.close();
  }

  #moving(move: Move): Work {
    const interrupted = () => stopReply(this.#inspection.registers, Signal.interrupt);
    return { slices: this.#move(move), interrupted, told: false, signs: 0 };
  }

  *#move(move: Move): Generator<number, string, void> {
    const arrival = yield* move;
    const { timeline, breakpoints } = this.#debug;
    if (timeline.divergence) this.#tell(`${describeDivergence(timeline.divergence)}\n`);
    for (const met of arrival.met.filter((breakpoint) => breakpoints.all.includes(breakpoint))) {
      this.#tell(`breakpoint ${met.number}: ${met.text}\n`);
    }
    return this.#stopped(detailOf(arrival, (feature) => this.#features.has(feature)));
  }

  #stopped(detail: string): string {
    return stopReply(this.#inspection.registers, Signal.trap, detail);
  }

  #monitor(hex: string): Answer {
    const line = textOfHex(hex);
    if (line === undefined) return 'E16';
    const console = {
      tell: (text: string) => this.#tell(text),
      takesErrors: this.#features.has('error-message'),
    };
    const interrupted = () => {
      this.#tell(`interrupted at clock ${this.#debug.clock}\n`);
      return 'OK';
    };
    return { slices: monitor(this.#debug, line, console), interrupted, told: true, signs: 0 };
  }
}
