import { describe, expect, it } from 'vitest';
import { Keyboard8042 } from '../../src/devices/keyboard8042.js';
import { chordToKeys, KEYS, keyNamed, scanCodes, textToKeys } from '../../src/devices/keys.js';
import { Ps2Keyboard } from '../../src/devices/ps2Keyboard.js';
import { Ps2Mouse } from '../../src/devices/ps2Mouse.js';
import { translateScanCode } from '../../src/devices/scanTranslation.js';
import { deviceLaws } from './support/deviceLaws.js';
import { FakeBus } from './support/fakeBus.js';

function build() {
  const bus = new FakeBus();
  const wire = { irq1: false, irq12: false, a20: false };
  const keyboard = new Ps2Keyboard(bus, { name: 'keyboard' });
  const mouse = new Ps2Mouse(bus, { name: 'mouse' });
  const set = (name: keyof typeof wire) => (level: boolean) => {
    wire[name] = level;
  };
  const controller = new Keyboard8042(bus, {
    name: '8042',
    irqKeyboard: set('irq1'),
    irqMouse: set('irq12'),
    a20: set('a20'),
    keyboard,
    mouse,
  });
  for (const device of [keyboard, mouse, controller]) device.reset();
  const command = (value: number, data?: number) => {
    bus.out(0x64, value);
    if (data !== undefined) bus.out(0x60, data);
  };
  /** Reads everything that comes within a while, as a polling driver would. */
  const drain = (seconds = 0.05) => {
    const bytes: number[] = [];
    for (let t = 0; t < seconds; t += 0.0005) {
      if (bus.in(0x64) & 1) bytes.push(bus.in(0x60));
      bus.advanceSeconds(0.0005);
    }
    return bytes;
  };
  const toMouse = (...bytes: number[]) => {
    const answers: number[] = [];
    for (const byte of bytes) {
      command(0xd4, byte);
      answers.push(...drain());
    }
    return answers;
  };
  const toKeyboard = (...bytes: number[]) => {
    const answers: number[] = [];
    for (const byte of bytes) {
      bus.out(0x60, byte);
      answers.push(...drain());
    }
    return answers;
  };
  const type = (data: Uint8Array) => bus.deliver('keyboard', data);
  return { bus, wire, keyboard, controller, command, drain, toMouse, toKeyboard, type };
}

describe('8042 commands', () => {
  it('tests itself and its interfaces', () => {
    const { bus, command } = build();
    expect(bus.in(0x64) & 4).toBe(0);
    const answers = [0xaa, 0xab, 0xa9].map((c) => {
      command(c);
      expect(bus.in(0x64) & 9).toBe(9);
      return bus.in(0x60);
    });
    expect(answers).toEqual([0x55, 0, 0]);
    expect(bus.in(0x64) & 5).toBe(4);
  });

  it('reads and writes its command byte and RAM', () => {
    const { bus, command } = build();
    command(0x60, 0x47);
    command(0x65, 0x99);
    command(0x20);
    expect(bus.in(0x60)).toBe(0x47);
    command(0x25);
    expect(bus.in(0x60)).toBe(0x99);
    for (const [c, mode] of [
      [0xa7, 0x67],
      [0xad, 0x77],
      [0xa8, 0x57],
      [0xae, 0x47],
    ] as const) {
      command(c);
      command(0x20);
      expect(bus.in(0x60)).toBe(mode);
    }
  });

  it('switches A20 through the output port, and resets', () => {
    const { bus, wire, command } = build();
    expect(wire.a20).toBe(true);
    command(0xd1, 0xdd);
    expect(wire.a20).toBe(false);
    command(0xd0);
    expect(bus.in(0x60) & 3).toBe(1);
    command(0xd1, 0xdf);
    expect(wire.a20).toBe(true);
    command(0xdd);
    expect(wire.a20).toBe(false);
    expect(bus.requests).toEqual([]);
    command(0xff);
    expect(bus.requests).toEqual([]);
    command(0xfe);
    command(0xd1, 0x02);
    expect(bus.requests).toEqual([{ kind: 'reset' }, { kind: 'reset' }]);
  });

  it('puts bytes into its output buffer as if a device had sent them', () => {
    const { bus, wire, command } = build();
    command(0x60, 0x43);
    command(0xd2, 0x12);
    expect([wire.irq1, wire.irq12, bus.in(0x64) & 0x21, bus.in(0x60)]).toEqual([true, false, 0x01, 0x12]);
    command(0xd3, 0x34);
    expect([wire.irq1, wire.irq12, bus.in(0x64) & 0x21, bus.in(0x60)]).toEqual([false, true, 0x21, 0x34]);
    expect([wire.irq1, wire.irq12]).toEqual([false, false]);
  });
});

