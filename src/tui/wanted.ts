/** What the debugger is asked for: what the panels that are shown need. */
import type { RegisterPage, Wanted } from '../replay/view/view.js';
import { indexOf, shownCount, topOf } from './eventList.js';
import type { PanelName } from './layout.js';
import { runningWanted } from './running.js';
import { layoutFor, rowsOf, type State } from './state.js';

export const REGISTER_PAGES: readonly RegisterPage[] = ['main', 'segments', 'control', 'debug', 'x87', 'sse'];

export const BYTES_A_ROW = 16;

const ASKING: Readonly<Record<PanelName, (state: State, rows: number, columns: number) => Wanted>> = {
  code: ({ code }, rows) => ({
    code: { rows, syntax: code.syntax, ...(code.at !== undefined && { at: code.at }) },
  }),
  registers: ({ registers }) => ({ registers: registers.page }),
  memory: ({ memory }, rows) => ({
    memory: { at: memoryStart(memory), rows, physical: memory.physical },
  }),
  stack: (_, rows) => ({ stack: { rows } }),
  events: () => ({}),
  screen: (_, rows, columns) => ({ screen: { columns, rows } }),
  serial: ({ serial }, rows) => ({ serial: { rows: rows + serial.back } }),
  devices: ({ devices }) => ({ devices: devices.name === undefined ? {} : { name: devices.name } }),
  pages: ({ pages }) => ({ pages: pages.of === undefined ? {} : { of: pages.of } }),
  points: ({ points }) => (points.watches.length > 0 ? { watches: points.watches } : {}),
  bus: (_, rows) => ({ bus: { rows } }),
  log: () => ({}),
};

function memoryStart({ base, offset }: State['memory']): string {
  if (offset === 0) return base;
  return offset > 0 ? `(${base}) + ${offset}` : `(${base}) - ${-offset}`;
}

export function wantedOf(state: State): Wanted {
  if (state.facts.running) return runningWanted(state);
  const panels = layoutFor(state)?.panels ?? [];
  return Object.assign(
    {},
    ...panels.map(({ name, rect }) => ASKING[name](state, rect.height - 1, rect.width)),
  ) as Wanted;
}

/** Indices of events to be shown whose texts are not known. */
export function textsWanted(state: State): number[] {
  const rows = rowsOf(state, 'events');
  const top = topOf(state, rows);
  const out: number[] = [];
  for (let i = top; i < Math.min(top + rows, shownCount(state.events)); i++) {
    const index = indexOf(state.events, i);
    if (!state.events.texts.has(index)) out.push(index);
  }
  return rows > 0 ? out : [];
}
