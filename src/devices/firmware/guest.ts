/**
 * Racer, the guest kernel that comes with the project: a multiboot kernel for `--kernel`, with a race to
 * hunt. Its source is in guest/racer.asm.
 */
import { IMAGE, SYMBOLS } from './generated/racer.js';
import { decodeBase64 } from './image.js';

/** The kernel: a flat binary with a multiboot header that says where it belongs. */
export function guestImage(): Uint8Array {
  return decodeBase64(IMAGE);
}

/** Its labels: a line each, address in hex and name. */
export function guestSymbols(): string {
  return SYMBOLS;
}
