import { describe, expect, it } from 'vitest';
import { Pic8259 } from '../../src/devices/pic8259.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

/** Two chips as a PC has them, initialised as its firmware does: vectors 08h and 70h. */
function pair(icw4 = 1) {
  const bus = new FakeBus();
  const levels = { int: false };
  const wire: { slave: (level: boolean) => void } = { slave: () => {} };
  const slave = new Pic8259(bus, {
    name: 'pic2',
    port: 0xa0,
    int: (level) => wire.slave(level),
    elcr: { port: 0x4d1, writable: 0xde },
  });
  const master = new Pic8259(bus, {
    name: 'pic1',
    port: 0x20,
    int: (level) => {
      levels.int = level;
    },
    cascade: { 2: slave },
    elcr: { port: 0x4d0, writable: 0xf8 },
  });
  wire.slave = master.line(2);
  master.reset();
  slave.reset();
  initialise(bus, 0x20, 0x08, 4, icw4);
  initialise(bus, 0xa0, 0x70, 2, 1);
  const irq = (n: number, level: boolean) => (n < 8 ? master.line(n) : slave.line(n - 8))(level);
  return { bus, master, slave, levels, irq };
}

function initialise(bus: FakeBus, port: number, vector: number, icw3: number, icw4: number): void {
  bus.out(port, 0x11);
  for (const word of [vector, icw3, icw4]) bus.out(port + 1, word);
}

const isr = (bus: FakeBus, port = 0x20) => {
  bus.out(port, 0x0b);
  return bus.in(port);
};
const irr = (bus: FakeBus, port = 0x20) => {
  bus.out(port, 0x0a);
  return bus.in(port);
};

