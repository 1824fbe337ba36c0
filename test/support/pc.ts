/** The pc board for tests: with disks whose contents follow from a seed, and its state as one hash. */

import type { EngineName } from '../../src/core/cpu/ia32/cpu.js';
import type { Provider } from '../../src/core/door.js';
import type { Machine } from '../../src/core/machine.js';
import { buildPc } from '../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../src/devices/description.js';
import { StateHasher } from '../../src/replay/stateHash.js';
import { hex64 } from '../../src/replay/trace/hash.js';

export const SECTOR = 512;
export const DISK_SECTORS = 16 * 63 * 4;
export const FLOPPY_SECTORS = 2880;

export const PC: PcDescription = {
  board: 'pc',
  model: 'i686',
  memory: 2 << 20,
  clockMultiplier: 84,
  bootInstant: 1_767_225_600,
  seed: 1,
  disks: [{ sectors: DISK_SECTORS }],
  floppies: [{ sectors: FLOPPY_SECTORS }],
  boot: ['disk'],
  debugPorts: true,
};

/** Small random numbers that follow from a seed (G. Marsaglia, "Xorshift RNGs"). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b9) ^ 0x5bd1e995) | 0 || 1;
    for (let i = 0; i < 8; i++) this.u32();
  }

  u32(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(n: number): number {
    return Math.floor((this.u32() / 2 ** 32) * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** Every sector different, sector 0 of the first disk as given; entropy from a seed. */
export function seededProvider(seed: number, bootSector?: Uint8Array): Provider {
  return {
    pull(channel, request, length) {
      const random = new Random(seed ^ (request * 2 + channel.length * 0x10001));
      const out = Uint8Array.from({ length }, () => random.u32());
      if (channel === 'disk:0' && request === 0 && bootSector) out.set(bootSector);
      return out;
    },
  };
}

export interface PcOptions {
  readonly description?: Partial<PcDescription>;
  readonly blobs?: Blobs;
  readonly engine?: EngineName;
  readonly heat?: number;
  readonly provider?: Provider;
}

export function pcMachine(options: PcOptions = {}): Machine {
  const {
    description,
    blobs = new Map(),
    engine = 'interpreter',
    heat,
    provider = seededProvider(1),
  } = options;
  const machine = buildPc({ ...PC, ...description }, blobs, { engine, ...(heat && { heat }) });
  machine.door.provider = provider;
  return machine;
}

/** Clock, instructions and all state of a machine. `ready()` must have resolved. */
export function stateOf(machine: Machine): string {
  const { clock, retired } = machine.cpu;
  return `clock ${clock}, retired ${retired}, state ${hex64(new StateHasher(machine).hash())}`;
}
