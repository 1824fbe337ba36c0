/** What gdb is told when a move has ended: stop reply packets (GDB manual, appendix E.3). */
import type { Arrival } from '../debug/debugger.js';
import { hexOf } from './hex.js';
import { bytesOf, EXPEDITED, type GdbRegister } from './registers.js';
import type { StopPoint } from './stopPoints.js';

/** Signals by gdb's numbers. */
export const Signal = { interrupt: 2, trap: 5 } as const;
type SignalNumber = (typeof Signal)[keyof typeof Signal];

/** The only thread there is. */
export const THREAD = 1;

/** `detail`: pairs of what has stopped it, each with a semicolon behind. */
export function stopReply(registers: readonly GdbRegister[], signal: SignalNumber, detail = ''): string {
  const expedited = Object.values(EXPEDITED).map((n) => {
    return `${n.toString(16).padStart(2, '0')}:${hexOf(bytesOf(registers[n]!)!)};`;
  });
  return `T${signal.toString(16).padStart(2, '0')}thread:${THREAD};${expedited.join('')}${detail}`;
}

/** `known`: whether gdb has said that it understands a reason. */
export function detailOf({ reason, met }: Arrival, known: (reason: string) => boolean): string {
  if (reason === 'beginning') return 'replaylog:begin;';
  if (reason === 'end' || reason === 'diverged') return 'replaylog:end;';
  const points = met.filter((breakpoint): breakpoint is StopPoint => 'kind' in breakpoint);
  const watch = points.find(({ target }) => target.kind === 'watch');
  if (watch) return `${watch.kind}:${watch.address.toString(16)};`;
  const point = points.find(({ kind }) => known(kind));
  return point ? `${point.kind}:;` : '';
}
