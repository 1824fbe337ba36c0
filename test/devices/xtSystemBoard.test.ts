/** The PC/XT's keyboard, its shift register, and what else hangs on the 8255. */
import { describe, expect, it } from 'vitest';
import { textToKeys } from '../../src/devices/keys.js';
import { XtKeyboard } from '../../src/devices/xtKeyboard.js';
import { XtSystemBoard } from '../../src/devices/xtSystemBoard.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

const [A, B, C, CONTROL, NMI] = [0x60, 0x61, 0x62, 0x63, 0xa0];
/** Parity checks off, keyboard clock free. */
const READY = 0x70;
const CLEAR = 0x80;
const usage = { a: 0x04, up: 0x52, f12: 0x45, pause: 0x48, enter: 0x28, kpEnter: 0x58 };

function build() {
  const bus = new FakeBus();
  const wire = { irq: false, gate2: false, out2: false };
  const keyboard = new XtKeyboard(bus, {
    name: 'keyboard',
    irq: (level) => {
      wire.irq = level;
    },
  });
  const board = new XtSystemBoard(bus, {
    name: 'board',
    keyboard,
    gate2: (level) => {
      wire.gate2 = level;
    },
    out2: () => wire.out2,
    switches: 0xa5,
  });
  for (const device of [keyboard, board.ppi, board]) device.reset();
  bus.out(CONTROL, 0x99);
  bus.out(B, READY);
  const press = (...keys: number[]) => bus.deliver('keyboard', keys);
  /** Takes the code as IBM's BIOS does. */
  const take = () => {
    const code = bus.in(A);
    bus.out(B, READY | CLEAR);
    bus.out(B, READY);
    return code;
  };
  /** All codes that come within a second. */
  const codes = () => {
    const seen: number[] = [];
    for (let ms = 0; ms < 1000; ms++) {
      bus.advanceSeconds(0.001);
      if (wire.irq) seen.push(take());
    }
    return seen;
  };
  return { bus, wire, board, press, take, codes };
}

describe('83-key keyboard', () => {
  it('sends set 1, a frame of about a millisecond after the key', () => {
    const { bus, wire, press, take } = build();
    press(usage.a, 1);
    bus.advanceSeconds(0.0005);
    expect([wire.irq, bus.in(A)]).toEqual([false, 0]);
    bus.advanceSeconds(0.0006);
    expect([wire.irq, bus.in(A)]).toEqual([true, 0x1e]);
    expect(take()).toBe(0x1e);
    expect([wire.irq, bus.in(A)]).toEqual([false, 0]);
  });

  it('waits until its last code was taken', () => {
    const { bus, wire, press, take } = build();
    press(usage.a, 1, usage.a, 0);
    bus.advanceSeconds(0.1);
    expect(take()).toBe(0x1e);
    expect(wire.irq).toBe(false);
    bus.advanceSeconds(0.03);
    expect(take()).toBe(0x9e);
  });

  it('types text', () => {
    const { bus, codes } = build();
    bus.deliver('keyboard', textToKeys('Az'));
    expect(codes()).toEqual([0x2a, 0x1e, 0x9e, 0xaa, 0x2c, 0xac]);
  });

  it('sends for newer keys the code of their ancestor, if they have one', () => {
    const { press, codes } = build();
    press(usage.up, 1, usage.up, 0, usage.kpEnter, 1, usage.f12, 1, usage.pause, 1, usage.enter, 1);
    expect(codes()).toEqual([0x48, 0xc8, 0x1c, 0x1c]);
  });

  it('says nothing while the register is held clear', () => {
    const { bus, wire, press } = build();
    bus.out(B, READY | CLEAR);
    press(usage.a, 1);
    bus.advanceSeconds(1);
    expect([wire.irq, bus.in(A)]).toEqual([false, 0]);
    bus.out(B, READY);
    bus.advanceSeconds(0.01);
    expect([wire.irq, bus.in(A)]).toEqual([true, 0x1e]);
  });

  it('answers AAh after its clock was held low for 20 ms, not for 5', () => {
    const { bus, codes } = build();
    const hold = (seconds: number) => {
      bus.out(B, READY & ~0x40);
      bus.advanceSeconds(seconds);
      bus.out(B, READY | CLEAR);
      bus.out(B, READY);
    };
    hold(0.005);
    expect(codes()).toEqual([]);
    hold(0.02);
    expect(codes()).toEqual([0xaa]);
  });
});

describe('XT system board', () => {
  it('shows four switches at a time', () => {
    const { bus } = build();
    expect(bus.in(C) & 0x0f).toBe(0x5);
    bus.out(B, READY | 0x08);
    expect(bus.in(C) & 0x0f).toBe(0xa);
  });

  it('gates timer 2, shows its output, and no checks', () => {
    const { bus, wire, board } = build();
    expect([wire.gate2, board.speaking]).toEqual([false, false]);
    bus.out(B, READY | 3);
    expect([wire.gate2, board.speaking]).toEqual([true, true]);
    expect(bus.in(C) & 0xf0).toBe(0);
    wire.out2 = true;
    expect(bus.in(C) & 0xf0).toBe(0x20);
  });

  it('masks NMI until port A0h says otherwise', () => {
    const { bus, board } = build();
    expect(board.nmiEnabled).toBe(false);
    bus.out(NMI, 0x80);
    expect(board.nmiEnabled).toBe(true);
    bus.out(NMI, 0x7f);
    expect(board.nmiEnabled).toBe(false);
  });
});

deviceLaws(
  'XT system board',
  (bus, wire) => {
    const keyboard = new XtKeyboard(bus, { name: 'keyboard', irq: wire('irq1') });
    const out2 = () => (bus.now() & 64) !== 0;
    const options = { name: 'board', keyboard, gate2: wire('gate2'), out2, switches: 0x6d };
    const board = new XtSystemBoard(bus, options);
    return [board, board.ppi, keyboard];
  },
  { inputs: { keyboard: 64 }, values: { [B]: [READY, READY | CLEAR, 0x30], [CONTROL]: [0x99] } },
);
