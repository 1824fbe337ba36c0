import { describe, expect, it } from 'vitest';
import { Uart16550 } from '../../src/devices/uart16550.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const [RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR] = [0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe, 0x3ff];
const FCR = IIR;
/** Seconds of a frame of ten bits at 115200 baud. */
const FRAME = 10 / 115200;

/** At 115200 baud, eight bits, no parity, interrupts let through. */
function build() {
  const bus = new FakeBus();
  const wire = { irq: false, edges: 0 };
  const irq = (level: boolean) => {
    wire.irq = level;
    wire.edges++;
  };
  const uart = new Uart16550(bus, { name: 'com1', irq });
  uart.reset();
  bus.out(LCR, 0x83);
  bus.out(RBR, 1);
  bus.out(IER, 0);
  bus.out(LCR, 0x03);
  bus.out(MCR, 0x0b);
  const frames = (n: number) => bus.advanceSeconds(n * FRAME);
  const sent = () => bus.notes.filter((n) => n.what === 'tx').map((n) => n.a);
  const send = (...bytes: number[]) => bus.deliver('serial:com1', bytes);
  return { bus, uart, wire, frames, sent, send };
}

describe('16550A transmitter', () => {
  it('takes ten bit times a byte at 8N1', () => {
    const { bus, frames, sent } = build();
    expect(bus.in(LSR)).toBe(0x60);
    bus.out(RBR, 0x41);
    expect(bus.in(LSR)).toBe(0x20);
    bus.out(RBR, 0x42);
    expect(bus.in(LSR)).toBe(0x00);
    frames(0.99);
    expect([sent(), bus.in(LSR)]).toEqual([[], 0x00]);
    frames(0.02);
    expect([sent(), bus.in(LSR)]).toEqual([[0x41], 0x20]);
    frames(1);
    expect([sent(), bus.in(LSR)]).toEqual([[0x41, 0x42], 0x60]);
  });

  it('takes longer with parity, two stop bits and a larger divisor', () => {
    for (const [lcr, divisor, bits] of [
      [0x03, 1, 10],
      [0x1f, 1, 12],
      [0x04, 2, 7.5],
      [0x0a, 12, 10],
      [0x03, 0x180, 10],
    ] as const) {
      const { bus } = build();
      bus.out(LCR, 0x80 | lcr);
      bus.out(RBR, divisor & 0xff);
      bus.out(IER, divisor >> 8);
      bus.out(LCR, lcr);
      bus.out(RBR, 0xff);
      const clocks = (bits * divisor * bus.frequency.num) / bus.frequency.den / 115200;
      // The transmitter's clock is its own: a frame starts on one of its ticks.
      expect(Math.abs(bus.schedule.next - clocks)).toBeLessThan(56);
    }
  });

  it('queues sixteen bytes with FIFOs, and masks to the word length', () => {
    const { bus, frames, sent } = build();
    bus.out(FCR, 0x07);
    bus.out(LCR, 0x02);
    for (let i = 0; i < 20; i++) bus.out(RBR, 0xf0 | i);
    frames(20);
    // One in the shift register and sixteen behind it; the rest found the FIFO full.
    expect(sent()).toEqual(Array.from({ length: 17 }, (_, i) => (0xf0 | i) & 0x7f));
  });

  it('interrupts when the FIFO runs empty; IIR or a byte clears it', () => {
    const { bus, wire, frames } = build();
    bus.out(FCR, 0x01);
    bus.out(IER, 0x02);
    expect([wire.irq, bus.in(IIR), wire.irq, bus.in(IIR)]).toEqual([true, 0xc2, false, 0xc1]);
    bus.out(RBR, 1);
    bus.in(IIR);
    bus.out(RBR, 2);
    bus.out(RBR, 3);
    frames(1.5);
    expect(wire.irq).toBe(false);
    frames(1);
    expect(wire.irq).toBe(true);
    bus.out(RBR, 4);
    expect(wire.irq).toBe(false);
    bus.out(IER, 0);
    frames(3);
    bus.out(IER, 2);
    expect(wire.irq).toBe(true);
  });
});