describe('8259A', () => {
  it('delivers a rising edge once, and again only after a new edge', () => {
    const { bus, master, levels, irq } = pair();
    irq(3, true);
    expect(levels.int).toBe(true);
    expect(irr(bus)).toBe(8);
    expect(master.acknowledge()).toBe(0x0b);
    expect([irr(bus), isr(bus), levels.int]).toEqual([0, 8, false]);
    bus.out(0x20, 0x20);
    expect([isr(bus), levels.int]).toEqual([0, false]);
    irq(3, false);
    irq(3, true);
    expect(levels.int).toBe(true);
  });

  it('forgets a request whose line falls, and answers the acknowledge with IR7 and no ISR bit', () => {
    const { bus, master, levels, irq } = pair();
    irq(3, true);
    irq(3, false);
    expect(levels.int).toBe(false);
    expect(master.acknowledge()).toBe(0x0f);
    expect(isr(bus)).toBe(0);
  });

  it('gives spurious IRQ15 when the slave lost its request after the master was asked', () => {
    const { bus, master, irq } = pair();
    // A slave in special conditions: its output is still high at the master while it has nothing left.
    master.line(2)(true);
    expect(master.acknowledge()).toBe(0x77);
    expect([isr(bus), isr(bus, 0xa0)]).toEqual([4, 0]);
    irq(15, false);
  });

  it('lets higher priorities nest and holds lower ones back until EOI', () => {
    const { bus, master, levels, irq } = pair();
    irq(4, true);
    master.acknowledge();
    irq(5, true);
    expect(levels.int).toBe(false);
    irq(1, true);
    expect(levels.int).toBe(true);
    expect(master.acknowledge()).toBe(0x09);
    expect(isr(bus)).toBe(0x12);
    bus.out(0x20, 0x20);
    expect(isr(bus)).toBe(0x10);
    bus.out(0x20, 0x64);
    expect(isr(bus)).toBe(0);
    expect(master.acknowledge()).toBe(0x0d);
  });

  it('cascades: a slave request is acknowledged in both, and takes the priority of IR2', () => {
    const { bus, master, levels, irq } = pair();
    irq(3, true);
    irq(8, true);
    expect(master.acknowledge()).toBe(0x70);
    expect([isr(bus), isr(bus, 0xa0)]).toEqual([4, 1]);
    expect(levels.int).toBe(false);
    bus.out(0xa0, 0x20);
    bus.out(0x20, 0x20);
    expect(levels.int).toBe(true);
    expect(master.acknowledge()).toBe(0x0b);
  });

  it('needs the special fully nested mode for a slave to interrupt its own handler', () => {
    for (const [icw4, nests] of [
      [0x01, false],
      [0x11, true],
    ] as const) {
      const { master, levels, irq } = pair(icw4);
      irq(12, true);
      expect(master.acknowledge()).toBe(0x74);
      irq(8, true);
      expect(levels.int).toBe(nests);
      if (nests) expect(master.acknowledge()).toBe(0x70);
    }
  });

  it('masks by IMR without losing the request', () => {
    const { bus, levels, irq } = pair();
    bus.out(0x21, 0xfe);
    irq(4, true);
    expect([bus.in(0x21), irr(bus), levels.int]).toEqual([0xfe, 0x10, false]);
    bus.out(0x21, 0x00);
    expect(levels.int).toBe(true);
  });

  it('special mask mode enables lower priorities during a masked handler, and spares it from EOI', () => {
    const { bus, master, levels, irq } = pair();
    irq(3, true);
    master.acknowledge();
    irq(6, true);
    bus.out(0x21, 0x08);
    expect(levels.int).toBe(false);
    bus.out(0x20, 0x68);
    expect(levels.int).toBe(true);
    expect(master.acknowledge()).toBe(0x0e);
    bus.out(0x20, 0x20);
    expect(isr(bus)).toBe(0x08);
    bus.out(0x20, 0x20);
    expect(isr(bus)).toBe(0x08);
    bus.out(0x20, 0x48);
    bus.out(0x20, 0x20);
    expect(isr(bus)).toBe(0);
  });

  it('rotates: the level just served becomes the lowest', () => {
    const { bus, master, irq } = pair();
    irq(4, true);
    master.acknowledge();
    bus.out(0x20, 0xa0);
    irq(3, true);
    irq(5, true);
    expect(master.acknowledge()).toBe(0x0d);
    bus.out(0x20, 0xe5);
    irq(6, true);
    expect(master.acknowledge()).toBe(0x0e);
    bus.out(0x20, 0x66);
    bus.out(0x20, 0xc2);
    irq(0, true);
    expect(master.acknowledge()).toBe(0x0b);
  });

  it('automatic EOI leaves nothing in service, and can rotate', () => {
    const { bus, master, levels, irq } = pair(3);
    bus.out(0x20, 0x80);
    irq(3, true);
    irq(1, true);
    expect(master.acknowledge()).toBe(0x09);
    expect([isr(bus), levels.int]).toEqual([0, true]);
    irq(1, false);
    irq(1, true);
    expect(master.acknowledge()).toBe(0x0b);
    expect(master.acknowledge()).toBe(0x09);
  });

  it('polls: the read acknowledges', () => {
    const { bus, irq } = pair();
    bus.out(0x20, 0x0c);
    expect(bus.in(0x20) & 0x80).toBe(0);
    irq(5, true);
    bus.out(0x20, 0x0c);
    expect(bus.in(0x20)).toBe(0x85);
    expect(isr(bus)).toBe(0x20);
  });

  it('senses by level what ELCR says, and not the inputs that must be edges', () => {
    const { bus, master, levels, irq } = pair();
    bus.out(0x4d0, 0xff);
    bus.out(0x4d1, 0xff);
    expect([bus.in(0x4d0), bus.in(0x4d1)]).toEqual([0xf8, 0xde]);
    irq(5, true);
    master.acknowledge();
    expect(levels.int).toBe(false);
    bus.out(0x20, 0x20);
    expect(levels.int).toBe(true);
    irq(5, false);
    expect(levels.int).toBe(false);
  });

  it('senses everything by level under LTIM', () => {
    const { bus, master, levels } = pair();
    bus.out(0x20, 0x19);
    for (const word of [8, 4, 1]) bus.out(0x21, word);
    master.line(0)(true);
    master.acknowledge();
    bus.out(0x20, 0x20);
    expect(levels.int).toBe(true);
  });

  it('ICW1 forgets edges: a line that stays high does not request', () => {
    const { bus, levels, irq } = pair();
    irq(6, true);
    initialise(bus, 0x20, 0x20, 4, 1);
    expect([irr(bus), levels.int]).toEqual([0, false]);
    irq(6, false);
    irq(6, true);
    expect(levels.int).toBe(true);
  });

  it('is masked at power-on, and single mode skips ICW3', () => {
    const bus = new FakeBus();
    const pic = new Pic8259(bus, { name: 'pic', port: 0x20, int: () => {} });
    pic.reset();
    pic.line(0)(true);
    expect(pic.requesting).toBe(false);
    bus.out(0x20, 0x13);
    bus.out(0x21, 0x40);
    bus.out(0x21, 0x01);
    bus.out(0x21, 0xaa);
    expect(bus.in(0x21)).toBe(0xaa);
  });
});

const commands = [0x11, 0x19, 0x13, 0x20, 0xa0, 0x80, 0x68, 0x48, 0x0a, 0x0b, 0x0c, 0xc3, 0x64];
deviceLaws(
  '8259A',
  (bus, wire) =>
    new Pic8259(bus, { name: 'pic', port: 0x20, int: wire('int'), elcr: { port: 0x4d0, writable: 0xf8 } }),
  {
    values: { 32: commands },
    poke: (device, argument) => {
      const pic = device as Pic8259;
      if (argument & 1) return pic.acknowledge();
      pic.line((argument >> 1) & 7)((argument & 0x10) !== 0);
      return undefined;
    },
  },
);