describe('keyboard', () => {
  it('types in set 1 by translation, one byte a frame, each read letting the next come', () => {
    const { bus, wire, type } = build();
    type(chordToKeys('a'));
    bus.advanceSeconds(0.00087);
    expect(wire.irq1).toBe(false);
    bus.advanceSeconds(0.00002);
    expect([wire.irq1, bus.in(0x64) & 1]).toEqual([true, 1]);
    bus.advanceSeconds(1);
    expect(bus.in(0x60)).toBe(0x1e);
    expect(wire.irq1).toBe(false);
    bus.advanceSeconds(0.02);
    expect(bus.in(0x60)).toBe(0x9e);
  });

  it('types in set 2 untranslated, and in set 3 when told', () => {
    const { command, drain, toKeyboard, type } = build();
    command(0x60, 0x01);
    type(chordToKeys('shift-right'));
    expect(drain()).toEqual([0x12, 0xe0, 0x74, 0xe0, 0xf0, 0x74, 0xf0, 0x12]);
    expect(toKeyboard(0xf0, 3, 0xf0, 0)).toEqual([0xfa, 0xfa, 0xfa, 0xfa, 3]);
    type(chordToKeys('f1'));
    expect(drain()).toEqual([0x07, 0xf0, 0x07]);
  });

  it('answers commands', () => {
    const { bus, keyboard, command, toKeyboard } = build();
    command(0x60, 0x01);
    expect(toKeyboard(0xee)).toEqual([0xee]);
    expect(toKeyboard(0xf2)).toEqual([0xfa, 0xab, 0x83]);
    expect(toKeyboard(0xfe)).toEqual([0x83]);
    expect(toKeyboard(0xed, 0x05)).toEqual([0xfa, 0xfa]);
    expect(keyboard.leds).toBe(5);
    expect(bus.notes.filter((n) => n.what === 'leds').map((n) => n.a)).toEqual([5]);
    expect(toKeyboard(0xf3, 0x20)).toEqual([0xfa, 0xfa]);
    expect(toKeyboard(0x05)).toEqual([0xfe]);
    expect(toKeyboard(0xed, 0xf4)).toEqual([0xfa, 0xfa]);
    expect(toKeyboard(0xff)).toEqual([0xfa, 0xaa]);
    expect(keyboard.leds).toBe(0);
  });

  it('shows its identity translated as real controllers do', () => {
    expect(build().toKeyboard(0xf2)).toEqual([0xfa, 0xab, 0x41]);
  });

  it('is silent while disabled at either end', () => {
    const { command, drain, toKeyboard, type } = build();
    toKeyboard(0xf5);
    type(chordToKeys('x'));
    expect(drain()).toEqual([]);
    toKeyboard(0xf4);
    command(0xad);
    type(chordToKeys('y'));
    expect(drain()).toEqual([]);
    command(0xae);
    expect(drain()).toEqual([0x15, 0x95]);
  });

  it('types a text without losing a key, however long', () => {
    const { drain, type } = build();
    const text =
      'The quick brown fox jumps over the lazy dog. 0123456789 {[(<"\'`~!@#$%^&*_+-=|\\:;,/?>)]}\n';
    type(textToKeys(text));
    const plain = new Map(KEYS.map((k) => [k.set1, k.name]));
    const downs = drain(4).filter((code) => code < 0x80 && code !== 0x2a);
    expect(downs.length).toBe(text.length);
    expect(plain.get(downs[1]!)).toBe('h');
    expect(plain.get(downs[downs.length - 1]!)).toBe('enter');
  });
});

describe('scan codes', () => {
  it('translate: set 2 of every key through the 8042 is set 1', () => {
    for (const key of KEYS) {
      for (const down of [true, false]) {
        let released = 0;
        const translated = scanCodes(key, down, 2).flatMap((code) => {
          if (code === 0xf0) {
            released = 0x80;
            return [];
          }
          const out = translateScanCode(code) | released;
          released = 0;
          return [out];
        });
        expect([key.name, ...translated]).toEqual([key.name, ...scanCodes(key, down, 1)]);
      }
    }
  });

  it('have no two keys alike, and the facts of well-known ones', () => {
    for (const field of ['name', 'usage', 'set1', 'set2', 'set3'] as const) {
      expect(new Set(KEYS.map((k) => k[field])).size).toBe(KEYS.length);
    }
    expect(KEYS.length).toBe(105);
    expect(keyNamed('delete')).toMatchObject({ usage: 0x4c, set1: 0xe053, set2: 0xe071 });
    expect(scanCodes(keyNamed('pause')!, true, 2)).toEqual([0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77]);
  });

  it('spell chords and refuse what is not there', () => {
    expect([...chordToKeys('ctrl-alt-delete')]).toEqual([
      0xe0, 1, 0xe2, 1, 0x4c, 1, 0x4c, 0, 0xe2, 0, 0xe0, 0,
    ]);
    expect([...textToKeys('A!')]).toEqual([0xe1, 1, 4, 1, 4, 0, 0xe1, 0, 0xe1, 1, 0x1e, 1, 0x1e, 0, 0xe1, 0]);
    expect(() => chordToKeys('hyper-x')).toThrow(/hyper/);
    expect(() => textToKeys('é')).toThrow(/é/);
  });
});

