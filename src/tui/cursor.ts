/** Moving about within panels: cursors, scrolling, pages. Nothing of it moves the debugger. */
import { centre, shownCount } from './eventList.js';
import { type PanelName, tabAfter } from './layout.js';
import { mostBack } from './logText.js';
import { cursorLine } from './place.js';
import { panelsOf, rowsOf, type State } from './state.js';
import { BYTES_A_ROW, REGISTER_PAGES } from './wanted.js';

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

type Mover = (state: State, by: number) => State;

/** Up and down, in rows. */
const VERTICAL: Readonly<Record<PanelName, Mover>> = {
  code: moveCode,
  registers: (state, by) => {
    const last = (state.view?.registers?.length ?? 1) - 1;
    return {
      ...state,
      registers: { ...state.registers, cursor: clamp(state.registers.cursor + by, 0, last) },
    };
  },
  memory: (state, by) => moveMemory(state, by * BYTES_A_ROW),
  stack: (state, by) => {
    const last = Math.max(0, (state.view?.stack?.length ?? 1) - 1);
    return { ...state, stack: { cursor: clamp(state.stack.cursor + by, 0, last) } };
  },
  events: (state, by) => {
    const last = Math.max(0, shownCount(state.events) - 1);
    return { ...state, events: { ...state.events, cursor: clamp(centre(state) + by, 0, last) } };
  },
  devices: (state, by) => {
    const last = Math.max(0, (state.view?.devices?.fields.length ?? 0) - rowsOf(state, 'devices') + 1);
    return { ...state, devices: { ...state.devices, top: clamp(state.devices.top + by, 0, last) } };
  },
  points: (state, by) => {
    const { breakpoints = [], marks = [] } = state.view ?? {};
    const last = Math.max(0, state.points.watches.length + breakpoints.length + marks.length - 1);
    return { ...state, points: { ...state.points, cursor: clamp(state.points.cursor + by, 0, last) } };
  },
  serial: (state, by) => {
    const most = state.serial.back + ((state.view?.serial?.length ?? 0) > state.serial.back ? 1000 : 0);
    return { ...state, serial: { back: clamp(state.serial.back - by, 0, most) } };
  },
  log: (state, by) => {
    return { ...state, log: { ...state.log, back: clamp(state.log.back - by, 0, mostBack(state)) } };
  },
  screen: (state) => state,
  pages: (state) => state,
  bus: (state) => state,
};

/** Left and right: bytes, pages of registers, devices. */
const HORIZONTAL: Readonly<Partial<Record<PanelName, Mover>>> = {
  memory: moveMemory,
  registers: (state, by) => {
    const page = neighbour(REGISTER_PAGES, state.registers.page, by);
    return { ...state, registers: { page, cursor: 0 } };
  },
  devices: (state, by) => {
    const names = state.view?.devices?.names ?? [];
    const name = neighbour(names, state.devices.name ?? state.view?.devices?.name ?? names[0] ?? '', by);
    return { ...state, devices: { name, top: 0 } };
  },
};

export const moveRows: Mover = (state, by) => VERTICAL[state.focus](state, by);

export const moveColumns: Mover = (state, by) => HORIZONTAL[state.focus]?.(state, by) ?? state;

/** By what the panel shows, but for a row. */
export const movePages: Mover = (state, by) =>
  moveRows(state, by * Math.max(1, rowsOf(state, state.focus) - 1));

function neighbour<T>(all: readonly T[], one: T, by: number): T {
  const next = all.indexOf(one) + Math.sign(by);
  return all[(next + all.length) % all.length] ?? one;
}

/** Beyond the lines that are known it looks around the last of them. */
function moveCode(state: State, by: number): State {
  const lines = state.view?.code ?? [];
  const at = lines.findIndex(({ address }) => address === cursorLine(state)?.address);
  const next = at + by;
  const line = lines[clamp(next, 0, lines.length - 1)];
  if (!line) return state;
  const beyond = next < 0 || next >= lines.length;
  const around = beyond ? `0x${line.address.toString(16)}` : state.code.at;
  return { ...state, code: { ...state.code, cursor: line.address, at: around } };
}

/** By bytes; the window follows. */
function moveMemory(state: State, by: number): State {
  const { memory, view } = state;
  const size = Math.max(1, rowsOf(state, 'memory')) * BYTES_A_ROW;
  // Rows begin at multiples of 16.
  const skew = (view?.memory?.at ?? 0) % BYTES_A_ROW;
  const cursor = memory.cursor + by;
  const index = skew + cursor;
  if (index >= 0 && index < size) return { ...state, memory: { ...memory, cursor } };
  const rows = Math.floor(index < 0 ? index / BYTES_A_ROW : (index - size) / BYTES_A_ROW + 1);
  const moved = rows * BYTES_A_ROW;
  return { ...state, memory: { ...memory, offset: memory.offset + moved, cursor: cursor - moved } };
}

// ---- panels ----

/** Shows a panel, and gives it the keys. */
export function focusOn(state: State, name: PanelName): State {
  if (!panelsOf(state.facts.board).includes(name)) return state;
  return { ...state, focus: name, tab: tabAfter(state.tab, name), help: undefined };
}

export function nextPanel(state: State, by: number): State {
  return focusOn(state, neighbour(panelsOf(state.facts.board), state.focus, by));
}

/** The key of a panel: its place, then 0 and o. */
export function panelKey(board: string, name: PanelName): string {
  if (name === 'log') return 'o';
  return String((panelsOf(board).indexOf(name) + 1) % 10);
}

export function panelOfKey(board: string, key: string): PanelName | undefined {
  return panelsOf(board).find((name) => panelKey(board, name) === key);
}
