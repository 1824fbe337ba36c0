import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pit8254 } from '../../src/devices/pit8254.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

/** On the default bus one CLK pulse is 84 clocks. */
const PULSE = 84;

function build(options: { is8253?: boolean } = {}) {
  const bus = new FakeBus();
  const edges: string[] = [];
  const out0 = (level: boolean) => {
    edges.push(`${level ? '+' : '-'}${bus.clock / PULSE}`);
  };
  const pit = new Pit8254(bus, { name: 'pit', out0, ...options });
  pit.reset();
  const pulses = (n: number) => bus.advance(n * PULSE);
  const program = (counter: number, mode: number, count: number, bcd = 0) => {
    bus.out(0x43, (counter << 6) | 0x30 | (mode << 1) | bcd);
    bus.out(0x40 + counter, count & 0xff);
    bus.out(0x40 + counter, count >> 8);
  };
  const count = (counter: number) => {
    bus.out(0x43, counter << 6);
    return bus.in(0x40 + counter) | (bus.in(0x40 + counter) << 8);
  };
  /** OUT and count of counter 2 before each of the next pulses. */
  const trace = (n: number) => {
    const seen: [number, number][] = [];
    for (let i = 0; i < n; i++) {
      seen.push([pit.output(2) ? 1 : 0, count(2)]);
      pulses(1);
    }
    return seen;
  };
  return { bus, pit, edges, pulses, program, count, trace };
}