describe('mouse', () => {
  /** A mouse that reports, through IRQ12. */
  function reporting() {
    const rig = build();
    rig.command(0x60, 0x43);
    rig.toMouse(0xf4);
    return rig;
  }

  it('identifies itself, with the wheel after the knock', () => {
    const { toMouse } = build();
    expect(toMouse(0xff)).toEqual([0xfa, 0xaa, 0x00]);
    expect(toMouse(0xf2)).toEqual([0xfa, 0x00]);
    toMouse(0xf3, 200, 0xf3, 100, 0xf3, 80);
    expect(toMouse(0xf2)).toEqual([0xfa, 0x03]);
    expect(toMouse(0xf3, 100, 0xe8, 3, 0xe7, 0xe9)).toEqual([
      0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0x10, 3, 100,
    ]);
    toMouse(0xff);
    expect(toMouse(0xf2)).toEqual([0xfa, 0x00]);
  });

  it('reports movement and buttons in three bytes, marked as the mouse', () => {
    const { bus, wire, drain } = reporting();
    bus.deliver('mouse', [5, 0xfd, 0, 1]);
    bus.advanceSeconds(0.001);
    expect([wire.irq1, wire.irq12, bus.in(0x64) & 0x21]).toEqual([false, true, 0x21]);
    expect(drain()).toEqual([0x09, 5, 3]);
    bus.deliver('mouse', [0xff, 1, 0, 0]);
    expect(drain()).toEqual([0x38, 0xff, 0xff]);
  });

  it('merges movement, splits what is too far, and never a click', () => {
    const { bus, drain } = reporting();
    bus.deliver('mouse', [100, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(drain(0.2)).toEqual([0x08, 127, 0, 0x08, 73, 0, 0x09, 0, 0, 0x08, 0, 0]);
  });

  it('adds the wheel as a fourth byte', () => {
    const { bus, toMouse, drain } = reporting();
    toMouse(0xf3, 200, 0xf3, 100, 0xf3, 80);
    bus.deliver('mouse', [0, 0, 1, 0]);
    expect(drain()).toEqual([0x08, 0, 0, 0xff]);
  });

  it('reports on demand in remote mode, echoes in wrap mode', () => {
    const { bus, drain, toMouse } = reporting();
    expect(toMouse(0xf0)).toEqual([0xfa]);
    bus.deliver('mouse', [7, 0, 0, 0]);
    expect(drain()).toEqual([]);
    expect(toMouse(0xeb)).toEqual([0xfa, 0x08, 7, 0]);
    expect(toMouse(0xee, 0x42, 0xf4, 0xec, 0xea)).toEqual([0xfa, 0x42, 0xf4, 0xfa, 0xfa]);
    expect(toMouse(0x01)).toEqual([0xfe]);
  });

  it('loses movement while not reporting', () => {
    const { bus, drain, toMouse } = build();
    bus.deliver('mouse', [1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 0, 2]);
    expect(drain()).toEqual([]);
    expect(toMouse(0xf4, 0xe9)).toEqual([0xfa, 0xfa, 0x20 | 1, 2, 100]);
  });
});

deviceLaws(
  '8042 with keyboard and mouse',
  (bus, wire) => {
    const keyboard = new Ps2Keyboard(bus, { name: 'keyboard' });
    const mouse = new Ps2Mouse(bus, { name: 'mouse' });
    const wires = { irqKeyboard: wire('irq1'), irqMouse: wire('irq12'), a20: wire('a20') };
    return [new Keyboard8042(bus, { name: '8042', keyboard, mouse, ...wires }), keyboard, mouse];
  },
  {
    inputs: { keyboard: 20, mouse: 20 },
    values: {
      96: [0xed, 0xee, 0xf0, 0xf2, 0xf3, 0xf4, 0xf5, 0xff, 0xfe, 200, 100, 80, 0xeb, 0x43],
      100: [0x20, 0x60, 0xa7, 0xa8, 0xaa, 0xad, 0xae, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd4, 0xfe],
    },
  },
);
