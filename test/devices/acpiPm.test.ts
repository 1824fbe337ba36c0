import { describe, expect, it } from 'vitest';
import type { Line } from '../../src/core/device.js';
import { AcpiPm } from '../../src/devices/acpiPm.js';
import { writeConfig } from '../../src/devices/pci.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const PM = 0x600;

function create(bus: FakeBus, sci: Line): AcpiPm {
  const pm = new AcpiPm(bus, { name: 'pm', sci });
  const reset = pm.reset.bind(pm);
  pm.reset = () => {
    reset();
    writeConfig(pm, 0x40, PM, 4);
    writeConfig(pm, 0x80, 1, 1);
  };
  return pm;
}

function build() {
  const bus = new FakeBus();
  const sci: boolean[] = [];
  const pm = create(bus, (level) => void sci.push(level));
  pm.reset();
  sci.length = 0;
  return { bus, sci, pm };
}

describe('ACPI power management', () => {
  it('counts at 3.579545 MHz in 24 bits', () => {
    const { bus } = build();
    bus.clock = 0;
    bus.advanceSeconds(1);
    // 315/88 MHz, whole ticks after one second.
    expect(bus.in(PM + 8, 4)).toBe(3_579_545);
    bus.advanceSeconds(4);
    expect(bus.in(PM + 8, 4)).toBe(Math.floor((5 * 315e6) / 88) - 2 ** 24);
    expect(bus.in(PM + 0xb)).toBe(0);
  });

  it('sets TMROF each time bit 23 changes, and the SCI if enabled', () => {
    const { bus, sci } = build();
    const half = 2 ** 23 / (315e6 / 88); // 2.34 s
    bus.out(0xb2, 0xf1);
    bus.out(PM + 2, 1, 2);
    bus.advanceSeconds(half - 0.001);
    expect([bus.in(PM, 2), sci]).toEqual([0, []]);
    bus.advanceSeconds(0.002);
    expect([bus.in(PM, 2), sci]).toEqual([1, [true]]);
    bus.out(PM, 1, 2);
    expect([bus.in(PM, 2), sci]).toEqual([0, [true, false]]);
    bus.advanceSeconds(half);
    expect([bus.in(PM, 2), sci]).toEqual([1, [true, false, true]]);
  });

  it('sets no timer that nobody would notice', () => {
    const { bus } = build();
    bus.out(PM + 2, 1, 2);
    expect(bus.schedule.next).toBe(Number.POSITIVE_INFINITY);
    bus.out(0xb2, 0xf1);
    expect(bus.schedule.next).toBeLessThan(Number.POSITIVE_INFINITY);
    bus.out(0xb2, 0xf0);
    expect(bus.schedule.next).toBe(Number.POSITIVE_INFINITY);
  });

  it('switches off on S5, and only with SLP_EN', () => {
    const { bus } = build();
    bus.out(PM + 4, 0x0001, 2);
    bus.out(PM + 4, 0x3401, 2); // SLP_EN with another type
    expect(bus.requests).toEqual([]);
    bus.out(PM + 4, 0x2001, 2);
    expect(bus.requests).toEqual([{ kind: 'power-off' }]);
    expect(bus.in(PM + 4, 2) & 0x2000).toBe(0);
  });

  it('enters and leaves ACPI mode by the SMI command port', () => {
    const { bus } = build();
    expect(bus.in(PM + 4, 2) & 1).toBe(0);
    bus.out(0xb2, 0xf1);
    expect(bus.in(PM + 4, 2) & 1).toBe(1);
    expect(bus.in(0xb2)).toBe(0xf1);
    bus.out(0xb2, 0xf0);
    expect(bus.in(PM + 4, 2) & 1).toBe(0);
  });

  it('reports the power button as an event in ACPI mode, and switches off otherwise', () => {
    const { bus, sci } = build();
    bus.out(0xb2, 0xf1);
    bus.out(PM + 2, 0x100, 2);
    bus.deliver('power', [1]);
    expect([bus.in(PM, 2), sci, bus.requests]).toEqual([0x100, [true], []]);
    bus.out(PM + 1, 1);
    expect([bus.in(PM, 2), sci]).toEqual([0, [true, false]]);
    bus.out(0xb2, 0xf0);
    bus.deliver('power', [1]);
    bus.deliver('power', [2]);
    bus.deliver('power', []);
    expect(bus.requests).toEqual([{ kind: 'power-off' }, { kind: 'reset' }]);
  });

  it('decodes only where PMBASE says', () => {
    const { bus, pm } = build();
    writeConfig(pm, 0x40, 0xb000, 4);
    expect([bus.in(PM + 4, 2), bus.in(0xb004, 2)]).toEqual([0xffff, 0]);
    writeConfig(pm, 0x80, 0, 1);
    expect(bus.in(0xb004, 2)).toBe(0xffff);
  });

  it('says in DEVACTB that its SMI command port is served, so that firmware needs no SMM', () => {
    const { pm } = build();
    writeConfig(pm, 0x58, 0, 4);
    expect(pm.config[0x5b]! & 2).toBe(2);
  });
});

deviceLaws('ACPI power management', (bus, wire) => create(bus, wire('sci')), {
  inputs: { power: 2 },
  ports: [0xb2, 0xb3, ...Array.from({ length: 16 }, (_, i) => PM + i)],
  values: { 178: [0xf0, 0xf1], [PM + 2]: [1], [PM]: [1], [PM + 5]: [0x20, 0x34] },
  longestStep: 2 ** 30,
});
