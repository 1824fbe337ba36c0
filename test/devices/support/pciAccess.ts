/** Configuration accesses by mechanism #1, as a guest makes them. */
import type { FakeBus } from './fakeBus.js';

export function pciRead(bus: FakeBus, device: number, fn: number, register: number, size = 4): number {
  bus.out(0xcf8, 0x80000000 + ((device << 11) | (fn << 8) | (register & 0xfc)), 4);
  return bus.in(0xcfc + (register & 3), size);
}

export function pciWrite(
  bus: FakeBus,
  device: number,
  fn: number,
  register: number,
  value: number,
  size = 4,
): void {
  bus.out(0xcf8, 0x80000000 + ((device << 11) | (fn << 8) | (register & 0xfc)), 4);
  bus.out(0xcfc + (register & 3), value, size);
}
