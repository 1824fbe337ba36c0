/**
 * What a machine's memory holds when it comes out of reset: firmware, the tables that firmware would
 * have built, a kernel loaded without a boot sector. Put there at every reset, so that a guest that
 * wrote over them can be started again.
 */
import type { Bus, Device } from '../core/device.js';
import { layout } from '../core/layout.js';

/** It keeps nothing: the pieces are part of the machine's construction. */
const MEMORY_IMAGE = layout('memory image', {});

export interface MemoryImageOptions {
  readonly name: string;
  readonly pieces: readonly { readonly address: number; readonly bytes: Uint8Array }[];
}

export class MemoryImage implements Device {
  readonly name: string;
  readonly state = MEMORY_IMAGE.create();
  readonly #bus: Bus;
  readonly #pieces: MemoryImageOptions['pieces'];

  constructor(bus: Bus, options: MemoryImageOptions) {
    this.name = options.name;
    this.#bus = bus;
    this.#pieces = options.pieces;
  }

  reset(): void {
    for (const { address, bytes } of this.#pieces) this.#bus.memory.load(address, bytes);
  }
}
