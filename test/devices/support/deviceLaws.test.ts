/** The laws must be able to fail: devices that break them are caught. */
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/core/device.js';
import { layout } from '../../../src/core/layout.js';
import { LAWS } from './deviceLaws.js';
import type { FakeBus } from './fakeBus.js';

const COUNTER = layout('counter', { saved: 'u8' });
const [traffic, hidden, fits] = Object.values(LAWS);

/** A device of one port; `read` gets its state and what it hides. */
function counter(read: (saved: number, hides: { reads: number }) => number) {
  return (bus: FakeBus): Device => {
    const state = COUNTER.create();
    const hides = { reads: 0 };
    bus.ports(0x10, 1, {
      read: () => {
        hides.reads++;
        return read(state.saved++, hides);
      },
      write: () => {},
    });
    return { name: 'counter', state, reset: () => {} };
  };
}

describe('the laws of a device', () => {
  it('accept an honest one', () => {
    for (const law of [traffic, hidden, fits]) law(counter((saved) => saved));
  });

  it('catch one that throws', () => {
    const broken = counter((saved) => {
      if (saved === 5) throw new Error('sixth read');
      return 0;
    });
    expect(() => traffic(broken)).toThrow(/Property failed/);
  });

  it('catch one that answers differently each time', () => {
    let everywhere = 0;
    expect(() => traffic(counter(() => everywhere++ & 0xff))).toThrow();
  });

  it('catch one that remembers outside its state', () => {
    expect(() => hidden(counter((_saved, hides) => hides.reads & 0xff))).toThrow();
  });

  it('catch one whose answer is too wide', () => {
    expect(() => fits(counter(() => 0x1ff))).toThrow();
  });
});
