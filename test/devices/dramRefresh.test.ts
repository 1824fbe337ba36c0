/** Refresh, and the counting of its requests by 8253 and 8237, against counting them one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pitMultiple } from '../../src/core/time.js';
import { Dma8237 } from '../../src/devices/dma8237.js';
import { DramRefresh } from '../../src/devices/dramRefresh.js';
import { Pit8254 } from '../../src/devices/pit8254.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

/** CPU clocks a tick of the timer. */
const TICK = 4;

function chips(bus: FakeBus, changed: () => void = () => {}) {
  let refresh: DramRefresh | undefined;
  const beforeAccess = () => refresh?.settle();
  const pit = new Pit8254(bus, { name: 'pit', out0: () => {}, is8253: true, beforeAccess });
  const dma = new Dma8237(bus, { name: 'dma', isXt: true, beforeAccess });
  refresh = new DramRefresh(bus, { name: 'refresh', pit, dma: dma.channel(0), changed });
  return [refresh, pit, dma] as const;
}

/** As IBM's BIOS programs it; the channel counts down from `count`. */
function build(count = 0xffff) {
  const bus = new FakeBus({ frequency: pitMultiple(TICK) });
  const [refresh, pit, dma] = chips(bus);
  for (const device of [pit, dma, refresh]) device.reset();
  bus.out(0x0d, 0);
  for (const byte of [count & 0xff, count >> 8]) bus.out(0x01, byte);
  bus.out(0x0b, 0x58);
  bus.out(0x08, 0);
  bus.out(0x0a, 0);
  const period = (n: number) => {
    bus.out(0x43, 0x54);
    bus.out(0x41, n);
  };
  const channel = () => {
    const word = (port: number) => bus.in(port) | (bus.in(port) << 8);
    return { address: word(0), count: word(1) };
  };
  return { bus, refresh, period, channel };
}

describe('DRAM refresh', () => {
  it('asks every 18 ticks, 72 clocks, from the first cycle on', () => {
    const { bus, refresh, period } = build();
    expect(refresh.next(0)).toBe(Number.POSITIVE_INFINITY);
    period(18);
    // Loaded by the next tick; the first cycle ends 18 ticks later.
    expect(refresh.next(bus.clock)).toBe((1 + 18) * TICK);
    expect(refresh.next(19 * TICK - 1)).toBe(19 * TICK);
    expect(refresh.next(19 * TICK)).toBe(37 * TICK);
    bus.advance(1_000_000);
    const next = refresh.next(1_000_000);
    expect([(next / TICK - 1) % 18, next - 1_000_000 <= 72]).toEqual([0, true]);
  });

  it('does not ask while the channel is masked or the controller off', () => {
    const { bus, refresh, period } = build();
    period(18);
    bus.out(0x0a, 4);
    expect(refresh.next(0)).toBe(Number.POSITIVE_INFINITY);
    bus.out(0x0a, 0);
    bus.out(0x08, 4);
    expect(refresh.next(0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('counts in channel 0, and shows terminal counts', () => {
    const { bus, period, channel } = build(99);
    period(18);
    bus.advance((1 + 18 * 30) * TICK);
    expect(channel()).toEqual({ address: 30, count: 69 });
    expect(bus.in(0x08) & 1).toBe(0);
    bus.advance(18 * 90 * TICK);
    expect(channel()).toEqual({ address: 20, count: 79 });
    expect(bus.in(0x08) & 1).toBe(1);
  });

  it('goes on by the old count until the new one is loaded', () => {
    const { bus, refresh, period, channel } = build();
    period(18);
    bus.advance((1 + 18 + 9) * TICK); // in the second cycle
    bus.out(0x41, 100);
    expect(refresh.next(bus.clock)).toBe((1 + 36) * TICK);
    bus.advance((9 + 250) * TICK);
    expect(channel().address).toBe(1 + 1 + 2);
  });

  it('counts the same whether it is asked often or once', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 50_000 }), { maxLength: 20 });
    const property = fc.property(steps, fc.integer({ min: 2, max: 255 }), fc.nat(500), (waits, n, count) => {
      const [often, once] = [build(count), build(count)];
      for (const rig of [often, once]) rig.period(n);
      for (const wait of waits) {
        often.bus.advance(wait);
        often.refresh.settle();
        once.bus.advance(wait);
      }
      const requests = Math.floor(Math.max(0, Math.floor(once.bus.clock / TICK) - 1) / n);
      expect(often.channel()).toEqual(once.channel());
      expect(once.channel().address).toBe(requests % (count + 1));
    });
    fc.assert(property);
  });
});

deviceLaws('DRAM refresh', (bus) => chips(bus), {
  values: { 67: [0x54, 0x56, 0x74], 11: [0x58], 10: [0, 4], 8: [0, 4] },
  poke: (device) => (device as DramRefresh).next(0) % 65536,
});
