import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rtc146818 } from '../../src/devices/rtc146818.js';
import { civilFromDays, daysFromCivil, secondsToAlarm, weekdayOf } from '../../src/devices/rtcCalendar.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

/** 1999-12-31 23:59:58 UTC, a Friday. */
const BOOT = Date.UTC(1999, 11, 31, 23, 59, 58) / 1000;

function build(bootInstant = BOOT) {
  const bus = new FakeBus();
  const edges: boolean[] = [];
  const irq = (level: boolean) => {
    edges.push(level);
  };
  const cmos = new Uint8Array(128);
  cmos[0x15] = 0x80;
  cmos[0x0f] = 5;
  const rtc = new Rtc146818(bus, { name: 'rtc', irq, bootInstant, cmos });
  rtc.reset();
  const read = (index: number) => {
    bus.out(0x70, index);
    return bus.in(0x71);
  };
  const write = (index: number, value: number) => {
    bus.out(0x70, index);
    bus.out(0x71, value);
  };
  const time = () => [0x32, 9, 8, 7, 4, 2, 0, 6].map((i) => read(i).toString(16));
  return { bus, rtc, edges, read, write, time };
}

describe('MC146818 time', () => {
  it('starts at the boot instant, in BCD and 24 hours', () => {
    expect(build().time()).toEqual(['19', '99', '12', '31', '23', '59', '58', '6']);
  });

  it('carries through all registers, the century and the weekday too', () => {
    const { bus, time } = build();
    bus.advanceSeconds(2.5);
    expect(time()).toEqual(['20', '0', '1', '1', '0', '0', '0', '7']);
  });

  it('agrees with the calendar of the host whatever the date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 }), fc.nat(10 ** 6), (boot, wait) => {
        const { bus, time } = build(boot);
        bus.advanceSeconds(wait + 0.001);
        const date = new Date((boot + wait) * 1000).toISOString();
        const [century, year, month, day, hour, minute, second] = time().map((x) => x.padStart(2, '0'));
        expect(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`).toBe(date);
      }),
      { numRuns: 10 },
    );
  });

  it('counts in 12 hours and binary when told', () => {
    const { bus, write, time } = build(0);
    write(0x0b, 0x84);
    for (const [index, value] of [
      [0x32, 19],
      [9, 99],
      [8, 2],
      [7, 28],
      [4, 0x80 | 11],
      [2, 59],
      [0, 59],
    ] as const) {
      write(index, value);
    }
    write(0x0b, 0x04);
    bus.advanceSeconds(1);
    expect(time().slice(0, 7)).toEqual(['13', '63', '3', '1', 'c', '0', '0']);
    bus.advanceSeconds(3600 * 12);
    expect(time()[4]).toBe('8c');
  });

  it('stands still while SET, then goes on from what was written', () => {
    const { bus, read, write } = build();
    write(0x0b, 0x82);
    bus.advanceSeconds(10.2);
    expect(read(0)).toBe(0x58);
    write(0, 0x10);
    write(0x0b, 0x02);
    bus.advanceSeconds(1);
    expect(read(0)).toBe(0x11);
  });

  it('updates half a second after the divider is released', () => {
    const { bus, read, write } = build();
    bus.advanceSeconds(0.3);
    write(0x0a, 0x76);
    bus.advanceSeconds(5);
    expect(read(0)).toBe(0x58);
    write(0x0a, 0x26);
    bus.advanceSeconds(0.499);
    expect(read(0)).toBe(0x58);
    bus.advanceSeconds(0.002);
    expect(read(0)).toBe(0x59);
  });

  it('shows UIP from 244 us before the 1984 us update to its end', () => {
    const { bus, read } = build();
    const at = (seconds: number) => {
      bus.runTo(0);
      bus.advanceSeconds(seconds - bus.clock / (bus.frequency.num / bus.frequency.den));
      return read(0x0a);
    };
    expect(at(1 - 0.00225)).toBe(0x26);
    expect(at(1 - 0.0022)).toBe(0xa6);
    expect([at(1 - 0.00001), read(0)]).toEqual([0xa6, 0x58]);
    expect([at(1.00001), read(0)]).toEqual([0x26, 0x59]);
  });
});

describe('MC146818 interrupts', () => {
  it('periodic: every rate of the table', () => {
    const hertz = [0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2];
    for (let rs = 0; rs < 16; rs++) {
      const { bus, edges, read, write } = build();
      write(0x0a, 0x20 | rs);
      write(0x0b, 0x42);
      const step = bus.frequency.num / bus.frequency.den / 16384;
      let count = 0;
      for (let i = 1; i <= 16384; i++) {
        bus.runTo(Math.floor((i + 0.25) * step));
        if (edges[edges.length - 1] !== true) continue;
        expect(read(0x0c) & ~0x10).toBe(0xc0);
        count++;
      }
      expect(count).toBe(hertz[rs]);
    }
  });

  it('update-ended: once a second, cleared by reading register C', () => {
    const { bus, edges, read, write } = build();
    write(0x0b, 0x12);
    bus.advanceSeconds(0.999);
    expect(edges).toEqual([]);
    bus.advanceSeconds(0.002);
    expect(edges).toEqual([true]);
    bus.advanceSeconds(5);
    expect(edges).toEqual([true]);
    expect(read(0x0c) & 0x90).toBe(0x90);
    expect([edges, read(0x0c)]).toEqual([[true, false], 0]);
    bus.advanceSeconds(1);
    expect(edges).toEqual([true, false, true]);
  });

  it('alarm: at the time set, with "do not care" bytes', () => {
    const { bus, edges, read, write } = build();
    for (const [index, value] of [
      [1, 0x05],
      [3, 0x00],
      [5, 0xff],
    ] as const)
      write(index, value);
    write(0x0b, 0x22);
    bus.advanceSeconds(6.9);
    expect(edges).toEqual([]);
    bus.advanceSeconds(0.2);
    expect(edges).toEqual([true]);
    expect(read(0x0c) & 0xb0).toBe(0xb0);
    bus.advanceSeconds(3599);
    expect(edges.length).toBe(2);
    bus.advanceSeconds(1);
    expect(edges.length).toBe(3);
  });

  it('sets flags that nobody enabled, without an interrupt', () => {
    const { bus, edges, read } = build();
    bus.advanceSeconds(1.5);
    expect(read(0x0c)).toBe(0x50);
    expect(edges).toEqual([]);
    expect(bus.schedule.next).toBe(Number.POSITIVE_INFINITY);
  });

  it('SET clears UIE', () => {
    const { read, write } = build();
    write(0x0b, 0x92);
    expect(read(0x0b)).toBe(0x82);
  });
});

describe('MC146818 RAM', () => {
  it('keeps what the board put in, and the shutdown byte over a reset', () => {
    const { rtc, bus, read, write } = build();
    expect(read(0x15)).toBe(0x80);
    write(0x0f, 0x0a);
    write(0x0b, 0x72);
    bus.advanceSeconds(3.5);
    rtc.reset();
    expect([read(0x0f), read(0x0b), read(0x0c) & 0x80, read(0)]).toEqual([0x0a, 0x02, 0, 0x01]);
  });

  it('has read-only registers C and D, and the NMI mask in the index', () => {
    const { rtc, bus, read, write } = build();
    write(0x0c, 0xff);
    write(0x0d, 0);
    expect([read(0x0c), read(0x0d)]).toEqual([0, 0x80]);
    bus.out(0x70, 0x8d);
    expect([rtc.nmiMasked, bus.in(0x71)]).toEqual([true, 0x80]);
  });
});

describe('calendar', () => {
  it('is the Gregorian one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700000, max: 2000000 }), (days) => {
        const date = new Date(days * 86400000);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(civilFromDays(days)).toEqual(expected);
        expect(daysFromCivil(expected.year, expected.month, expected.day)).toBe(days);
        expect(weekdayOf(days)).toBe(date.getUTCDay() + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('finds the next alarm as a search second by second would', () => {
    const coding = { binary: true, hours24: true };
    const byte = (max: number) => fc.oneof(fc.nat(max), fc.constantFrom(0xff, 0xc0, 0x80));
    fc.assert(
      fc.property(fc.nat(86399), byte(59), byte(59), byte(23), (now, s, m, h) => {
        const matches = (value: number, alarm: number) => alarm >= 0xc0 || alarm === value;
        let wait = 1;
        for (; wait <= 86400; wait++) {
          const t = (now + wait) % 86400;
          if (matches(t % 60, s) && matches(Math.floor(t / 60) % 60, m) && matches(Math.floor(t / 3600), h))
            break;
        }
        expect(secondsToAlarm(now, { s, m, h }, coding)).toBe(wait > 86400 ? Number.POSITIVE_INFINITY : wait);
      }),
    );
  });
});

deviceLaws(
  'MC146818',
  (bus, wire) => new Rtc146818(bus, { name: 'rtc', irq: wire('irq8'), bootInstant: BOOT }),
  {
    values: { 112: [0, 1, 2, 4, 6, 7, 8, 9, 0x0a, 0x0b, 0x0b, 0x0c, 0x0d, 0x32] },
    longestStep: 2 ** 28,
  },
);
