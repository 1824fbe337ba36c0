import { describe, expect, it } from 'vitest';
import { AcpiPm } from '../../src/devices/acpiPm.js';
import { AtaChannel } from '../../src/devices/ata.js';
import { PciSetup, plannedIrq } from '../../src/devices/pciSetup.js';
import { Piix3 } from '../../src/devices/piix3.js';
import { PiixIde } from '../../src/devices/piixIde.js';
import { FakeBus } from './support/fakeBus.js';

describe('what firmware leaves on PCI', () => {
  it('places and enables the functions, and routes interrupts where the plan says', () => {
    const bus = new FakeBus();
    const levels = new Set<number>();
    const irqs = Array.from({ length: 16 }, (_, i) => (level: boolean) => {
      if (level) levels.add(i);
      else levels.delete(i);
    });
    const isa = new Piix3(bus, { name: 'piix3', irqs });
    const channel = (name: string, command: number, control: number) =>
      new AtaChannel(bus, { name, ports: { command, control }, irq: () => {}, units: [] });
    const ide = new PiixIde(bus, {
      name: 'ide',
      channels: [channel('ata0', 0x1f0, 0x3f6), channel('ata1', 0x170, 0x376)],
    });
    const pm = new AcpiPm(bus, { name: 'pm', sci: () => {} });
    let edgeLevel = 0;
    const setup = new PciSetup({ name: 'setup', isa, ide, pm, levelTriggered: (mask) => (edgeLevel = mask) });
    const int = isa.interrupt(3, 1);
    for (const d of [isa, ide, pm, setup]) d.reset();
    expect(bus.in(0xc002)).toBe(0);
    expect(bus.in(0x604, 2)).toBe(0);
    int(true);
    expect([...levels]).toEqual([plannedIrq(3, 1)]);
    expect(edgeLevel).toBe((1 << 9) | (1 << 10) | (1 << 11));
  });
});
