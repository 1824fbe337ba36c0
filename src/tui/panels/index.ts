/** Every panel: its title, and its lines in a rectangle of a size. */
import { hexText } from '../../replay/guest/numbers.js';
import { panelKey } from '../cursor.js';
import { shownCount } from '../eventList.js';
import type { PanelName } from '../layout.js';
import type { State } from '../state.js';
import { fit, fitText, type Line, line } from '../text.js';
import { codeLines } from './code.js';
import { eventLines } from './events.js';
import { screenLines, serialLines } from './guest.js';
import { busLines, deviceLines, pageLines } from './machine.js';
import { memoryLines } from './memory.js';
import { logLines, pointLines } from './points.js';
import { registerLines } from './registers.js';
import { stackLines } from './stack.js';

interface PanelRow {
  readonly lines: (state: State, rows: number, columns: number) => Line[];
  /** Behind its name. */
  readonly about?: (state: State) => string;
}

const ROWS: Readonly<Record<PanelName, PanelRow>> = {
  code: {
    lines: codeLines,
    about: ({ code, view }) =>
      code.at === undefined ? (view?.position.at ?? '') : `around ${code.at} (Esc: here)`,
  },
  registers: { lines: registerLines, about: ({ registers }) => `${registers.page}  h l: pages` },
  memory: {
    lines: memoryLines,
    about: memoryAbout,
  },
  stack: { lines: stackLines },
  events: { lines: eventLines, about: eventsAbout },
  screen: { lines: screenLines, about: ({ view }) => (view?.screen?.text === false ? 'graphics' : '') },
  serial: { lines: serialLines, about: ({ serial }) => (serial.back > 0 ? `${serial.back} lines back` : '') },
  devices: { lines: deviceLines, about: ({ view }) => view?.devices?.name ?? '' },
  pages: { lines: pageLines, about: ({ pages }) => `of ${pages.of ?? 'pc'}` },
  points: { lines: pointLines, about: () => 'values, breakpoints, marks' },
  bus: { lines: busLines },
  log: { lines: logLines, about: ({ log }) => (log.back > 0 ? `${log.back} rows back` : '') },
};

/** What names a register or a pointer is another address when that has another value. */
function memoryAbout({ memory: { physical, base, offset } }: State): string {
  const words = base.match(/&?[A-Za-z_$@][\w.$@]*|\d\w*/g) ?? [];
  const follows = words.some((word) => /^[A-Za-z_$@]/.test(word) && !/^[\da-f]+h$/i.test(word));
  const away = offset === 0 ? '' : ` ${offset < 0 ? '-' : '+'} ${hexText(Math.abs(offset))}`;
  return `${physical ? 'physical' : 'linear'} ${base}${away}, ${follows ? 'goes with it' : 'fixed'}`;
}

function eventsAbout({ events, facts }: State): string {
  const known = events.upTo < facts.end ? `, read up to clock ${events.upTo}` : '';
  const kinds = events.filter.length > 0 ? `${events.filter.join(' ')}: ` : '';
  return `${kinds}${shownCount(events)}${known}`;
}

export function panelTitle(state: State, name: PanelName, columns: number): Line {
  const about = ROWS[name].about?.(state) ?? '';
  const text = ` ${panelKey(state.facts.board, name)} ${name}${about && `  ${about}`}`;
  return line(fitText(text, columns), state.focus === name ? 'focus' : 'title');
}

/** As many as there are rows, each exactly as wide as there are columns. */
export function panelLines(state: State, name: PanelName, rows: number, columns: number): Line[] {
  const lines = ROWS[name].lines(state, rows, columns).slice(0, rows);
  while (lines.length < rows) lines.push(fit([], columns));
  return lines;
}
