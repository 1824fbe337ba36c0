import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, hexText, numberFrom, wholeFrom } from '../../../src/replay/guest/numbers.js';

describe('numbers', () => {
  it('that are shown can be put in', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(numberFrom(hexText(value))).toBe(value);
        expect(numberFrom(`0x${value.toString(16)}`)).toBe(value);
        expect(numberFrom(`${value}`)).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (address) => {
        expect(wholeFrom(addressText(address))).toBe(address);
      }),
    );
  });

  it('in hexadecimal begin with a digit: a name does not', () => {
    expect([hexText(0), hexText(0xb), hexText(0x1b), hexText(0xfa7a26e0)]).toEqual([
      '0h',
      '0bh',
      '1bh',
      '0fa7a26e0h',
    ]);
    expect([addressText(0x1003ac), addressText(0xc01003ac)]).toEqual(['001003ach', '0c01003ach']);
  });

  it.each(['', 'h', 'bh', '0x', 'x1', '1.5', '-1', '12a', '0b12', '1 2', '_1'])('are not "%s"', (text) => {
    expect(numberFrom(text)).toBeUndefined();
  });

  it('that a double does not hold exactly are none', () => {
    expect(wholeFrom('9007199254740991')).toBe(2 ** 53 - 1);
    expect(wholeFrom('9007199254740993')).toBeUndefined();
  });
});
