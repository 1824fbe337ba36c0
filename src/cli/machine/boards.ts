/** The boards this program can build, and the firmware that comes with it. */

import { buildPc } from '../../devices/boards/pc.js';
import type { PcDescription } from '../../devices/description.js';
import type { Boards } from '../../replay/boards.js';
import type { Engine } from '../host/host.js';

export function boards(engine: Engine): Boards {
  return { pc: (description, blobs) => buildPc(description as unknown as PcDescription, blobs, { engine }) };
}

/** Undefined: the board brings its own. */
export function firmware(): Uint8Array | undefined {
  return undefined;
}
