/** The boards this program can build, and the firmware that comes with it. */

import { buildAcpi } from '../../devices/acpiTables.js';
import { buildPc } from '../../devices/boards/pc.js';
import { biosImage } from '../../devices/firmware/image.js';
import type { Boards } from '../../replay/boards.js';
import type { Engine } from '../host/host.js';
import { pcFrom } from './pcDescription.js';

export function boards(engine: Engine): Boards {
  return { pc: (description, blobs) => buildPc(pcFrom(description), blobs, { engine }) };
}

/** The BIOS for a machine of `memory` bytes, which tells the operating system where its ACPI tables are. */
export function firmware(memory: number): Uint8Array {
  return biosImage(buildAcpi(memory).rsdp);
}
