/** A runner under the control of a script. */
import { inputOf, isConsoleByte } from '../controls.js';
import { screenLines } from '../guest/screen.js';
import { outcomeText } from '../replayer.js';
import type { Runner } from '../runner.js';
import type { Script } from './parse.js';
import { POLL_EVERY, ScriptRun, type Status } from './run.js';

export class Scripted {
  readonly #runner: Runner;
  readonly #script: ScriptRun;

  constructor(runner: Runner, script: Script) {
    this.#runner = runner;
    const { num, den } = runner.machine.frequency;
    this.#script = new ScriptRun(script, num / den);
    const heard = runner.onNote;
    runner.onNote = (note, clock) => {
      heard(note, clock);
      if (isConsoleByte(note)) this.#script.serial(note.a, clock);
    };
  }

  get status(): Status {
    return this.#script.status;
  }

  /** Runs to the next poll, or to `limit`, and does what the script says there. */
  advance(limit: number): void {
    const { machine } = this.#runner;
    const poll = (Math.floor(machine.cpu.clock / POLL_EVERY) + 1) * POLL_EVERY;
    this.#runner.run(Math.min(poll, limit));
    const { clock } = machine.cpu;
    if (machine.outcome) this.#script.ended(outcomeText(machine.outcome));
    if (machine.outcome || clock < poll) return;
    const actions = this.#script.poll(clock, () => screenLines(machine).join('\n'));
    for (const action of actions) {
      const { channel, data } = inputOf(action);
      this.#runner.input(channel, data);
    }
  }
}
