/**
 * What a terminal sends, as keys and mouse events: xterm's control sequences (ctlseqs: cursor and function keys with
 * modifiers, SGR mouse mode 1006, bracketed paste). What is not known is passed over as a whole. Ink's own parser knows
 * no mouse, and keys and mouse events must stay in order.
 */

export interface KeyEvent {
  readonly kind: 'key';
  /** A character, or a name such as `up`, `pagedown`, `ctrl-u`, `shift-tab`, `escape`. */
  readonly key: string;
}

export interface MouseEvent {
  readonly kind: 'mouse';
  readonly what: 'press' | 'drag' | 'release' | 'wheel-up' | 'wheel-down';
  /** From 0. */
  readonly column: number;
  readonly row: number;
}

export type TerminalEvent = KeyEvent | MouseEvent;

const ESC = '\x1b';
/** CSI, its parameters, and the character that ends it (ECMA-48 5.4). */
const CSI = new RegExp(`^${ESC}\\[([0-?]*)[ -/]*([@-~])`);
const SS3 = new RegExp(`^${ESC}O([ -~])`);
/** The beginning of one of them, of which the rest is still to come. */
const UNFINISHED = new RegExp(`^${ESC}(\\[[0-?]*[ -/]*|O)?$`);

const FINALS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift-tab',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
const TILDES: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
const MODIFIERS = ['', 'shift-', 'alt-', 'alt-shift-', 'ctrl-', 'ctrl-shift-', 'ctrl-alt-'];
const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\0': 'ctrl-space',
};

export class InputParser {
  #waiting = '';

  /** Events of what has arrived; the beginning of a sequence waits for its rest. */
  push(text: string): TerminalEvent[] {
    this.#waiting += text;
    const events: TerminalEvent[] = [];
    while (this.#waiting !== '' && !UNFINISHED.test(this.#waiting)) events.push(...this.#next());
    return events;
  }

  /** Something waits: an Escape that nothing follows is the key. */
  get pending(): boolean {
    return this.#waiting !== '';
  }

  /** Nothing more comes: what waits is keys. */
  flush(): TerminalEvent[] {
    const rest = this.#waiting;
    this.#waiting = '';
    return rest === '' ? [] : [key('escape'), ...[...rest.slice(1)].map(key)];
  }

  #next(): TerminalEvent[] {
    const text = this.#waiting;
    const csi = CSI.exec(text);
    if (csi) return this.#took(csi[0], control(csi[1]!, csi[2]!));
    const ss3 = SS3.exec(text);
    if (ss3) return this.#took(ss3[0], FINALS[ss3[1]!] ? [key(FINALS[ss3[1]!]!)] : []);
    const first = String.fromCodePoint(text.codePointAt(0)!);
    if (first === ESC) return this.#took(ESC, [key('escape')]);
    return this.#took(first, [key(nameOf(first))]);
  }

  #took(text: string, events: TerminalEvent[]): TerminalEvent[] {
    this.#waiting = this.#waiting.slice(text.length);
    return events;
  }
}

const key = (name: string): KeyEvent => ({ kind: 'key', key: name });

function nameOf(character: string): string {
  if (CONTROLS[character]) return CONTROLS[character];
  const code = character.codePointAt(0)!;
  return code < 0x20 ? `ctrl-${String.fromCharCode(code + 0x60)}` : character;
}

function control(parameters: string, final: string): TerminalEvent[] {
  if (parameters.startsWith('<') && (final === 'M' || final === 'm')) return mouse(parameters, final === 'm');
  const [first = '', second = ''] = parameters.split(';');
  const name = final === '~' ? TILDES[first] : FINALS[final];
  if (!name) return [];
  return [key((MODIFIERS[Number(second || 1) - 1] ?? '') + name)];
}

const WHEEL = 64;
const MOTION = 32;

/** Button, column and row from 1; lower case ends a press. */
function mouse(parameters: string, released: boolean): MouseEvent[] {
  const [button = 0, x = 1, y = 1] = parameters.slice(1).split(';').map(Number);
  if (![button, x, y].every(Number.isSafeInteger)) return [];
  const at = { kind: 'mouse', column: x - 1, row: y - 1 } as const;
  if (button & WHEEL) return [{ ...at, what: button & 1 ? 'wheel-down' : 'wheel-up' }];
  if ((button & 3) !== 0) return [];
  return [{ ...at, what: released ? 'release' : button & MOTION ? 'drag' : 'press' }];
}
