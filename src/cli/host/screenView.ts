/** A text screen on a terminal: what changed is drawn anew, at most 30 times a second, on the alternate screen. */
import type { Machine } from '../../core/machine.js';
import { AnsiScreen } from '../../replay/export/ansiScreen.js';
import { screenOf } from '../../replay/guest/screen.js';
import { type Host, useColour } from './host.js';

const FRAME_MS = 1000 / 30;
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?1049l';

export class ScreenView {
  readonly #host: Host;
  readonly #screen: AnsiScreen;
  #last = 0;
  #open = false;

  constructor(host: Host) {
    this.#host = host;
    this.#screen = new AnsiScreen({ colour: useColour(host) });
  }

  /** Draws what changed, if the last time is long enough ago. */
  draw(machine: Machine, now: number): void {
    if (now - this.#last < FRAME_MS) return;
    this.#last = now;
    const change = this.#screen.draw(screenOf(machine));
    if (change === '') return;
    this.#host.stdout.write(this.#open ? change : ENTER + change);
    this.#open = true;
  }

  /** Gives the terminal's own screen back. */
  close(): void {
    if (this.#open) this.#host.stdout.write(LEAVE);
    this.#open = false;
    this.#screen.forget();
  }
}
