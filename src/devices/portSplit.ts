/**
 * Port accesses wider than a byte-wide chip: the bus splits them into byte cycles at consecutive ports,
 * lowest first (8086 Family User's Manual, "bus interface unit"; the ISA bus does the same).
 */
import type { PortHandler } from '../core/device.js';

/**
 * A handler for a chip with byte registers only. `read` and `write` see one byte at a time; ports after
 * the last of the chip's own read FFh and ignore writes, if `owns` says so.
 */
export function bytePorts(
  read: (port: number) => number,
  write: (port: number, value: number) => void,
  owns: (port: number) => boolean = () => true,
): PortHandler {
  return {
    read(port, size) {
      let value = 0;
      for (let i = 0; i < size; i++) {
        const byte = owns(port + i) ? read(port + i) & 0xff : 0xff;
        value |= byte << (8 * i);
      }
      return value >>> 0;
    },
    write(port, value, size) {
      for (let i = 0; i < size; i++) {
        if (owns(port + i)) write(port + i, (value >>> (8 * i)) & 0xff);
      }
    },
  };
}

/** `owns` for a chip at `count` ports from `first`. */
export function portRange(first: number, count: number): (port: number) => boolean {
  return (port) => port >= first && port < first + count;
}
