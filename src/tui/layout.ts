/**
 * Which panels a terminal of a size shows, and where. A small one shows the code with registers and stack, or
 * any other panel alone; a middle one has a slot that changes; a large one shows all.
 */

export const PANELS = [
  'code',
  'registers',
  'memory',
  'stack',
  'events',
  'screen',
  'serial',
  'devices',
  'pages',
  'bus',
  'points',
  'log',
] as const;

export type PanelName = (typeof PANELS)[number];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly name: PanelName;
  readonly rect: Rect;
}

export interface Layout {
  readonly panels: readonly Placed[];
  readonly header: Rect;
  readonly tabs: Rect;
  readonly hint: Rect | undefined;
  readonly timeline: Rect;
  readonly prompt: Rect;
}

export const MIN_COLUMNS = 40;
export const MIN_ROWS = 12;

const MIDDLE = { columns: 110, rows: 32 };
const LARGE = { columns: 190, rows: 50 };
/** Events, marks, from where to where; and instructions where there is room. */
const TIMELINE_ROWS = 3;
const TALL_TIMELINE_ROWS = 4;
/** Registers in two columns. */
const SIDE_COLUMNS = 33;
/** An address, 16 bytes twice. */
const MEMORY_COLUMNS = 78;
/** A guest's text screen. */
const SCREEN_COLUMNS = 80;
const SCREEN_ROWS = 26;

/** Shown together on a small terminal. */
const HOME: readonly PanelName[] = ['code', 'registers', 'stack'];
/** Always to be seen on a middle one. */
const FIXED: readonly PanelName[] = ['code', 'registers', 'stack', 'points'];
/** Those that share a place even on a large one. */
const SHARING: readonly PanelName[] = ['pages', 'bus', 'log'];

/** What the slot shows once a panel has been asked for: those that have a place of their own leave it as it is. */
export function tabAfter(tab: PanelName, name: PanelName): PanelName {
  return FIXED.includes(name) ? tab : name;
}

export interface LayoutWanted {
  readonly columns: number;
  readonly rows: number;
  readonly focus: PanelName;
  /** The panel in the slot that changes. */
  readonly tab: PanelName;
  readonly board: string;
  /** A line of advice is to be shown. */
  readonly hint: boolean;
}

/** Undefined if the terminal is too small for anything. */
export function layoutOf(wanted: LayoutWanted): Layout | undefined {
  const { columns, rows, hint } = wanted;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return undefined;
  const bar = (y: number, height: number): Rect => ({ x: 0, y, width: columns, height });
  const timelineRows = rows >= MIDDLE.rows ? TALL_TIMELINE_ROWS : TIMELINE_ROWS;
  const bottom = rows - timelineRows - 1;
  const top = hint ? 3 : 2;
  return {
    header: bar(0, 1),
    tabs: bar(1, 1),
    hint: hint ? bar(2, 1) : undefined,
    panels: panelsIn(bar(top, bottom - top), wanted),
    timeline: bar(bottom, timelineRows),
    prompt: bar(rows - 1, 1),
  };
}

function panelsIn(body: Rect, wanted: LayoutWanted): Placed[] {
  const fits = (size: { columns: number; rows: number }) =>
    wanted.columns >= size.columns && wanted.rows >= size.rows;
  if (fits(LARGE)) return large(body, wanted);
  return fits(MIDDLE) ? middle(body, wanted) : small(body, wanted);
}

function small(body: Rect, { focus }: LayoutWanted): Placed[] {
  if (body.width < 2 * SIDE_COLUMNS || !HOME.includes(focus)) return [{ name: focus, rect: body }];
  const [left, right] = beside(body, body.width - SIDE_COLUMNS - 1);
  return [{ name: 'code', rect: left }, ...stacked(right, [['registers', 11], ['stack']])];
}

function middle(body: Rect, wanted: LayoutWanted): Placed[] {
  const [left, right] = beside(body, Math.max(MEMORY_COLUMNS, Math.floor(body.width * 0.65)));
  const slot = slotPanel(FIXED, wanted, 'memory');
  return [
    ...stacked(left, [['code', Math.floor(body.height * 0.5)], [slot]]),
    ...stacked(right, [['registers', 15], ['stack', Math.floor((body.height - 15) / 2)], ['points']]),
  ];
}

function large(body: Rect, wanted: LayoutWanted): Placed[] {
  const [left, rest] = beside(body, SCREEN_COLUMNS);
  const [centre, right] = beside(rest, MEMORY_COLUMNS);
  const shown = PANELS.filter((name) => !SHARING.includes(name));
  const slot = slotPanel(shown, wanted, wanted.board === 'xt' ? 'bus' : 'pages');
  const third = Math.floor(body.height / 3);
  return [
    ...stacked(left, [['code', Math.max(10, body.height - SCREEN_ROWS)], ['screen']]),
    ...stacked(centre, [['memory', third - 3], ['events', third + 1], ['serial', third - 6], [slot]]),
    ...stacked(right, [['registers', 19], ['stack', 11], ['devices', body.height - 41], ['points']]),
  ];
}

/** What the changing slot shows: the focused panel if it has no place of its own, else the last that had not. */
function slotPanel(
  fixed: readonly PanelName[],
  { focus, tab }: LayoutWanted,
  otherwise: PanelName,
): PanelName {
  return [focus, tab].find((name) => !fixed.includes(name)) ?? otherwise;
}

/** Left and right of a column that stays free. */
function beside({ x, y, width, height }: Rect, columns: number): [Rect, Rect] {
  const gap = columns + 1;
  return [
    { x, y, width: columns, height },
    { x: x + gap, y, width: width - gap, height },
  ];
}

/** One above the other; the last takes what is left. */
function stacked(rect: Rect, parts: readonly (readonly [PanelName, number?])[]): Placed[] {
  let y = rect.y;
  const end = rect.y + rect.height;
  return parts.map(([name, wanted], i) => {
    const below = parts.length - 1 - i;
    const height = below === 0 ? end - y : Math.max(2, Math.min(wanted!, end - y - 2 * below));
    const placed = { name, rect: { ...rect, y, height } };
    y += height;
    return placed;
  });
}
