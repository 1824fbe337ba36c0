/** A description out of a trace is a board's or is refused in a word; it is never handed on unseen. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPc, isXt, pcFrom, xtFrom } from '../../../src/replay/machines/descriptions.js';
import { TraceError } from '../../../src/replay/trace/format.js';

const sound = {
  board: 'pc',
  model: 'i686',
  memory: 2 ** 21,
  clockMultiplier: 84,
  bootInstant: -5,
  seed: 1,
  kernel: { image: 'a', append: '' },
  disks: [null, { sectors: 5, geometry: { cylinders: 1, heads: 1, sectors: 5 } }],
  floppies: [],
  boot: ['disk'],
  debugPorts: false,
};

it('takes what the program writes', () => {
  expect(pcFrom(sound)).toBe(sound);
  expect(pcFrom({ ...sound, nic: { model: 'rtl8029', address: '52:57:00:00:00:01' } })).toBeTruthy();
  expect(pcFrom({ ...sound, bios: 'b', kernel: { image: 'a', initrd: 'i', append: '' } })).toBeTruthy();
});

it.each([
  ['model', 'i960'],
  ['model', 'toString'],
  ['memory', '2M'],
  ['memory', 2.5],
  ['kernel', { image: 'a' }],
  ['disks', [{}]],
  ['disks', [{ sectors: 5, geometry: {} }]],
  ['floppies', null],
  ['boot', ['net']],
  ['nic', { model: 'rtl8029' }],
  ['nic', { model: 'ne1000', address: '52:57:00:00:00:01' }],
  ['nic', { model: 'rtl8029', address: '53:57:00:00:00:01' }],
  ['debugPorts', 1],
])('names a wrong %s', (name, value) => {
  expect(() => pcFrom({ ...sound, [name]: value })).toThrow(`its "${name}" is not one`);
});

it('throws nothing but a TraceError, whatever a description holds', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(sound)), fc.anything(), (name, value) => {
      try {
        pcFrom({ ...sound, [name]: value } as never);
      } catch (error) {
        expect(error).toBeInstanceOf(TraceError);
      }
    }),
  );
});

const xt = {
  board: 'xt',
  model: 'i8086',
  memory: 2 ** 18,
  display: 'cga',
  disks: [],
  floppies: [{ sectors: 720 }],
  debugPorts: true,
};

it('tells a PC/XT from a PC', () => {
  expect(xtFrom(xt)).toBe(xt);
  expect([isXt(xt), isPc(xt), isXt(sound), isPc(sound)]).toEqual([true, false, false, true]);
  expect(() => xtFrom({ ...xt, display: 'vga' })).toThrow('its "display" is not one');
});
