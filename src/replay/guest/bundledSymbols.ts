/**
 * The symbols of the programs that come with the project, for traces that hold them: the guest's under their
 * own names, the BIOS's with `bios.` before them.
 */
import { BIOS_ADDRESS, BIOS_SIZE, RSDP_OFFSET, RSDP_ROOM } from '../../devices/firmware/biosLayout.js';
import { guestImage, guestSymbols } from '../../devices/firmware/guest.js';
import { biosImage, biosSymbols, xtBiosImage, xtBiosSymbols } from '../../devices/firmware/image.js';
import type { Trace } from '../trace/reader.js';
import { type GuestSymbol, readSymbols, Symbols } from './symbols.js';

export function bundledSymbols(trace: Trace): Symbols {
  const { kernel, bios } = trace.manifest.description;
  const blobs = trace.blobs();
  const guest = blobs.get((kernel as { image?: string } | undefined)?.image ?? '');
  const isGuest = guest !== undefined && equal(guest, guestImage());
  const firmware = blobs.get(typeof bios === 'string' ? bios : '');
  const own = firmware && biosLabels(firmware);
  return new Symbols([
    ...(isGuest ? labels(guestSymbols(), 0, '') : []),
    ...(own ? labels(own, BIOS_ADDRESS, 'bios.') : []),
  ]);
}

function biosLabels(image: Uint8Array): string | undefined {
  if (image.length !== BIOS_SIZE) return undefined;
  const rsdp = image.subarray(RSDP_OFFSET, RSDP_OFFSET + RSDP_ROOM);
  if (equal(image, biosImage(rsdp))) return biosSymbols();
  return equal(image, xtBiosImage()) ? xtBiosSymbols() : undefined;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function labels(lines: string, base: number, prefix: string): GuestSymbol[] {
  return [...readSymbols(new TextEncoder().encode(lines))].map((symbol) => {
    return { ...symbol, name: prefix + symbol.name, address: base + symbol.address };
  });
}