describe('8254 modes, as the figures of the data sheet show them', () => {
  // Each trace starts right after the count was written: the first entry is before it is loaded.
  it('mode 0: low until N + 1 pulses after the write, then counts on', () => {
    const { pit, program, trace } = build();
    pit.setGate(2, true);
    program(2, 0, 4);
    expect(trace(7).slice(1)).toEqual([
      [0, 4],
      [0, 3],
      [0, 2],
      [0, 1],
      [1, 0],
      [1, 0xffff],
    ]);
  });

  it('mode 0: GATE low holds the count; a first byte takes OUT low', () => {
    const { bus, pit, program, trace, pulses } = build();
    pit.setGate(2, true);
    program(2, 0, 3);
    pulses(2);
    pit.setGate(2, false);
    expect(trace(2)).toEqual([
      [0, 2],
      [0, 2],
    ]);
    pit.setGate(2, true);
    pulses(2);
    expect(pit.output(2)).toBe(true);
    bus.out(0x42, 9);
    expect(pit.output(2)).toBe(false);
    pulses(100);
    expect(pit.output(2)).toBe(false);
    bus.out(0x42, 0);
    pulses(10);
    expect(pit.output(2)).toBe(true);
  });

  it('mode 1: a trigger starts the pulse, another restarts it, a new count waits for one', () => {
    const { bus, pit, program, trace, pulses } = build();
    program(2, 1, 3);
    pulses(5);
    expect(pit.output(2)).toBe(true);
    pit.setGate(2, true);
    pit.setGate(2, false);
    expect(trace(6).map(([out]) => out)).toEqual([1, 0, 0, 0, 1, 1]);
    pit.setGate(2, true);
    pulses(3);
    bus.out(0x42, 2);
    bus.out(0x42, 0);
    pit.setGate(2, false);
    expect(trace(3)).toEqual([
      [0, 1],
      [1, 0],
      [1, 0xffff],
    ]);
    pit.setGate(2, true);
    expect(trace(4).map(([out]) => out)).toEqual([1, 0, 0, 1]);
  });

  it('mode 2: low for one pulse in N, GATE restarts it', () => {
    const { pit, program, trace, pulses } = build();
    pit.setGate(2, true);
    program(2, 2, 3);
    pulses(1);
    expect(trace(5)).toEqual([
      [1, 3],
      [1, 2],
      [0, 1],
      [1, 3],
      [1, 2],
    ]);
    expect(pit.output(2)).toBe(false);
    pit.setGate(2, false);
    expect(pit.output(2)).toBe(true);
    pulses(7);
    pit.setGate(2, true);
    pulses(1);
    expect(trace(3).map(([out]) => out)).toEqual([1, 1, 0]);
  });

  it('mode 2: a count written in the middle takes over at the end of the cycle', () => {
    const { bus, pit, program, trace, pulses } = build();
    pit.setGate(2, true);
    program(2, 2, 4);
    pulses(2);
    bus.out(0x42, 5);
    bus.out(0x42, 0);
    expect(trace(9).map(([, count]) => count)).toEqual([3, 2, 1, 5, 4, 3, 2, 1, 5]);
  });

  it('mode 3, even: N/2 high and N/2 low, counting by two', () => {
    const { pit, program, trace, pulses } = build();
    pit.setGate(2, true);
    program(2, 3, 4);
    pulses(1);
    expect(trace(5)).toEqual([
      [1, 4],
      [1, 2],
      [0, 4],
      [0, 2],
      [1, 4],
    ]);
  });

  it('mode 3, odd: (N+1)/2 high and (N-1)/2 low; the 8254 loads N-1, the 8253 N', () => {
    for (const [is8253, counts] of [
      [false, [4, 2, 0, 4, 2]],
      [true, [5, 4, 2, 5, 2]],
    ] as const) {
      const { pit, program, trace, pulses } = build({ is8253 });
      pit.setGate(2, true);
      program(2, 3, 5);
      pulses(1);
      const seen = trace(6);
      expect(seen.map(([out]) => out)).toEqual([1, 1, 1, 0, 0, 1]);
      expect(seen.map(([, count]) => count).slice(0, 5)).toEqual(counts);
    }
  });

  it('mode 3: a new count takes over at the end of the half cycle', () => {
    const { bus, pit, program, trace, pulses } = build();
    pit.setGate(2, true);
    program(2, 3, 6);
    pulses(2);
    bus.out(0x42, 4);
    bus.out(0x42, 0);
    expect(trace(7).map(([out]) => out)).toEqual([1, 1, 0, 0, 1, 1, 0]);
  });

  it('mode 4: one low pulse N + 1 pulses after the write, once', () => {
    const { pit, program, trace } = build();
    pit.setGate(2, true);
    program(2, 4, 2);
    expect(trace(6).slice(1)).toEqual([
      [1, 2],
      [1, 1],
      [0, 0],
      [1, 0xffff],
      [1, 0xfffe],
    ]);
  });

  it('mode 5: the same, from a trigger', () => {
    const { pit, program, trace, pulses } = build();
    program(2, 5, 2);
    pulses(10);
    pit.setGate(2, true);
    expect(trace(5).map(([out]) => out)).toEqual([1, 1, 1, 0, 1]);
  });

  it('counts in BCD', () => {
    const { pit, program, pulses, count } = build();
    pit.setGate(2, true);
    program(2, 0, 0x1000, 1);
    pulses(2);
    expect(count(2)).toBe(0x0999);
    program(2, 2, 0, 1);
    pulses(1 + 9999);
    expect([count(2), pit.output(2)]).toEqual([1, false]);
  });
});

