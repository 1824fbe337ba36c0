/**
 * Firmware images out of their generated modules (scripts/build-firmware.ts). Devices may not read files,
 * so the modules hold the images in base64 (RFC 4648, section 4).
 */
import { BIOS_SIZE, RSDP_OFFSET, RSDP_ROOM } from './biosLayout.js';
import { IMAGE, SYMBOLS } from './generated/bios.js';
import { IMAGE as XT_IMAGE, SYMBOLS as XT_SYMBOLS } from './generated/xtBios.js';

/** Images as they stand in generated modules. */
export function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** The BIOS, to be loaded at F0000h, with the ACPI root pointer in the room it keeps for it. */
export function biosImage(rsdp: Uint8Array = new Uint8Array(0)): Uint8Array {
  if (rsdp.length > RSDP_ROOM) throw new RangeError('the ACPI root pointer has at most 36 bytes');
  const image = decodeBase64(IMAGE);
  if (image.length !== BIOS_SIZE) throw new RangeError(`a BIOS of ${image.length} bytes`);
  image.set(rsdp, RSDP_OFFSET);
  return image;
}

/** The xt board's BIOS, to be loaded at F0000h. */
export function xtBiosImage(): Uint8Array {
  return decodeBase64(XT_IMAGE);
}

/** The BIOS's labels: a line each, offset in segment F000h in hex and name. */
export function biosSymbols(): string {
  return SYMBOLS;
}

/** The same of the xt board's BIOS. */
export function xtBiosSymbols(): string {
  return XT_SYMBOLS;
}
