import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PortHandler } from '../../src/core/device.js';
import { Machine } from '../../src/core/machine.js';
import { PhysicalMemory } from '../../src/core/memory.js';

function answering(value: number): PortHandler {
  return { read: () => value, write() {} };
}

function build() {
  const machine = new Machine(new PhysicalMemory(new Uint8Array(1 << 20)), { num: 1e8, den: 1 });
  return machine;
}

describe('movable port windows', () => {
  it('win over fixed claims, wherever they go, and give them back', () => {
    const machine = build();
    machine.ports(0x3f8, 8, answering(1));
    const window = machine.portWindow(answering(2));
    const at = (port: number) => machine.io.read(port, 1);
    expect([at(0x3f7), at(0x3f8)]).toEqual([0xff, 1]);
    window.place(0x3f4, 8);
    expect([at(0x3f4), at(0x3fb), at(0x3fc)]).toEqual([2, 2, 1]);
    window.place(0xc000, 8);
    expect([at(0x3f4), at(0x3fb), at(0xc007), at(0xc008)]).toEqual([0xff, 1, 2, 0xff]);
    window.place(0, 0);
    expect(at(0xc000)).toBe(0xff);
  });

  it('decode as if nothing had been placed before: only where they are now matters', () => {
    const place = fc.tuple(
      fc.nat(1),
      fc.oneof(fc.nat(40), fc.integer({ min: 65520, max: 65535 })),
      fc.nat(32),
    );
    fc.assert(
      fc.property(fc.array(place, { maxLength: 12 }), (places) => {
        const machine = build();
        machine.ports(16, 16, answering(1));
        const windows = [machine.portWindow(answering(2)), machine.portWindow(answering(3))];
        const now = [
          [0, 0],
          [0, 0],
        ];
        for (const [which, first, count] of places) {
          windows[which]!.place(first, count);
          now[which] = [first, count];
        }
        for (const port of [...Array(80).keys(), 65519, 65530, 65535]) {
          const hit = now.findIndex(([first, count]) => port >= first! && port < first! + count!);
          const fixed = port >= 16 && port < 32 ? 1 : 0xff;
          expect(machine.io.read(port, 1)).toBe(hit >= 0 ? hit + 2 : fixed);
        }
      }),
    );
  });
});
