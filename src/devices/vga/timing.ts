/**
 * Where the beam is: computed from the clock and the CRT controller's registers, never kept.
 *
 * Frames are counted from clock 0 as if the present timing had always been in force, so a change of mode
 * also moves the beam; a program cannot know where it would have been otherwise. After the IBM "PS/2
 * Hardware Interface Technical Reference, Video Subsystem". Left out: skew and delays of a few
 * characters, and the horizontal retrace, which no register shows.
 */
import type { Bus } from '../../core/device.js';
import { Rate } from '../../core/time.js';
import { Crtc, displayedLines, Sequencer, type VgaState, verticalValue } from './registers.js';

/** The two crystals, chosen by the miscellaneous output register's clock select; others do not exist. */
const CLOCK_25 = { num: 25_175_000, den: 1 };
const CLOCK_28 = { num: 28_322_000, den: 1 };

export interface Beam {
  /** Frames completed. */
  readonly frame: number;
  /** Scan line from the first displayed. */
  readonly line: number;
  /** Character clock from the first displayed. */
  readonly column: number;
}

export class Timing {
  readonly #bus: Bus;
  readonly #state: VgaState;
  readonly #rates: readonly [Rate, Rate];

  constructor(bus: Bus, state: VgaState) {
    this.#bus = bus;
    this.#state = state;
    this.#rates = [new Rate(CLOCK_25, bus.frequency), new Rate(CLOCK_28, bus.frequency)];
  }

  beam(): Beam {
    const s = this.#state;
    const rate = this.#rates[(s.miscellaneous >> 2) & 1]!;
    const characters = Math.floor(rate.ticks(this.#bus.now()) / dotsPerCharacter(s));
    const lines = Math.floor(characters / charactersPerLine(s));
    return {
      frame: Math.floor(lines / linesPerFrame(s)),
      line: lines % linesPerFrame(s),
      column: characters % charactersPerLine(s),
    };
  }

  /** Input status 1: bit 0 outside the displayed area, bit 3 during the vertical retrace. */
  status(): number {
    const s = this.#state;
    const { line, column } = this.beam();
    const displayed = line < displayedLines(s) * lineScale(s) && column <= s.crtc[Crtc.horizontalDisplayEnd]!;
    return (displayed ? 0 : 0x01) | (inVerticalRetrace(s, line) ? 0x08 : 0);
  }
}

/** Dots of a character clock, in ticks of the crystal. */
function dotsPerCharacter(s: VgaState): number {
  const clocking = s.sequencer[Sequencer.clockingMode]!;
  return characterWidth(s) * (clocking & 0x08 ? 2 : 1);
}

/** Dots of a character: nine or eight. */
export function characterWidth(s: VgaState): number {
  return s.sequencer[Sequencer.clockingMode]! & 0x01 ? 8 : 9;
}

function charactersPerLine(s: VgaState): number {
  return s.crtc[Crtc.horizontalTotal]! + 5;
}

/** Scan lines of one step of the vertical counter: two if every other retrace clocks it. */
export function lineScale(s: VgaState): number {
  return s.crtc[Crtc.mode]! & 0x04 ? 2 : 1;
}

function linesPerFrame(s: VgaState): number {
  return (verticalValue(s, Crtc.verticalTotal, 0, 5) + 2) * lineScale(s);
}

/** The retrace ends where the counter's low four bits equal the end register's. */
function inVerticalRetrace(s: VgaState, line: number): boolean {
  const start = verticalValue(s, Crtc.verticalRetraceStart, 2, 7);
  const length = (s.crtc[Crtc.verticalRetraceEnd]! - start) & 0x0f || 16;
  const count = Math.floor(line / lineScale(s));
  return count >= start && count < start + length;
}
