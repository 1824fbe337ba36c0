import { describe, expect, it } from 'vitest';
import { PageKind } from '../../src/core/memory.js';
import { I440Fx } from '../../src/devices/i440fx.js';
import { PciBus } from '../../src/devices/pci.js';
import { Piix3 } from '../../src/devices/piix3.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';
import { pciRead, pciWrite } from './support/pciAccess.js';

function board(bus: FakeBus, irq: (irq: number, level: boolean) => void) {
  const host = new I440Fx(bus, { name: 'i440fx' });
  const irqs = Array.from({ length: 16 }, (_, i) => (level: boolean) => irq(i, level));
  const isa = new Piix3(bus, { name: 'piix3', irqs });
  const pci = new PciBus(bus, { name: 'pci', resetControl: isa.resetControl });
  pci.attach(0, 0, host);
  pci.attach(1, 0, isa);
  return { host, isa, pci };
}

function build() {
  const bus = new FakeBus();
  const levels = new Array<boolean>(16).fill(false);
  const devices = board(bus, (irq, level) => {
    levels[irq] = level;
  });
  for (const d of [devices.host, devices.isa, devices.pci]) d.reset();
  return { bus, levels, ...devices };
}

describe('PCI configuration mechanism #1', () => {
  it('finds the bridges and nothing else', () => {
    const { bus } = build();
    expect(pciRead(bus, 0, 0, 0)).toBe(0x12378086);
    expect(pciRead(bus, 1, 0, 0)).toBe(0x70008086);
    expect(pciRead(bus, 0, 0, 8) >>> 8).toBe(0x060000);
    expect(pciRead(bus, 1, 0, 8) >>> 8).toBe(0x060100);
    expect(pciRead(bus, 1, 0, 0x0e, 1)).toBe(0x80);
    expect(pciRead(bus, 2, 0, 0)).toBe(0xffffffff);
    expect(pciRead(bus, 1, 1, 0, 2)).toBe(0xffff);
  });

  it('reads bytes and words of the register addressed', () => {
    const { bus } = build();
    expect(pciRead(bus, 1, 0, 2, 2)).toBe(0x7000);
    expect(pciRead(bus, 1, 0, 1, 1)).toBe(0x80);
  });

  it('answers only enabled cycles to bus 0, and only double words at CF8h', () => {
    const { bus } = build();
    bus.out(0xcf8, 0, 4);
    expect(bus.in(0xcfc, 4)).toBe(0xffffffff);
    bus.out(0xcf8, 0x80010000, 4);
    expect(bus.in(0xcfc, 4)).toBe(0xffffffff);
    bus.out(0xcf8, 0x80000007, 4);
    expect(bus.in(0xcf8, 4)).toBe(0x80000004);
    bus.out(0xcf8, 0x55, 1);
    bus.out(0xcf8, 0x5555, 2);
    expect(bus.in(0xcf8, 4)).toBe(0x80000004);
    expect(bus.in(0xcf8, 1)).toBe(0xff);
  });

  it('keeps read-only bits', () => {
    const { bus } = build();
    pciWrite(bus, 0, 0, 0, 0);
    pciWrite(bus, 1, 0, 0x60, 0xffffffff);
    expect(pciRead(bus, 0, 0, 0)).toBe(0x12378086);
    expect(pciRead(bus, 1, 0, 0x60)).toBe(0x8f8f8f8f);
  });
});

describe('440FX PAM', () => {
  it('makes each range RAM or ROM by its write-enable bit', () => {
    const { bus } = build();
    const kind = (address: number) => bus.memory.kind[address >>> 12];
    expect([kind(0xc0000), kind(0xfffff)]).toEqual([PageKind.rom, PageKind.rom]);
    pciWrite(bus, 0, 0, 0x59, 0x30, 1);
    expect([kind(0xeffff), kind(0xf0000), kind(0xfffff)]).toEqual([PageKind.rom, PageKind.ram, PageKind.ram]);
    pciWrite(bus, 0, 0, 0x5a, 0x20, 1);
    expect([kind(0xc3fff), kind(0xc4000), kind(0xc7fff), kind(0xc8000)]).toEqual([
      PageKind.rom,
      PageKind.ram,
      PageKind.ram,
      PageKind.rom,
    ]);
    pciWrite(bus, 0, 0, 0x5c, 0x33330000 + 0x3333, 4);
    expect([kind(0xcffff), kind(0xd0000), kind(0xeffff)]).toEqual([PageKind.rom, PageKind.ram, PageKind.ram]);
    pciWrite(bus, 0, 0, 0x59, 0x10, 1);
    bus.memory.write(0xf0000, 0x77, 1);
    expect(bus.memory.read(0xf0000, 1)).toBe(0);
  });
});

describe('PIIX3', () => {
  it('routes PIRQs, shared by several devices and by one IRQ', () => {
    const { bus, isa, levels } = build();
    const a = isa.interrupt(1, 1);
    const a2 = isa.interrupt(5, 1);
    const b = isa.interrupt(2, 1);
    a(true);
    expect(levels.some(Boolean)).toBe(false);
    pciWrite(bus, 1, 0, 0x60, 0x80800b0b);
    expect(levels[11]).toBe(true);
    a2(true);
    b(true);
    a(false);
    b(false);
    expect(levels[11]).toBe(true);
    a2(false);
    expect(levels[11]).toBe(false);
  });

  it('moves a pending interrupt with its route, and refuses reserved IRQs', () => {
    const { bus, isa, levels } = build();
    isa.interrupt(3, 1)(true); // PIRQC
    pciWrite(bus, 1, 0, 0x62, 5, 1);
    expect(levels.indexOf(true)).toBe(5);
    pciWrite(bus, 1, 0, 0x62, 10, 1);
    expect([levels[5], levels[10]]).toEqual([false, true]);
    for (const reserved of [0, 1, 2, 8, 13]) {
      pciWrite(bus, 1, 0, 0x62, reserved, 1);
      expect(levels.some(Boolean)).toBe(false);
    }
  });

  it('resets the machine when CF9h bit 2 rises', () => {
    const { bus } = build();
    bus.out(0xcf9, 2);
    expect(bus.requests).toEqual([]);
    bus.out(0xcf9, 6);
    bus.out(0xcf9, 6);
    expect(bus.requests).toEqual([{ kind: 'reset' }]);
    expect(bus.in(0xcf9)).toBe(6);
  });
});

const addresses = [0x80000058, 0x8000005c, 0x80000860, 0x80000004, 0x80000804];
deviceLaws(
  'PCI bus and bridges',
  (bus, wire) => {
    const { pci, isa, host } = board(bus, (irq, level) => wire(`irq${irq}`)(level));
    isa.interrupt(1, 1);
    return [pci, isa, host];
  },
  { values: { [0xcf8]: addresses, [0xcfc]: [0x0b, 0x33, 0x80] } },
);
