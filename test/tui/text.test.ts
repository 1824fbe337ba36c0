/** Widths of styled text, and what themes make of it. */
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut, fit, fitText, plainText, type Role, wrap } from '../../src/tui/text.js';
import { colourLevel, painter } from '../../src/tui/theme.js';

/** As views give it: no control characters. */
const texts = fc
  .string({
    unit: fc.oneof(
      fc.constantFrom('a', ' ', '\u4e2d', '\u00e9', 'e\u0301', '\u200b', '\u2588', '\u{1f600}'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
    ),
  })
  .map((text) => text.replace(/\p{Cc}/gu, ''));

describe('text', () => {
  it('fits to exactly the columns there are', () => {
    fc.assert(
      fc.property(texts, fc.nat(40), (text, width) => {
        expect(stringWidth(fitText(text, width))).toBe(width);
        expect(stringWidth(cut(text, width))).toBeLessThanOrEqual(width);
        expect(stringWidth(plainText(fit([{ text }, { text, role: 'note' }], width)))).toBe(width);
      }),
    );
  });

  it('is cut before what does not fit, and keeps what does', () => {
    expect(cut('abc', 2)).toBe('ab');
    expect(cut('a\u4e2db', 2)).toBe('a');
    expect(cut('a\u4e2db', 3)).toBe('a\u4e2d');
    expect(plainText(fit([{ text: 'ab' }, { text: 'cd', role: 'note' }], 3))).toBe('abc');
  });

  it('is broken at spaces, and nothing of it is lost', () => {
    expect(wrap('the guest failed at the end', 12)).toEqual(['the guest', 'failed at', 'the end']);
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', ' ') }),
        fc.integer({ min: 1, max: 20 }),
        (text, width) => {
          const lines = wrap(text, width);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        },
      ),
    );
  });
});

const SGR = new RegExp(`${String.fromCharCode(0x1b)}\\[([\\d;]*)m`, 'g');

describe('themes', () => {
  it('go by what the terminal says it can', () => {
    expect(colourLevel({ TERM: 'xterm-256color' })).toBe('256');
    expect(colourLevel({ TERM: 'xterm' })).toBe('16');
    expect(colourLevel({ TERM: 'tmux-256color', COLORTERM: 'truecolor' })).toBe('true');
    expect(colourLevel({ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' })).toBe('none');
    expect(colourLevel({ TERM: 'dumb' })).toBe('none');
    expect(colourLevel({})).toBe('none');
  });

  const roles: readonly Role[] = ['dim', 'here', 'changed', 'focus', 'error', 'cursor', 'hit'];
  const spans = [
    ...roles.map((role) => ({ text: role, role })),
    { text: 'guest', paint: { foreground: 0xff5555, background: 0x0000aa } },
  ];

  it('change nothing but looks', () => {
    for (const level of ['none', '16', '256', 'true'] as const) {
      expect(stripVTControlCharacters(painter(level)(spans))).toBe(plainText(spans));
    }
  });

  it('without colour use bold, underline and inverse alone', () => {
    const codes = [...painter('none')(spans).matchAll(SGR)].flatMap(([, all]) => all!.split(';'));
    expect(new Set(codes)).toEqual(new Set(['0', '1', '4', '7']));
  });

  it('show the colours of guests as near as they can', () => {
    const guest = spans.slice(-1);
    expect(painter('true')(guest)).toBe('\x1b[38;2;255;85;85;48;2;0;0;170mguest\x1b[0m');
    // 203 is 255,95,95 and 19 is 0,0,175 of xterm's cube.
    expect(painter('256')(guest)).toBe('\x1b[38;5;203;48;5;19mguest\x1b[0m');
    expect(painter('16')(guest)).toBe('\x1b[91;44mguest\x1b[0m');
  });
});
