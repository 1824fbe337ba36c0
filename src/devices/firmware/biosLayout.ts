/**
 * What the BIOS (bios/bios.asm) and the TypeScript around it agree on: places in its image, the codes of
 * its boot order, the mailbox of a kernel in memory, and which memory POST uses for itself.
 */

export const BIOS_ADDRESS = 0xf0000;
export const BIOS_SIZE = 0x10000;

/** The ACPI root pointer's place in the image (`rsdp_slot`). */
export const RSDP_OFFSET = 0x20;
export const RSDP_ROOM = 36;

/** Codes in CMOS 3Dh (boot.asm): the first device in the low nibble, the second in the high one. */
export const BootCode = { none: 0, floppy: 1, disk: 2, kernel: 15 } as const;

/**
 * Memory that is not POST's: from the end of its stack and the boot sector's place to the mailbox. Kernels
 * loaded before the start may use it, and all above 1 MiB.
 */
export const LOW_MEMORY = { from: 0x8000, to: 0x9f800 } as const;

/** Where kernel_entry.asm finds the start state. */
export const MAILBOX_ADDRESS = 0x9f800;
const MAILBOX_MAGIC = 0x36385752; // "RW86"

/** Bytes for an address in memory. */
export interface MemoryPiece {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Registers with which a kernel starts; the others are 0, segments flat, interrupts off. */
export interface StartState {
  readonly eip: number;
  readonly esp: number;
  readonly eax: number;
  readonly ebx: number;
  readonly esi: number;
}

/** A kernel ready to be put into memory; the mailbox is one of the pieces. */
export interface LoadedKernel {
  readonly pieces: readonly MemoryPiece[];
  readonly start: StartState;
}

/** The mailbox: magic, EIP, ESP, EAX, EBX, ESI, 4 bytes each. */
export function mailbox(start: StartState): MemoryPiece {
  const words = [MAILBOX_MAGIC, start.eip, start.esp, start.eax, start.ebx, start.esi];
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return { address: MAILBOX_ADDRESS, bytes: new Uint8Array(view.buffer) };
}
