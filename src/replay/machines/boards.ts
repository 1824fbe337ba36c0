/** The boards this program can build, and the firmware that comes with it. */

import type { EngineName } from '../../core/cpu/ia32/cpu.js';
import { buildAcpi } from '../../devices/acpiTables.js';
import { buildPc } from '../../devices/boards/pc.js';
import { buildXt } from '../../devices/boards/xt.js';
import { biosImage, xtBiosImage } from '../../devices/firmware/image.js';
import type { Boards } from '../boards.js';
import { pcFrom, xtFrom } from './descriptions.js';

export function boards(engine: EngineName): Boards {
  return {
    pc: (description, blobs) => buildPc(pcFrom(description), blobs, { engine }),
    xt: (description, blobs) => buildXt(xtFrom(description), blobs),
  };
}

/** The BIOS for a machine of `memory` bytes; a PC's tells the operating system where its ACPI tables are. */
export function firmware(board: 'pc' | 'xt', memory: number): Uint8Array {
  return board === 'xt' ? xtBiosImage() : biosImage(buildAcpi(memory).rsdp);
}
