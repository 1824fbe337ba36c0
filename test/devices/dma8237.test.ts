import { describe, expect, it } from 'vitest';
import { Dma8237 } from '../../src/devices/dma8237.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

function build() {
  const bus = new FakeBus({ ram: 16 << 20 });
  const dma = new Dma8237(bus, { name: 'dma' });
  dma.reset();
  /** Programs a channel as its documentation says: mode, address, count, page, unmask. */
  const program = (n: number, mode: number, address: number, count: number, page: number) => {
    const [base, step] = n < 4 ? [0, 1] : [0xc0, 2];
    const at = (register: number) => base + register * step;
    bus.out(at(0x0a), 4 | (n & 3));
    bus.out(at(0x0c), 0);
    bus.out(at(0x0b), mode | (n & 3));
    for (const [register, value] of [
      [2 * (n & 3), address],
      [2 * (n & 3) + 1, count],
    ] as const) {
      bus.out(at(register), value & 0xff);
      bus.out(at(register), value >> 8);
    }
    bus.out([0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a][n]!, page);
    bus.out(at(0x0a), n & 3);
  };
  const read16 = (port: number) => bus.in(port) | (bus.in(port) << 8);
  return { bus, dma, program, read16 };
}

const bytes = (n: number, first = 1) => Uint8Array.from({ length: n }, (_, i) => first + i);

describe('8237A', () => {
  it('writes memory, counts, and stops at the terminal count', () => {
    const { bus, dma, program, read16 } = build();
    program(2, 0x44, 0x1000, 9, 0x02);
    const channel = dma.channel(2);
    expect(channel.ready).toBe(true);
    expect(channel.push(bytes(6))).toEqual({ taken: 6, terminal: false });
    expect([read16(4), read16(5)]).toEqual([0x1006, 3]);
    expect(channel.push(bytes(6, 7))).toEqual({ taken: 4, terminal: true });
    expect([...bus.memory.ram.subarray(0x21000, 0x2100b)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]);
    expect([channel.ready, read16(5)]).toEqual([false, 0xffff]);
    expect(channel.push(bytes(1))).toEqual({ taken: 0, terminal: false });
    expect([bus.in(8), bus.in(8)]).toEqual([4, 0]);
  });

  it('reads memory', () => {
    const { bus, dma, program } = build();
    bus.memory.ram.set(bytes(8), 0x30000);
    program(1, 0x48, 0, 7, 3);
    expect(dma.channel(1).pull(5)).toEqual({ data: bytes(5), terminal: false });
    expect(dma.channel(1).pull(5)).toEqual({ data: bytes(3, 6), terminal: true });
  });

  it('verifies without touching memory', () => {
    const { bus, dma, program } = build();
    program(3, 0x40, 0, 3, 1);
    expect(dma.channel(3).push(bytes(4))).toEqual({ taken: 4, terminal: true });
    expect([...bus.memory.ram.subarray(0x10000, 0x10004)]).toEqual([0, 0, 0, 0]);
  });

  it('counts down when told, and wraps within 64 K', () => {
    const { bus, dma, program, read16 } = build();
    program(0, 0x64, 1, 3, 4);
    dma.channel(0).push(bytes(4));
    expect([bus.memory.ram[0x40001], bus.memory.ram[0x40000]]).toEqual([1, 2]);
    expect([bus.memory.ram[0x4ffff], bus.memory.ram[0x4fffe]]).toEqual([3, 4]);
    program(0, 0x44, 0xfffe, 3, 4);
    dma.channel(0).push(bytes(4, 11));
    expect([...bus.memory.ram.subarray(0x4fffe, 0x50000)]).toEqual([11, 12]);
    expect([bus.memory.ram[0x40000], bus.memory.ram[0x40001], read16(0)]).toEqual([13, 14, 2]);
  });

  it('starts again by itself in autoinitialize mode', () => {
    const { bus, dma, program, read16 } = build();
    program(1, 0x54, 0x100, 3, 0);
    expect(dma.channel(1).push(bytes(6))).toEqual({ taken: 4, terminal: true });
    expect([dma.channel(1).ready, read16(2), read16(3)]).toEqual([true, 0x100, 3]);
    dma.channel(1).push(bytes(1, 99));
    expect(bus.memory.ram[0x100]).toBe(99);
  });

  it('moves words on channels 5 to 7, with bit 0 of the page ignored', () => {
    const { bus, dma, program } = build();
    program(5, 0x44, 0x8000, 1, 0x13);
    expect(dma.channel(5).push(bytes(6))).toEqual({ taken: 4, terminal: true });
    expect([...bus.memory.ram.subarray(0x130000, 0x130005)]).toEqual([1, 2, 3, 4, 0]);
    expect(bus.in(0xd0)).toBe(0x02);
  });

  it('stays quiet while masked or disabled', () => {
    const { bus, dma, program } = build();
    program(2, 0x44, 0, 9, 0);
    bus.out(0x08, 4);
    expect(dma.channel(2).ready).toBe(false);
    bus.out(0x08, 0);
    bus.out(0x0f, 0x0f);
    expect([dma.channel(2).ready, bus.in(0x0f)]).toEqual([false, 0xff]);
    bus.out(0x0e, 0);
    expect(dma.channel(2).ready).toBe(true);
    bus.out(0x0d, 0);
    expect(dma.channel(2).ready).toBe(false);
  });

  it('shows software requests in the status, and stores the unused page registers', () => {
    const { bus } = build();
    bus.out(0x09, 6);
    expect(bus.in(0x08)).toBe(0x40);
    bus.out(0x09, 2);
    expect(bus.in(0x08)).toBe(0);
    bus.out(0x84, 0x5a);
    bus.out(0x80, 0xa5);
    expect([bus.in(0x84), bus.in(0x80)]).toEqual([0x5a, 0xa5]);
  });
});

