/** How a trace's machine is built again: one builder for each kind of board, given by the program. */
import type { Machine } from '../core/machine.js';
import type { Blobs } from '../devices/description.js';
import { TraceError } from './trace/format.js';
import type { Description } from './trace/records.js';

/** Builds a machine at power-on, clock 0. */
export type Build = (description: Description, blobs: Blobs) => Machine;

/** Builders by `description.board`. */
export type Boards = Readonly<Record<string, Build>>;

export function buildFrom(boards: Boards, description: Description, blobs: Blobs): Machine {
  const build = Object.hasOwn(boards, description.board) ? boards[description.board] : undefined;
  if (!build) throw new TraceError('foreign', `this program has no board called ${description.board}`);
  return build(description, blobs);
}
