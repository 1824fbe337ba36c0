/** What terminals send, as keys and mouse events; and that nothing they might send confuses the parser for long. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputParser, type TerminalEvent } from '../../src/tui/input.js';

const parse = (...pieces: readonly string[]): TerminalEvent[] => {
  const parser = new InputParser();
  return [...pieces.flatMap((piece) => parser.push(piece)), ...parser.flush()];
};
const keys = (...pieces: readonly string[]): string[] =>
  parse(...pieces).map((event) => {
    if (event.kind === 'key') return event.key;
    return event.kind === 'paste' ? `paste ${event.text}` : event.what;
  });

describe('keys', () => {
  it('are characters, and names for others', () => {
    expect(keys('sS:/\\?')).toEqual(['s', 'S', ':', '/', '\\', '?']);
    expect(keys('\r\t\x7f\x03\x0c')).toEqual(['enter', 'tab', 'backspace', 'ctrl-c', 'ctrl-l']);
    expect(keys('ä€')).toEqual(['ä', '€']);
  });

  it('are cursor keys in both modes, and those with modifiers', () => {
    expect(keys('\x1b[A\x1bOB\x1b[C\x1b[D')).toEqual(['up', 'down', 'right', 'left']);
    expect(keys('\x1b[H\x1b[4~\x1b[5~\x1b[6~\x1b[Z')).toEqual([
      'home',
      'end',
      'pageup',
      'pagedown',
      'shift-tab',
    ]);
    expect(keys('\x1b[1;5C\x1b[1;2A')).toEqual(['ctrl-right', 'shift-up']);
  });

  it('are put together when they come in pieces', () => {
    expect(keys('\x1b', '[', 'A')).toEqual(['up']);
    expect(keys('\x1b[1;', '5C')).toEqual(['ctrl-right']);
    const parser = new InputParser();
    expect(parser.push('\x1b')).toEqual([]);
    expect(parser.pending).toBe(true);
    expect(parser.flush()).toEqual([{ kind: 'key', key: 'escape' }]);
    expect(parser.pending).toBe(false);
  });

  it('that are not known are passed over as a whole', () => {
    expect(keys('\x1b[?1;2cs')).toEqual(['s']);
    expect(keys('\x1b[23~s')).toEqual(['s']);
  });
});

describe('the mouse', () => {
  it('tells where it was pressed, let go, and turned', () => {
    expect(parse('\x1b[<0;1;1M')).toEqual([{ kind: 'mouse', what: 'press', column: 0, row: 0 }]);
    expect(parse('\x1b[<0;120;40m')).toEqual([{ kind: 'mouse', what: 'release', column: 119, row: 39 }]);
    expect(parse('\x1b[<64;5;6M\x1b[<65;5;6M').map(({ kind, ...rest }) => rest)).toEqual([
      { what: 'wheel-up', column: 4, row: 5 },
      { what: 'wheel-down', column: 4, row: 5 },
    ]);
    expect(parse('\x1b[<2;5;6M')).toEqual([]);
  });
});

it('pieces make no difference', () => {
  const sequences = ['\x1b[A', '\x1b[<0;3;4M', '\x1bOP', 'x', '\x1b[1;5D', '\r', '\x1b[?6c', 'é'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...sequences)), fc.array(fc.nat(40)), (parts, cuts) => {
      const text = parts.join('');
      const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((from, i) => text.slice(from, at[i]));
      expect(parse(...pieces)).toEqual(parse(text));
    }),
  );
});

it('whatever comes, what comes behind it is understood', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'\x1b\x1b[O<0;7MmA~?\0\x9bxé') }), (noise) => {
      const parser = new InputParser();
      parser.push(noise);
      parser.flush();
      expect(parser.push('s')).toEqual([{ kind: 'key', key: 's' }]);
    }),
  );
});
