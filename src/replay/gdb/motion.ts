/**
 * Moves as gdb asks for them, with packets vCont, c, s, bc and bs (GDB manual, appendix E.2). They stop at what gdb
 * has inserted, and at the breakpoints that were set with monitor commands.
 *
 * Left out: signals, which a machine has no use for, and resuming elsewhere, which would change the run.
 */
import type { Machine } from '../../core/machine.js';
import { arm, type Breakpoint } from '../debug/breakpoints.js';
import type { Arrival, Debugger, Direction, Move } from '../debug/debugger.js';
import type { Hit } from '../timeline/stops.js';
import { numbersOf } from './hex.js';
import type { StopPoints } from './stopPoints.js';

/** What gdb may ask with vCont, for its `vCont?`. */
export const VCONT_ACTIONS = 'vCont;c;C;s;S;r';

export class Motion {
  readonly #debug: Debugger;
  readonly #points: StopPoints;

  constructor(debug: Debugger, points: StopPoints) {
    this.#debug = debug;
    this.#points = points;
  }

  /** The move that a packet asks for; a text is the answer to one that cannot be made. */
  of(packet: string): Move | string | undefined {
    if (packet === 'bc') return this.#run('back');
    if (packet === 'bs') return this.#step('back');
    if (packet.startsWith('vCont;')) return this.#action(actionFor(packet.slice(6)));
    if (!/^[cCsS]/.test(packet)) return undefined;
    const elsewhere = /^[cs](.+)|^[CS][^;]*;(.+)/.test(packet);
    if (elsewhere) return 'E.a recorded run cannot be resumed elsewhere; see rewind86 branch';
    return this.#action(packet[0]!);
  }

  #action(action: string | undefined): Move | undefined {
    switch (action?.[0]?.toLowerCase()) {
      case 'c':
        return this.#run('forward');
      case 's':
        return this.#step('forward');
      case 'r': {
        const [start, end] = numbersOf(action!.slice(1), 2) ?? [];
        return end === undefined ? undefined : this.#through(start!, end);
      }
    }
    return undefined;
  }

  /** Whatever a move may stop at: gdb's own, and those of monitor commands. */
  get #stoppers(): readonly Breakpoint[] {
    return [...this.#points.all, ...this.#debug.breakpoints.enabled];
  }

  *#run(direction: Direction): Move {
    return yield* this.#debug.runTo(direction, this.#stoppers);
  }

  /** Tells which watchpoints were met: gdb does not compare their values by itself. */
  *#step(direction: Direction): Move {
    const { watches } = this.#points;
    if (watches.length === 0) return this.#debug.step(direction);
    const { stops, met } = arm(watches, this.#debug.machine);
    const arrival = yield* this.#debug.find(direction, { ...stops, everywhere: true });
    return this.#met(arrival, met(arrival.hits));
  }

  #met(arrival: Arrival, met: readonly Breakpoint[]): Arrival {
    return met.length === 0 ? arrival : { ...arrival, reason: 'breakpoint', met };
  }

  /** Runs while it is between two addresses: a line of source takes one packet, not one an instruction. */
  *#through(start: number, end: number): Move {
    const debug = this.#debug;
    const { stops, met } = arm(this.#stoppers, debug.machine);
    const hasLeft = () => debug.pc < start || debug.pc >= end;
    const condition = (_: Machine, hits: readonly Hit[]) => hits.length > 0 || hasLeft();
    const arrival = yield* debug.find('forward', { ...stops, everywhere: true, condition });
    return this.#met(arrival, met(arrival.hits));
  }
}

/** The first action that is meant for the only thread, of `action:thread;action`. */
function actionFor(actions: string): string | undefined {
  return actions
    .split(';')
    .map((text) => text.split(':'))
    .find(([, thread]) => thread === undefined || /^(-1|0|1|p1\.(-1|0|1))$/.test(thread))?.[0];
}
