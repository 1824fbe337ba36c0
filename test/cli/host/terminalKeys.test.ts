import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { terminalToKeys } from '../../../src/cli/host/terminalKeys.js';
import { chordToKeys } from '../../../src/devices/keys.js';

const chords = (...names: string[]) => Uint8Array.from(names.flatMap((name) => [...chordToKeys(name)]));

it.each([
  ['ab', ['a', 'b']],
  ['A!', ['shift-a', 'shift-1']],
  ['\r', ['enter']],
  ['\x7f', ['backspace']],
  ['\t', ['tab']],
  ['\x03', ['ctrl-c']],
  ['\x1b', ['esc']],
  ['\x1bx', ['alt-x']],
  ['\x1b[A\x1bOB', ['up', 'down']],
  ['\x1b[3~', ['delete']],
  ['\x1b[15~x', ['f5', 'x']],
  ['\x1b[1;5C', ['ctrl-right']],
  ['\x1b[3;7~', ['alt-ctrl-delete']],
  ['\x1b[Z', ['shift-tab']],
  ['aéb', ['a', 'b']],
])('%j is %j', (text, names) => {
  expect(terminalToKeys(text)).toEqual(chords(...names));
});

it('takes anything, and releases every key it presses', () => {
  const terminal = fc.string({ unit: 'binary' }).map((s) => s.replaceAll('[', '\x1b['));
  fc.assert(
    fc.property(terminal, (text) => {
      const keys = terminalToKeys(text);
      const held = new Map<number, number>();
      for (let i = 0; i < keys.length; i += 2) {
        held.set(keys[i]!, (held.get(keys[i]!) ?? 0) + (keys[i + 1] ? 1 : -1));
      }
      expect([...held.values()].every((n) => n === 0)).toBe(true);
    }),
  );
});
