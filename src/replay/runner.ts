/** What drives a live machine, recorded or not: the recorder is one, `Unrecorded` the other. */
import type { Note } from '../core/device.js';
import type { Provider } from '../core/door.js';
import type { Machine } from '../core/machine.js';

/** Bytes of one input. */
export const MAX_INPUT = 1 << 16;

export interface Runner {
  readonly machine: Machine;
  /** Hears every note; must change nothing. */
  onNote: (note: Note, clock: number) => void;
  /** As `Machine.run`; `until` is finite. */
  run(until: number): boolean;
  /** Admits an input at the current boundary. */
  input(channel: string, data: Uint8Array): void;
}

/** The same machine without a trace. */
export class Unrecorded implements Runner {
  readonly machine: Machine;

  constructor(machine: Machine, provider: Provider) {
    this.machine = machine;
    machine.door.provider = provider;
  }

  get onNote(): Runner['onNote'] {
    return this.machine.onNote;
  }

  set onNote(listener: Runner['onNote']) {
    this.machine.onNote = listener;
  }

  run(until: number): boolean {
    return this.machine.run(until);
  }

  input(channel: string, data: Uint8Array): void {
    this.machine.deliver(channel, data);
  }
}
