/** Display memory that is bytes and nothing else, seen as often as its window has room. */
import type { Bus } from '../../core/device.js';

/** Maps `memory`, a power of two of bytes, over `length` bytes from `address`. */
export function mapBytes(bus: Bus, address: number, length: number, memory: Uint8Array): void {
  const mask = memory.length - 1;
  bus.memory.mapMmio(address, length, {
    read(at, size) {
      let value = 0;
      for (let i = 0; i < size; i++) value |= memory[(at + i) & mask]! << (8 * i);
      return value >>> 0;
    },
    write(at, value, size) {
      for (let i = 0; i < size; i++) memory[(at + i) & mask] = value >>> (8 * i);
    },
  });
}
