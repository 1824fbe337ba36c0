import { describe, expect, it } from 'vitest';
import { Pit8254 } from '../../src/devices/pit8254.js';
import { SystemControl } from '../../src/devices/systemControl.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

function build() {
  const bus = new FakeBus();
  const wires = { a20: true };
  const pit = new Pit8254(bus, { name: 'pit', out0: () => {} });
  const control = new SystemControl(bus, {
    name: 'sysctl',
    gate2: (level) => pit.setGate(2, level),
    out2: () => pit.output(2),
    a20: (level) => {
      wires.a20 = level;
    },
  });
  pit.reset();
  control.reset();
  return { bus, wires, control };
}

describe('port 61h', () => {
  it('gates timer 2 and shows its output', () => {
    const { bus, control } = build();
    bus.out(0x43, 0xb0);
    bus.out(0x42, 10);
    bus.out(0x42, 0);
    bus.advance(84 * 20);
    expect(bus.in(0x61) & 0x2f).toBe(0);
    bus.out(0x61, 3);
    expect(control.speaking).toBe(true);
    bus.advance(84 * 9);
    expect(bus.in(0x61) & 0x2f).toBe(0x03);
    bus.advance(84);
    expect(bus.in(0x61) & 0x2f).toBe(0x23);
  });

  it('toggles bit 4 every 15.085 us', () => {
    const { bus } = build();
    let toggles = 0;
    for (let last = bus.in(0x61) & 0x10, t = 0; t < 1000; t++) {
      bus.runTo(Math.floor((t * bus.frequency.num) / bus.frequency.den / 1e6));
      const now = bus.in(0x61) & 0x10;
      if (now !== last) toggles++;
      last = now;
    }
    expect(toggles).toBe(Math.floor(999 / 15.0857));
  });
});

describe('port 92h', () => {
  it('drives A20, and asks for a reset on a rising bit 0', () => {
    const { bus, wires } = build();
    expect(wires.a20).toBe(true);
    bus.out(0x92, 0);
    expect(wires.a20).toBe(false);
    bus.out(0x92, 2);
    expect([wires.a20, bus.in(0x92), bus.requests]).toEqual([true, 2, []]);
    bus.out(0x92, 3);
    bus.out(0x92, 3);
    expect(bus.requests).toEqual([{ kind: 'reset' }]);
    bus.out(0x92, 0);
    expect(wires.a20).toBe(false);
  });
});

deviceLaws('system control', (bus, wire) => {
  const pit = new Pit8254(bus, { name: 'pit', out0: () => {} });
  const gate2 = (level: boolean) => pit.setGate(2, level);
  const out2 = () => pit.output(2);
  return [new SystemControl(bus, { name: 'sysctl', gate2, out2, a20: wire('a20') }), pit];
});
