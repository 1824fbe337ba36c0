/**
 * The last lines that the guest sent on its serial console, as far as they are known (query/history.ts). Of what a
 * terminal does only this is followed: carriage return and backspace go back in the line, tabs go to the next
 * multiple of 8, an erased end of a line is erased. Other control sequences (ECMA-48) are left out.
 */
import type { Debugger } from '../debug/debugger.js';
import { SerialText } from '../export/serialText.js';
import { plain } from './plain.js';

const TAB = 8;
/** Bytes that are looked at, at most. */
const TAIL = 1 << 15;
const ESCAPE = '\u001b';
const BELL = '\u0007';
/** Control sequences, strings up to their end (OSC, DCS and their kin), and those of two or three characters. */
const SEQUENCES = new RegExp(
  [
    `${ESCAPE}\\[([0-9:;<=>?]*)[ -/]*([@-~]|$)`,
    `${ESCAPE}[\\]PX^_][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)?`,
    `${ESCAPE}[ -/]*[0-~]`,
  ].join('|'),
  'gu',
);
/** Stands for the sequence that erases the rest of a line. */
const ERASE = '\u0000';

export function serialOf({ history, clock }: Debugger, rows: number): string[] {
  if (rows <= 0) return [];
  const sent = history.sentUpTo(clock).slice(-TAIL);
  const decoder = new SerialText();
  const bytes = Array.from(lastLines(sent, rows), (c) => c.charCodeAt(0));
  const text = (decoder.take(bytes) + decoder.end()).replace(SEQUENCES, meaning);
  return text.split('\n').map(written).slice(-rows);
}

/** With one line more, for the last may have nothing in it yet. */
function lastLines(sent: string, rows: number): string {
  let start = sent.length;
  for (let i = 0; i <= rows && start > 0; i++) start = sent.lastIndexOf('\n', start - 1);
  return sent.slice(Math.max(0, start + 1));
}

/** Erasing to the end of the line is the one that is followed. */
function meaning(_: string, parameters: string | undefined, final: string | undefined): string {
  return final === 'K' && (parameters === '' || parameters === '0') ? ERASE : '';
}

/** What stands in a line when all of it has been sent. */
function written(line: string): string {
  let cells: string[] = [];
  let column = 0;
  for (const character of line) {
    if (character === '\r') column = 0;
    else if (character === '\b') column = Math.max(0, column - 1);
    else if (character === '\t') column += TAB - (column % TAB);
    else if (character === ERASE) cells = cells.slice(0, column);
    else if (!/\p{Cc}/u.test(character)) cells[column++] = character;
  }
  return plain(Array.from(cells, (cell) => cell ?? ' ').join('')).trimEnd();
}