describe('16550A receiver', () => {
  it('gets bytes at the speed of the line, and overruns without a reader', () => {
    const { bus, frames, send } = build();
    send(1, 2, 3);
    frames(0.9);
    expect(bus.in(LSR) & 1).toBe(0);
    frames(0.2);
    expect([bus.in(LSR) & 1, bus.in(RBR)]).toEqual([1, 1]);
    frames(2);
    expect([bus.in(LSR) & 3, bus.in(LSR) & 3, bus.in(RBR), bus.in(LSR) & 1]).toEqual([3, 1, 3, 0]);
  });

  it('interrupts at the trigger level, and clears below it', () => {
    for (const [bits, level] of [
      [0, 1],
      [1, 4],
      [2, 8],
      [3, 14],
    ] as const) {
      const { bus, wire, frames, send } = build();
      bus.out(FCR, (bits << 6) | 1);
      bus.out(IER, 1);
      send(...Array.from({ length: level }, (_, i) => i));
      frames(level - 0.5);
      expect(wire.irq).toBe(false);
      frames(1);
      expect([wire.irq, bus.in(IIR)]).toEqual([true, 0xc4]);
      expect([bus.in(RBR), wire.irq]).toEqual([0, false]);
    }
  });

  it('times out after four frames of silence with bytes below the trigger', () => {
    const { bus, wire, frames, send } = build();
    bus.out(FCR, 0xc1);
    bus.out(IER, 1);
    send(7, 8);
    frames(5.9);
    expect(wire.irq).toBe(false);
    frames(0.2);
    expect([wire.irq, bus.in(IIR)]).toEqual([true, 0xcc]);
    expect([bus.in(RBR), wire.irq]).toEqual([7, false]);
    frames(4.1);
    expect([wire.irq, bus.in(RBR)]).toEqual([true, 8]);
    frames(10);
    expect(wire.irq).toBe(false);
  });

  it('keeps what the FIFO holds on overrun', () => {
    const { bus, frames, send } = build();
    bus.out(FCR, 0x01);
    send(...Array.from({ length: 18 }, (_, i) => i));
    frames(19);
    expect(bus.in(LSR) & 2).toBe(2);
    const got = Array.from({ length: 16 }, () => bus.in(RBR));
    expect(got).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(bus.in(LSR) & 1).toBe(0);
  });

  it('holds at most 4096 bytes that are still to come, dropping the newest', () => {
    const { bus, send } = build();
    send(...Array.from({ length: 5000 }, (_, i) => i & 0xff));
    let got = 0;
    while (bus.schedule.next < Number.POSITIVE_INFINITY) {
      bus.runTo(bus.schedule.next);
      expect(bus.in(RBR)).toBe(got++ & 0xff);
    }
    expect(got).toBe(4096);
  });
});

describe('16550A lines', () => {
  it('orders interrupts: line status, data, transmitter, modem', () => {
    const { bus, frames, send } = build();
    bus.out(IER, 0x0f);
    bus.in(IIR);
    bus.out(MCR, 0x10);
    bus.out(MCR, 0x0b);
    bus.out(RBR, 0x55);
    send(1, 2);
    frames(3);
    expect(bus.in(IIR)).toBe(0x06);
    bus.in(LSR);
    expect(bus.in(IIR)).toBe(0x04);
    bus.in(RBR);
    expect(bus.in(IIR)).toBe(0x02);
    expect(bus.in(IIR)).toBe(0x00);
    expect(bus.in(MSR) & 0x0f).toBe(0x0b);
    expect(bus.in(IIR)).toBe(0x01);
  });

  it('loops back: data, modem lines, no interrupt on the bus', () => {
    const { bus, wire, frames, sent } = build();
    bus.out(IER, 0x01);
    bus.out(MCR, 0x1a);
    expect(bus.in(MSR) & 0xf0).toBe(0x90);
    bus.out(MCR, 0x14);
    expect(bus.in(MSR)).toBe(0x40 | 0x09);
    bus.out(MCR, 0x11);
    expect(bus.in(MSR)).toBe(0x20 | 0x06);
    bus.out(RBR, 0xa5);
    frames(1.1);
    expect([bus.in(IIR), wire.irq, sent()]).toEqual([0x04, false, []]);
    expect(bus.in(RBR)).toBe(0xa5);
    bus.out(LCR, 0x43);
    expect([bus.in(LSR) & 0x11, bus.in(RBR), bus.in(LSR) & 0x11]).toEqual([0x11, 0, 0]);
  });

  it('interrupts only through OUT2', () => {
    const { bus, wire } = build();
    bus.out(MCR, 0x03);
    bus.out(IER, 0x02);
    expect(wire.irq).toBe(false);
    bus.out(MCR, 0x0b);
    expect(wire.irq).toBe(true);
  });

  it('has a scratch register, and shows the identity of a 16550A', () => {
    const { bus, uart } = build();
    bus.out(SCR, 0x5a);
    expect([bus.in(SCR), bus.in(IIR)]).toEqual([0x5a, 0x01]);
    bus.out(FCR, 0x01);
    expect(bus.in(IIR)).toBe(0xc1);
    uart.reset();
    expect([bus.in(IIR), bus.in(IER), bus.in(MCR), bus.in(LSR), bus.in(SCR)]).toEqual([1, 0, 0, 0x60, 0x5a]);
    bus.out(LCR, 0x80);
    expect([bus.in(RBR), bus.in(IER)]).toEqual([1, 0]);
  });
});

describe('8250', () => {
  it('has neither FIFOs nor a scratch register', () => {
    const bus = new FakeBus();
    new Uart16550(bus, { name: 'com1', irq: () => {}, is8250: true }).reset();
    bus.out(FCR, 0xc7);
    expect(bus.in(IIR)).toBe(1);
    bus.out(SCR, 0x5a);
    expect(bus.in(SCR)).toBe(0xff);
    bus.deliver('serial:com1', [1, 2]);
    bus.advanceSeconds(1);
    expect([bus.in(LSR) & 3, bus.in(RBR), bus.in(LSR) & 1]).toEqual([3, 2, 0]); // overrun
  });
});

deviceLaws('16550A', (bus, wire) => new Uart16550(bus, { name: 'com1', irq: wire('irq4') }), {
  inputs: { 'serial:com1': 40 },
  values: { [FCR]: [0x01, 0x07, 0xc1, 0x00], [MCR]: [0x0b, 0x1b, 0x1f], [LCR]: [0x03, 0x83, 0x43] },
  longestStep: 2 ** 22,
});
