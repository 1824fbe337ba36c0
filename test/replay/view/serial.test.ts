/** Lines of the serial console: of texts whose look on a terminal is known, and of the demo's run. */
import { describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { serialOf } from '../../../src/replay/view/serial.js';

/** Of a guest that has sent a text, in UTF-8. */
function lines(text: string, rows = 10): string[] {
  const sent = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
  return serialOf({ history: { sentUpTo: () => sent }, clock: 0 } as unknown as Debugger, rows);
}

describe('lines of the serial console', () => {
  it.each([
    ['plain', 'one\r\ntwo\r\n$ ', ['one', 'two', '$']],
    ['overwritten', '10%\r20%\r100%\r\n', ['100%', '']],
    ['with backspaces', 'lss\b \b\n', ['ls', '']],
    ['with tabs', 'a\tb\n', ['a       b', '']],
    ['with erased ends', 'long line\rno\x1b[K\n', ['no', '']],
    ['with colours', '\x1b[1;31mred\x1b[0m and \x1b[38;5;12mblue\x1b[m', ['red and blue']],
    ['with titles', '\x1b]0;a title\x07text \x1b]2;another\x1b\\more', ['text more']],
    ['with other sequences', '\x1b(Bfoo\x1b7\x1b8\x1b=bar\x1bM', ['foobar']],
    ['with a sequence that goes on later', 'text\x1b[3', ['text']],
    ['with private modes', '\x1b[?25hshown', ['shown']],
    ['in UTF-8', 'grüße ✓', ['grüße ✓']],
    ['with control characters', 'a\u0001b\u009bc', ['abc']],
  ])('%s', (_, text, wanted) => {
    expect(lines(text)).toEqual(wanted);
  });

  it('are the last ones', () => {
    const text = Array.from({ length: 1000 }, (_, i) => `line ${i}`).join('\r\n');
    expect(lines(text, 3)).toEqual(['line 997', 'line 998', 'line 999']);
    expect(lines(`${text}\r\n`, 3)).toEqual(['line 998', 'line 999', '']);
    expect(lines(text, 0)).toEqual([]);
    expect(lines('', 3)).toEqual(['']);
  });

  it('may be very long', () => {
    expect(lines('x'.repeat(1_000_000), 2)[0]!.length).toBeLessThanOrEqual(1 << 15);
  });
});
