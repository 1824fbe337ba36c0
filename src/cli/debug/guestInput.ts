/** What a person does at the keyboard of a machine that runs under the debugger. */
import { buttonInput, keyInput, serialInput } from '../../replay/controls.js';
import type { GuestAction } from '../../tui/session.js';
import { terminalToKeys } from '../host/terminalKeys.js';
import type { Workbench } from './workbench.js';

export class GuestInput {
  readonly #bench: Workbench;

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  do(action: GuestAction): void {
    const bench = this.#bench;
    if (!bench.running) return;
    switch (action.do) {
      case 'type':
        return action.on === 'serial' ? this.#toSerial(action.text) : this.#toKeyboard(action.text);
      case 'press':
        return bench.press(buttonInput(action.button));
      case 'pause':
        return bench.pause();
      case 'end':
        return bench.end();
    }
  }

  #toSerial(text: string): void {
    this.#bench.press(serialInput(new TextEncoder().encode(text)));
  }

  #toKeyboard(text: string): void {
    this.#bench.press(keyInput(terminalToKeys(text)));
  }
}
