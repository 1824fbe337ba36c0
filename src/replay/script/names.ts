/** Names of keys that a script's writer may have meant. */
import { KEYS } from '../../devices/keys.js';
import { guess } from '../expression/guess.js';

/** What other programs and people call keys that have another name here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  altgr: 'rightalt',
  apostrophe: 'quote',
  backtick: 'grave',
  bksp: 'backspace',
  caps: 'capslock',
  cmd: 'win',
  control: 'ctrl',
  del: 'delete',
  escape: 'esc',
  ins: 'insert',
  meta: 'win',
  pgdn: 'pagedown',
  pgup: 'pageup',
  prtsc: 'printscreen',
  return: 'enter',
  super: 'win',
  sysrq: 'printscreen',
};

const KEY_NAMES = KEYS.map((key) => key.name);
/** Letters, digits and function keys need no listing. */
const LISTED_KEYS = KEY_NAMES.filter((name) => name.length > 1 && !/^f\d+$/.test(name));

/** What is wrong with the name of a key, with the right one if it can be guessed and else with all. */
export function noSuchKey(wrong: string): string {
  if (/[+ ,]/.test(wrong))
    return `"${wrong}" is no key; those pressed together are joined by "-": ctrl-alt-delete`;
  const elsewhere = ELSEWHERE[wrong.toLowerCase()];
  const meant = elsewhere ? `; did you mean "${elsewhere}"?` : guess(wrong, KEY_NAMES);
  return `no key is called "${wrong}"${meant || `; there are a to z, 0 to 9, f1 to f12, ${LISTED_KEYS.join(', ')}`}`;
}