describe('8254 registers', () => {
  it('latches a count until both bytes are read, ignoring later latches', () => {
    const { bus, program, pulses } = build();
    program(0, 2, 0x1234);
    pulses(1);
    bus.out(0x43, 0x00);
    pulses(0x35);
    bus.out(0x43, 0x00);
    expect([bus.in(0x40), bus.in(0x40)]).toEqual([0x34, 0x12]);
    expect([bus.in(0x40), bus.in(0x40)]).toEqual([0xff, 0x11]);
  });

  it('read-back: status with OUT, null count, access, mode and BCD, before the count', () => {
    const { bus, pit, program, pulses } = build();
    pit.setGate(2, true);
    program(2, 3, 0x100);
    bus.out(0x43, 0xe8);
    expect(bus.in(0x42)).toBe(0x80 | 0x40 | 0x36);
    pulses(1);
    bus.out(0x43, 0xc8);
    expect([bus.in(0x42), bus.in(0x42), bus.in(0x42)]).toEqual([0x80 | 0x36, 0x00, 0x01]);
    pulses(0x80);
    bus.out(0x43, 0xe8);
    expect(bus.in(0x42)).toBe(0x36);
  });

  it('has no read-back as an 8253', () => {
    const { bus, program, pulses } = build({ is8253: true });
    program(2, 0, 0x5678);
    pulses(1);
    bus.out(0x43, 0xe8);
    expect(bus.in(0x42)).toBe(0x78);
  });

  it('reads and writes one byte only, as told', () => {
    const { bus, pit, pulses } = build();
    pit.setGate(2, true);
    bus.out(0x43, 0x94);
    bus.out(0x42, 10);
    pulses(1);
    expect([bus.in(0x42), bus.in(0x42)]).toEqual([10, 10]);
    bus.out(0x43, 0xa4);
    bus.out(0x42, 2);
    pulses(1);
    expect(bus.in(0x42)).toBe(2);
    pulses(1);
    expect(bus.in(0x42)).toBe(1);
  });

  it('treats a count of 0 as 65536', () => {
    const { edges, program, pulses } = build();
    program(0, 2, 0);
    pulses(2 * 65536 + 1);
    expect(edges).toEqual(['+0', '-65536', '+65537', '-131072', '+131073']);
  });
});

describe('8254 output 0', () => {
  it('drives every edge at its own clock, however late it is looked at', () => {
    const { edges, bus, program, pulses } = build();
    program(0, 3, 10);
    pulses(3);
    bus.in(0x40);
    pulses(20);
    expect(edges).toEqual(['+0', '-6', '+11', '-16', '+21']);
  });

  it('loses no edge to an access of another counter in the instruction that passes it', () => {
    const { edges, bus, program } = build();
    program(0, 2, 10);
    bus.clock += 15 * PULSE;
    program(2, 3, 100);
    bus.out(0x43, 0xde);
    expect(edges.length).toBe(3);
    expect(edges.map((e) => e[0])).toEqual(['+', '-', '+']);
  });

  it('has no events while nothing can change', () => {
    const { bus, program, pulses } = build();
    program(0, 0, 5);
    pulses(7);
    expect(bus.schedule.next).toBe(Number.POSITIVE_INFINITY);
  });

  it('ticks at 1193181.8 Hz: 18.2 interrupts a second from a count of 0', () => {
    const { bus, edges, program } = build();
    program(0, 2, 0);
    bus.advanceSeconds(100);
    const rising = edges.filter((e) => e.startsWith('+')).length - 1;
    expect(rising).toBe(Math.floor((100 * 13_125_000) / 11 / 65536));
  });

  it('agrees with a pulse-by-pulse model of modes 2 and 3 at any moment', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 3), fc.integer({ min: 2, max: 40 }), fc.nat(200), (mode, n, wait) => {
        const { pit, program, pulses } = build();
        pit.setGate(2, true);
        program(2, mode, n);
        pulses(1 + wait);
        let level = true;
        let left = mode === 2 ? n - 1 : (n + (n & 1)) / 2;
        for (let i = 0; i < wait; i++) {
          if (--left > 0) continue;
          level = !level;
          if (mode === 2) left = level ? n - 1 : 1;
          else left = level ? (n + (n & 1)) / 2 : (n - (n & 1)) / 2;
        }
        expect(pit.output(2)).toBe(level);
      }),
    );
  });
});

const words = [
  0x30, 0x34, 0x36, 0x38, 0x3a, 0x32, 0x14, 0x00, 0xb4, 0xb6, 0xb0, 0x80, 0xe2, 0xc2, 0xe8, 0x37,
];
deviceLaws('8254', (bus, wire) => new Pit8254(bus, { name: 'pit', out0: wire('out0') }), {
  values: { 67: words },
  longestStep: 2 ** 18,
  poke: (device, argument) => {
    (device as Pit8254).setGate((argument >> 1) % 3, (argument & 1) !== 0);
    return (device as Pit8254).output((argument >> 1) % 3) ? 1 : 0;
  },
});
