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

/** Text that came from elsewhere (bracketed paste, DECSET 2004). */
export interface PasteEvent {
  readonly kind: 'paste';
  readonly text: string;
}

export type TerminalEvent = KeyEvent | MouseEvent | PasteEvent;

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

const PASTE_BEGINS = `${ESC}[200~`;
/** Terminals leave control characters out of what is pasted: a Ctrl-C is somebody who waits in vain for the end. */
const PASTE_ENDS = new RegExp(`${ESC}\\[201~|(?=\\x03)`);

export class InputParser {
  #waiting = '';
  #pasting = false;

  /** Events of what has arrived; the beginning of a sequence waits for its rest. */
  push(text: string): TerminalEvent[] {
    this.#waiting += text;
    const events: TerminalEvent[] = [];
    while (this.#goesOn()) events.push(...this.#next());
    return events;
  }

  #goesOn(): boolean {
    if (this.#pasting) return PASTE_ENDS.test(this.#waiting);
    return this.#waiting !== '' && !UNFINISHED.test(this.#waiting);
  }

  /** Something waits: an Escape that nothing follows is the key. Of what is pasted the end comes. */
  get pending(): boolean {
    return this.#waiting !== '' && !this.#pasting;
  }

  /** Nothing more comes: what waits is keys. */
  flush(): TerminalEvent[] {
    if (!this.pending) return [];
    const rest = this.#waiting;
    this.#waiting = '';
    return [key('escape'), ...[...rest.slice(1)].map(key)];
  }

  #next(): TerminalEvent[] {
    const text = this.#waiting;
    if (this.#pasting) return this.#pasted(PASTE_ENDS.exec(text)!);
    if (text.startsWith(PASTE_BEGINS)) {
      this.#pasting = true;
      return this.#took(PASTE_BEGINS, []);
    }
    const csi = CSI.exec(text);
    if (csi) return this.#took(csi[0], control(csi[1]!, csi[2]!));
    const ss3 = SS3.exec(text);
    if (ss3) return this.#took(ss3[0], FINALS[ss3[1]!] ? [key(FINALS[ss3[1]!]!)] : []);
    const first = String.fromCodePoint(text.codePointAt(0)!);
    if (first === ESC) return this.#took(ESC, [key('escape')]);
    return this.#took(first, [key(nameOf(first))]);
  }

  #pasted({ index, 0: end }: RegExpExecArray): TerminalEvent[] {
    const text = this.#waiting.slice(0, index);
    this.#pasting = false;
    return this.#took(text + end, [{ kind: 'paste', text }]);
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
