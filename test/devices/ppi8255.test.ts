import { describe, expect, it } from 'vitest';
import { Ppi8255 } from '../../src/devices/ppi8255.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const [A, B, C, CONTROL] = [0x60, 0x61, 0x62, 0x63];
const PINS = { a: 0x12, b: 0x34, c: 0x56 };

function build() {
  const bus = new FakeBus();
  const driven: number[] = [];
  const input = (port: 'a' | 'b' | 'c') => PINS[port];
  const ppi = new Ppi8255(bus, { name: 'ppi', input, outputB: (value) => void driven.push(value) });
  ppi.reset();
  driven.length = 0;
  return { bus, ppi, driven };
}

describe('8255A in mode 0', () => {
  it('is all inputs after reset', () => {
    const { bus, ppi } = build();
    expect([bus.in(A), bus.in(B), bus.in(C)]).toEqual([0x12, 0x34, 0x56]);
    expect(ppi.b).toBe(0xff); // pulled up
  });

  it('has the PC port directions with control word 99h', () => {
    const { bus, driven } = build();
    bus.out(CONTROL, 0x99);
    bus.out(B, 0x4c);
    expect([bus.in(A), bus.in(B), bus.in(C)]).toEqual([0x12, 0x4c, 0x56]);
    expect(driven).toEqual([0x00, 0x4c]); // a mode word clears the latches
  });

  it('keeps what is written to outputs, and the halves of C apart', () => {
    const { bus } = build();
    bus.out(CONTROL, 0x88); // A and B out, C high in, C low out
    bus.out(A, 0xa5);
    bus.out(C, 0xff);
    expect([bus.in(A), bus.in(C)]).toEqual([0xa5, 0x5f]);
  });

  it('sets and clears single lines of C', () => {
    const { bus } = build();
    bus.out(CONTROL, 0x80);
    for (const bit of [0, 3, 7]) bus.out(CONTROL, (bit << 1) | 1);
    expect(bus.in(C)).toBe(0x89);
    bus.out(CONTROL, 3 << 1);
    expect(bus.in(C)).toBe(0x81);
  });

  it('cannot be asked for its control word', () => {
    expect(build().bus.in(CONTROL)).toBe(0xff);
  });
});

deviceLaws('8255A', (bus, wire) => {
  const b = wire('b');
  return new Ppi8255(bus, { name: 'ppi', input: () => 0x5a, outputB: (value) => b((value & 1) !== 0) });
});
