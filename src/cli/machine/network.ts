/** `--net`: what is at the other end of the guest's network cable, and how its frames come into a live run. */
import { InvalidArgumentError } from 'commander';
import { Rate } from '../../core/time.js';
import { frameInput, isFrameSent } from '../../replay/controls.js';
import type { Runner } from '../../replay/runner.js';
import { type UdpEnds, UdpWire, udpEnds, type Wire } from '../host/udpWire.js';

/** A machine has an adapter if there is one of these; `none`: with nobody at the other end. */
export type NetworkOption = 'none' | UdpEnds;

export function networkOption(text: string): NetworkOption {
  if (text === 'none') return text;
  const [, ends] = /^udp:(.*)$/.exec(text) ?? [];
  if (ends === undefined) {
    throw new InvalidArgumentError('It is none or udp:LOCALPORT:REMOTEPORT.');
  }
  return udpEnds(ends);
}

export async function openWire(option: NetworkOption | undefined): Promise<Wire | undefined> {
  return option === undefined || option === 'none' ? undefined : await UdpWire.open(option);
}

const BITS_A_SECOND = 10_000_000;
/** Preamble, frame check sequence, and the gap to the next frame (IEEE 802.3: 8, 4 and 12 bytes). */
const AROUND = 24;

/** Between a wire and a runner: frames are admitted one at a time, as fast as 10 Mbit/s bring them. */
export class NetworkFeed {
  readonly #runner: Runner;
  readonly #wire: Wire;
  readonly #bits: Rate;
  /** The clock at which the last frame has left the wire to the guest. */
  #free = 0;

  constructor(runner: Runner, wire: Wire) {
    this.#runner = runner;
    this.#wire = wire;
    this.#bits = new Rate({ num: BITS_A_SECOND, den: 1 }, runner.machine.frequency);
    const heard = runner.onNote;
    runner.onNote = (note, clock) => {
      heard(note, clock);
      if (isFrameSent(note)) wire.send(note.data);
    };
  }

  /** The clock at which the next frame can be admitted, if one waits. */
  get due(): number {
    return this.#wire.waiting ? this.#free : Number.POSITIVE_INFINITY;
  }

  /** Admits a frame at the current boundary if one is due. */
  admit(): void {
    const { clock } = this.#runner.machine.cpu;
    const frame = clock >= this.due ? this.#wire.take() : undefined;
    if (!frame) return;
    const { channel, data } = frameInput(frame);
    this.#runner.input(channel, data);
    this.#free = this.#bits.clockOf(this.#bits.ticks(clock) + 8 * (AROUND + frame.length));
  }
}