describe('8237A of a PC/XT', () => {
  function buildXt() {
    const bus = new FakeBus({ ram: 2 << 20 });
    const accesses: number[] = [];
    const dma = new Dma8237(bus, { name: 'dma', isXt: true, beforeAccess: () => accesses.push(bus.clock) });
    dma.reset();
    const program = (n: number, count: number, page: number, pagePort: number) => {
      bus.out(0x0b, 0x44 | n);
      for (const [register, value] of [
        [2 * n, 0],
        [2 * n + 1, count],
      ] as const) {
        bus.out(register, value & 0xff);
        bus.out(register, value >> 8);
      }
      bus.out(pagePort, page);
      bus.out(0x0a, n);
    };
    return { bus, dma, program, accesses };
  }

  it('has pages of four bits, one of them for channels 0 and 1, that cannot be read', () => {
    const { bus, dma, program } = buildXt();
    for (const [n, port] of [
      [0, 0x83],
      [0, 0x87],
      [1, 0x83],
      [2, 0x81],
      [3, 0x82],
    ] as const) {
      program(n, 0, 0xf0 | (n + 1), port);
      dma.channel(n).push(Uint8Array.of(0x40 + n));
      expect(bus.memory.ram[(n + 1) << 16], `channel ${n}, port ${port.toString(16)}h`).toBe(0x40 + n);
    }
    expect([0x81, 0x82, 0x83, 0x87].map((port) => bus.in(port))).toEqual([0xff, 0xff, 0xff, 0xff]);
  });

  it('has no second controller', () => {
    expect(buildXt().bus.claimed).toEqual([...range(0, 16), ...range(0x80, 16)]);
  });

  it('says when it is looked at', () => {
    const { bus, accesses } = buildXt();
    bus.advance(5);
    bus.in(0x08);
    bus.out(0x0c, 0);
    bus.in(0x83);
    expect(accesses).toEqual([5, 5]);
  });

  it('counts requests without data as if each was served', () => {
    const { bus, dma, program } = buildXt();
    program(0, 9, 0, 0x83);
    const word = (port: number) => bus.in(port) | (bus.in(port) << 8);
    dma.channel(0).skip(4);
    expect([word(0), word(1)]).toEqual([4, 5]);
    dma.channel(0).skip(100);
    expect([word(0), word(1), dma.channel(0).ready]).toEqual([10, 0xffff, false]);
  });
});

const range = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

deviceLaws('8237A of a PC/XT', (bus) => new Dma8237(bus, { name: 'dma', isXt: true }), {
  poke: (device, n) => {
    (device as Dma8237).channel(n & 3).skip(n >> 2);
    return undefined;
  },
});

deviceLaws('8237A pair', (bus) => new Dma8237(bus, { name: 'dma' }), {
  runs: 40,
  poke: (device, argument) => {
    const channel = (device as Dma8237).channel(argument & 7);
    if (argument & 8) return channel.push(bytes(argument >> 4)).taken;
    return channel.pull(argument).data.length;
  },
});
