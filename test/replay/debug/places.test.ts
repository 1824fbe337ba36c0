import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockOf, parsePlace } from '../../../src/replay/debug/places.js';

/** 100 clocks a second. */
const RUN = { end: 1000, frequency: { num: 100, den: 1 } };
const HERE = { clock: 400, marks: new Map([['lunch', 77]]) };

const at = (text: string, here?: typeof HERE) => clockOf(parsePlace(text), RUN, here);

describe('a place in a run', () => {
  it.each([
    ['0', 0],
    ['1_000', 1000],
    ['0x1f', 31],
    ['1fh', 31],
    ['0ffh', 255],
    ['1.5s', 150],
    ['0.004s', 0],
    ['25%', 250],
    ['100%', 1000],
    ['12.5%', 125],
    ['begin', 0],
    ['start', 0],
    ['end', 1000],
    // Beyond the end is for others to judge.
    ['99999', 99999],
  ])('%s is clock %i', (text, clock) => {
    expect(at(text)).toBe(clock);
  });

  it('may be an instruction, which no clock tells', () => {
    expect(parsePlace('i:1_000')).toMatchObject({ kind: 'retired', count: 1000 });
    expect(at('i:5')).toBeUndefined();
  });

  it('may be said from where one stands, or by a mark', () => {
    expect(at('+10', HERE)).toBe(410);
    expect(at('-1000', HERE)).toBe(0);
    expect(at('lunch', HERE)).toBe(77);
    for (const text of ['+10', '-1', 'lunch']) expect(() => at(text)).toThrow(/^".*" is no position/);
  });

  it.each([
    '',
    '101%',
    '1.5',
    '1.5x',
    'i:',
    'i:x',
    'i:1.5',
    '--1',
    '+',
    '0x',
    'fh h',
    '9007199254740993',
    '1e3',
  ])('is not "%s"', (text) => {
    expect(() => at(text, HERE)).toThrow(RangeError);
  });

  it('is never anything but a clock or a line that says no', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const clock = at(text, HERE);
          expect(clock === undefined || (Number.isSafeInteger(clock) && clock >= 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
