/**
 * The user's terminal as a live console: raw keys in, with an escape key of its own. Ctrl-A and then
 * x ends the run, p presses the power button, r the reset button, s switches between serial line and
 * screen, h helps, Ctrl-A (or a) sends Ctrl-A itself.
 */
import { buttonInput, type ChannelInput, keyInput, serialInput } from '../../replay/controls.js';
import type { Host } from './host.js';
import { terminalToKeys } from './terminalKeys.js';

export type View = 'serial' | 'screen';

const ESCAPE = 0x01;
const HELP =
  '\r\nCtrl-A x  end the run      Ctrl-A p  power button      Ctrl-A r  reset button\r\n' +
  'Ctrl-A s  serial/screen    Ctrl-A a  send Ctrl-A       Ctrl-A h  this help\r\n';

export class Terminal {
  view: View;
  /** The user asked for the end of the run. */
  ended = false;
  /** Called when there is something to do before the next slice. */
  onActivity: () => void = () => {};
  readonly #host: Host;
  readonly #raw: boolean;
  #waiting: ChannelInput[] = [];
  #escaped = false;
  readonly #onData = (bytes: Uint8Array) => this.#receive(bytes);

  constructor(host: Host, view: View) {
    this.#host = host;
    this.view = view;
    this.#raw = host.stdin.isTTY === true;
    if (this.#raw) host.stdin.setRawMode?.(true);
    host.stdin.on('data', this.#onData);
    host.stdin.resume();
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#host.stdin.off('data', this.#onData);
    if (this.#raw) this.#host.stdin.setRawMode?.(false);
    this.#host.stdin.pause();
    this.#host.stdin.unref?.();
  }

  /** What the user did since the last time. */
  take(): ChannelInput[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  #receive(bytes: Uint8Array): void {
    if (!this.#raw) this.#send(bytes);
    else {
      let from = 0;
      for (const [i, byte] of bytes.entries()) {
        if (!this.#escaped && byte !== ESCAPE) continue;
        if (i > from) this.#send(bytes.subarray(from, i));
        from = i + 1;
        if (this.#escaped) this.#command(byte);
        this.#escaped = !this.#escaped;
      }
      if (from < bytes.length) this.#send(bytes.subarray(from));
    }
    this.onActivity();
  }

  #send(bytes: Uint8Array): void {
    if (this.view === 'serial') this.#waiting.push(serialInput(bytes.slice()));
    else this.#waiting.push(keyInput(terminalToKeys(new TextDecoder().decode(bytes))));
  }

  #command(byte: number): void {
    switch (String.fromCharCode(byte)) {
      case 'x':
        this.ended = true;
        break;
      case 'p':
        this.#waiting.push(buttonInput('off'));
        break;
      case 'r':
        this.#waiting.push(buttonInput('reset'));
        break;
      case 's':
        this.view = this.view === 'serial' ? 'screen' : 'serial';
        break;
      case 'a':
      case '\x01':
        this.#send(Uint8Array.of(ESCAPE));
        break;
      default:
        this.#host.stderr.write(HELP);
    }
  }
}
