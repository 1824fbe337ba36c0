/** A base image that tests can check by formula, and a count of what was pulled from it. */
import type { FakeBus } from './fakeBus.js';

export interface Pull {
  readonly channel: string;
  readonly request: number;
  readonly length: number;
}

/** Byte `i` of sector `lba` of the base image. */
export function baseByte(lba: number, i: number): number {
  return (lba * 7 + i * 13 + (i >>> 8) * 5) & 0xff;
}

export function baseSectors(lba: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count * 512 }, (_, i) => baseByte(lba + Math.floor(i / 512), i % 512));
}

/** Puts the formula behind every source channel of the bus; returns the growing list of pulls. */
export function serveBase(bus: FakeBus): Pull[] {
  const pulls: Pull[] = [];
  bus.door.provider = {
    pull(channel, request, length) {
      pulls.push({ channel, request, length });
      return baseSectors(request, length / 512);
    },
  };
  return pulls;
}
