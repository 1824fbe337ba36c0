/**
 * The interface while the machine runs: all of the terminal is the guest's screen or serial line, and keys are the
 * guest's, but for those behind Ctrl-A, which are those of `record` and one more.
 */

import type { Wanted } from '../replay/view/view.js';
import { screenLines, serialLines } from './panels/guest.js';
import type { GuestAction } from './session.js';
import { become, type Change, type Effect, type State } from './state.js';
import { fit, fitText, type Line, line, span, widthOf } from './text.js';

const ESCAPE = '\x01';
const ESC = '\x1b';
/** What a terminal tells of its mouse and of pasting is not for the guest (xterm: SGR mouse mode, bracketed paste). */
const TOLD = new RegExp(`${ESC}\\[(?:<[\\d;]*[Mm]|20[01]~)`, 'g');

interface Escaped {
  readonly key: string;
  readonly shown: string;
  readonly help: string;
  readonly run: (state: State) => Change;
}

const act =
  (action: GuestAction) =>
  (state: State): Change =>
    become(state, { kind: 'guest', action });

/** What follows Ctrl-A. */
export const ESCAPED: readonly Escaped[] = [
  { key: ' ', shown: 'Space', help: 'pause, and look around', run: act({ do: 'pause' }) },
  { key: 'x', shown: 'x', help: 'end the run', run: act({ do: 'end' }) },
  { key: 's', shown: 's', help: 'serial line or screen', run: switched },
  { key: 'p', shown: 'p', help: 'power button', run: act({ do: 'press', button: 'off' }) },
  { key: 'r', shown: 'r', help: 'reset button', run: act({ do: 'press', button: 'reset' }) },
  { key: 'a', shown: 'a', help: 'send Ctrl-A', run: (state) => send(state, ESCAPE) },
];

function switched(state: State): Change {
  const on = state.guest.on === 'serial' ? 'screen' : 'serial';
  return become({ ...state, guest: { ...state.guest, on } });
}

function send(state: State, text: string): Change {
  if (text === '') return become(state);
  const { on } = state.guest;
  return become({ ...state, message: undefined }, { kind: 'guest', action: { do: 'type', text, on } });
}

/** What the terminal has sent while the machine runs. */
export function typed(state: State, text: string): Change {
  let now: State = { ...state, guest: { ...state.guest, help: false } };
  const effects: Effect[] = [];
  const take = (change: Change) => {
    now = change.state;
    effects.push(...change.effects);
  };
  // Pieces between Ctrl-As; the first key of all but the first follows one.
  let plain = '';
  for (const character of text.replace(TOLD, '')) {
    if (now.guest.escaped) take(escaped(now, character));
    else if (character !== ESCAPE) plain += character;
    else {
      take(send(now, plain));
      plain = '';
      now = { ...now, guest: { ...now.guest, escaped: true } };
    }
  }
  take(send(now, plain));
  return become(now, ...effects);
}

function escaped(state: State, key: string): Change {
  const guest = { ...state.guest, escaped: false };
  const found = ESCAPED.find((one) => one.key === (key === ESCAPE ? 'a' : key));
  return found ? found.run({ ...state, guest }) : become({ ...state, guest: { ...guest, help: true } });
}

// ---- what is shown ----

/** All rows but the last are the guest's. */
export function runningWanted({ guest, rows, columns }: State): Wanted {
  return guest.on === 'screen' ? { screen: { rows: rows - 1, columns } } : { serial: { rows: rows - 1 } };
}

export function runningLines(state: State): Line[] {
  const { rows, columns, guest } = state;
  const lines = (guest.on === 'screen' ? screenLines : serialLines)(state, rows - 1, columns);
  while (lines.length < rows - 1) lines.push(fit([], columns));
  const help = guest.help ? helpLines(columns) : [];
  return [...lines.slice(0, rows - 1 - help.length), ...help, statusLine(state, columns)];
}

function helpLines(columns: number): Line[] {
  return ESCAPED.map(({ shown, help }) => {
    return fit([span(` Ctrl-A ${shown.padEnd(6)} `, 'key'), span(help)], columns);
  });
}

/** That it runs, and since when; how to pause it. */
function statusLine({ view, facts, message, guest }: State, columns: number): Line {
  const name = ` LIVE ${facts.trace} `;
  const clock = view?.position.clock ?? facts.end;
  const seconds = `${(clock / facts.frequency).toFixed(1)} s`;
  const keys = guest.escaped ? 'Ctrl-A ...' : 'Ctrl-A Space pauses, Ctrl-A h: keys';
  const said = message ? `  ${message.text}` : '';
  const text = ` ${seconds}  ${guest.on}  ${keys}${said}`;
  return fit(
    [span(name, 'focus'), ...line(fitText(text, Math.max(0, columns - widthOf(name))), 'title')],
    columns,
  );
}
