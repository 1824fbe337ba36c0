/**
 * The event schedule. Every timer a device can have is declared when the machine is built; its state is
 * a due clock and an argument. Pending events are totally ordered by (clock, order of declaration), so
 * the schedule needs no queue, and equal schedules have equal bytes.
 */
import { layout } from './layout.js';

const CAPACITY = 64;

const SCHEDULE = layout('schedule', {
  /** Clock at which each timer is due; Infinity while idle. */
  at: ['f64', CAPACITY],
  arg: ['u32', CAPACITY],
});

/** A device's handle on one of its events. */
export interface Timer {
  /** Fires at the first instruction boundary at or after `clock`; replaces an earlier setting. */
  set(clock: number, arg?: number): void;
  cancel(): void;
  /** Due clock, or Infinity. */
  readonly due: number;
}

interface Declared {
  readonly device: string;
  readonly event: string;
  readonly fire: (arg: number) => void;
}

export class Schedule {
  readonly state = SCHEDULE.create();
  readonly #declared: Declared[] = [];
  #next = Number.POSITIVE_INFINITY;

  constructor() {
    this.state.at.fill(Number.POSITIVE_INFINITY);
  }

  /** Declares a timer. Must be called while the machine is built, in a fixed order. */
  timer(device: string, event: string, fire: (arg: number) => void): Timer {
    const slot = this.#declared.length;
    if (slot >= CAPACITY) throw new RangeError(`more than ${CAPACITY} timers declared`);
    this.#declared.push({ device, event, fire });
    const { at, arg: args } = this.state;
    const refresh = () => this.refresh();
    return {
      set: (clock, arg = 0) => {
        at[slot] = clock;
        args[slot] = arg;
        refresh();
      },
      cancel: () => {
        at[slot] = Number.POSITIVE_INFINITY;
        args[slot] = 0;
        refresh();
      },
      get due() {
        return at[slot]!;
      },
    };
  }

  /** The earliest due clock, or Infinity. */
  get next(): number {
    return this.#next;
  }

  /** Recomputes what is derived from the state; call after loading it. */
  refresh(): void {
    let next = Number.POSITIVE_INFINITY;
    const { at } = this.state;
    for (let i = 0; i < this.#declared.length; i++) if (at[i]! < next) next = at[i]!;
    this.#next = next;
  }

  /** Fires everything due at or before `now`, in order. */
  fireDue(now: number): void {
    while (this.#next <= now) {
      const slot = this.state.at.indexOf(this.#next);
      const arg = this.state.arg[slot]!;
      this.state.at[slot] = Number.POSITIVE_INFINITY;
      this.state.arg[slot] = 0;
      this.refresh();
      this.#declared[slot]!.fire(arg);
    }
  }

  /** `device.event` and due clock of each pending event, in order of firing. */
  pending(): { readonly name: string; readonly at: number; readonly arg: number }[] {
    return this.#declared
      .map((d, i) => ({ name: `${d.device}.${d.event}`, at: this.state.at[i]!, arg: this.state.arg[i]! }))
      .filter((e) => e.at !== Number.POSITIVE_INFINITY)
      .sort((a, b) => a.at - b.at);
  }
}
