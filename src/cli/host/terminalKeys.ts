/** From what a terminal sends (ECMA-48 and xterm's "PC-Style Function Keys") to keys of a PC keyboard. */
import { chordToKeys, textToKeys } from '../../devices/keys.js';

/** Final byte or number of a control sequence, and its key. */
const SEQUENCES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'shift-tab',
  '1~': 'home',
  '2~': 'insert',
  '3~': 'delete',
  '4~': 'end',
  '5~': 'pageup',
  '6~': 'pagedown',
  '15~': 'f5',
  '17~': 'f6',
  '18~': 'f7',
  '19~': 'f8',
  '20~': 'f9',
  '21~': 'f10',
  '23~': 'f11',
  '24~': 'f12',
};

/** xterm's modifier parameter less 1, as a set of bits. */
const MODIFIERS = ['shift', 'alt', 'ctrl'] as const;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what terminals send
const SEQUENCE = /^\x1b(?:\[|O)(?:(\d+)?(?:;(\d+))?)([A-Z~])/;

/** Keys for a piece of terminal input; what a PC keyboard cannot type is passed over. */
export function terminalToKeys(text: string): Uint8Array {
  const out: number[] = [];
  for (let rest = text; rest !== ''; ) {
    const sequence = SEQUENCE.exec(rest);
    if (sequence) {
      out.push(...sequenceKeys(sequence));
      rest = rest.slice(sequence[0].length);
    } else {
      const character = String.fromCodePoint(rest.codePointAt(0)!);
      const meta = character === '\x1b' && rest.length > 1 && rest[1] !== '\x1b';
      const typed = meta ? rest[1]! : character;
      out.push(...keysOf(typed, meta));
      rest = rest.slice(meta ? 2 : character.length);
    }
  }
  return Uint8Array.from(out);
}

function sequenceKeys([, number, modifier, final]: RegExpExecArray): number[] {
  const key = SEQUENCES[final === '~' ? `${number}~` : final!];
  if (!key) return [];
  const bits = modifier ? Number(modifier) - 1 : 0;
  const held = MODIFIERS.filter((_, i) => bits & (1 << i));
  return [...chordToKeys([...held, key].join('-'))];
}

function keysOf(character: string, meta: boolean): number[] {
  const code = character.codePointAt(0)!;
  const alt = meta ? 'alt-' : '';
  if (code === 0x7f) return [...chordToKeys(`${alt}backspace`)];
  if (code >= 1 && code <= 26 && !'\b\t\n\r'.includes(character)) {
    return [...chordToKeys(`ctrl-${alt}${String.fromCharCode(code + 0x60)}`)];
  }
  if (meta && /^[a-z0-9]$/.test(character)) return [...chordToKeys(`alt-${character}`)];
  try {
    return [...textToKeys(character)];
  } catch {
    return [];
  }
}
