/**
 * Follows a script: a state machine that is told what the guest puts out and polled at fixed clocks, so
 * that the same guest gets the same inputs at the same clocks in every run.
 */
import type { Action } from '../controls.js';
import type { Pattern, Place, Script, Step } from './parse.js';

export type Status =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

/** Clocks between polls: 1 ms at 100 MHz. */
export const POLL_EVERY = 100_000;
/** Polls between looks at the screen, which cost more. */
const SCREEN_EVERY = 10;
/** How much of the serial output is kept for waits to search. */
const KEPT = 1 << 16;

export class ScriptRun {
  status: Status = { kind: 'running' };
  readonly #script: Script;
  readonly #clocksPerMs: number;
  readonly #never: { readonly pattern: Pattern; readonly on: Place }[] = [];
  #next = 0;
  #since = 0;
  #polls = 0;
  #serial = '';
  /** Where the next wait begins to search. */
  #read = 0;
  #screen = '';
  #changed = { serial: 0, screen: 0 };

  /** `hertz`: clocks a second. */
  constructor(script: Script, hertz: number) {
    this.#script = script;
    this.#clocksPerMs = hertz / 1000;
  }

  /** A byte the guest sent. */
  serial(byte: number, clock: number): void {
    this.#serial += String.fromCharCode(byte);
    this.#changed.serial = clock;
    if (this.#serial.length > 2 * KEPT) {
      const drop = this.#serial.length - KEPT;
      this.#serial = this.#serial.slice(drop);
      this.#read = Math.max(0, this.#read - drop);
    }
  }

  /** Goes as far as it can at this clock. `screen` gives the text on the screen. */
  poll(clock: number, screen: () => string): readonly Action[] {
    this.#look(clock, screen);
    this.#checkNever();
    const actions: Action[] = [];
    for (let step = this.#script[this.#next]; step; step = this.#script[this.#next]) {
      if (this.status.kind !== 'running' || !this.#try(step, clock, actions)) return actions;
      this.#next++;
      this.#since = clock;
    }
    if (this.status.kind === 'running') this.status = { kind: 'done' };
    return actions;
  }

  /** The guest has ended the run, as `outcome` says: what the script waited for, or too early. */
  ended(outcome: string): void {
    if (this.status.kind !== 'running') return;
    const step = this.#script[this.#next];
    if (!step || step.do === 'finish') this.status = { kind: 'done' };
    else this.#fail(`the run ended (${outcome})`);
  }

  /** Looks at the screen if any step from here on could care. */
  #look(clock: number, screen: () => string): void {
    const step = this.#script[this.#next];
    const waiting = step && 'on' in step && step.on === 'screen';
    if (!waiting && !this.#never.some((n) => n.on === 'screen')) return;
    if (this.#polls++ % SCREEN_EVERY !== 0) return;
    const text = screen();
    if (text !== this.#screen) this.#changed.screen = clock;
    this.#screen = text;
  }

  #checkNever(): void {
    for (const { pattern, on } of this.#never) {
      if (pattern.find(this.#text(on), 0) >= 0) this.#fail(`${pattern.source} appeared on ${on}`);
    }
  }

  #text(on: Place): string {
    return on === 'serial' ? this.#serial : this.#screen;
  }

  /** True if the step is done. */
  #try(step: Step, clock: number, actions: Action[]): boolean {
    const passed = (clock - this.#since) / this.#clocksPerMs;
    switch (step.do) {
      case 'wait':
        return this.#found(step) || this.#late(step, passed);
      case 'quiet':
        return this.#quiet(step, clock) || this.#late(step, passed);
      case 'finish':
        return this.#late(step, passed);
      case 'delay':
        return passed >= step.ms;
      case 'expect-not':
        this.#never.push(step);
        return true;
      default:
        actions.push(step);
        return true;
    }
  }

  #found(step: Step & { do: 'wait' }): boolean {
    const serial = step.on === 'serial';
    const end = step.pattern.find(this.#text(step.on), serial ? this.#read : 0);
    if (end >= 0 && serial) this.#read = end;
    return end >= 0;
  }

  #quiet(step: Step & { do: 'quiet' }, clock: number): boolean {
    const since = Math.max(this.#since, this.#changed[step.on]);
    return (clock - since) / this.#clocksPerMs >= step.ms;
  }

  #late(step: Step & { timeout: number }, passed: number): false {
    if (passed >= step.timeout) this.#fail(`gave up after ${step.timeout} ms of guest time`);
    return false;
  }

  #fail(what: string): void {
    const step = this.#script[this.#next];
    const place = step ? `step ${step.number} (${describe(step)})` : 'after its last step';
    const seen = this.#lastLine(step && 'on' in step ? step.on : 'serial');
    this.status = { kind: 'failed', message: `script, ${place}: ${what}; last line seen: ${seen}` };
  }

  #lastLine(on: Place): string {
    const lines = this.#text(on).split(/[\r\n]+/);
    return JSON.stringify(lines.findLast((line) => line.trim() !== '')?.trimEnd() ?? '');
  }
}

function describe(step: Step): string {
  switch (step.do) {
    case 'wait':
      return `wait for ${step.pattern.source} on ${step.on}`;
    case 'quiet':
      return `wait for quiet on ${step.on}`;
    case 'finish':
      return 'wait for the guest to end';
    default:
      return step.do;
  }
}
