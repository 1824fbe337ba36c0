/** A page of registers, those that changed marked, and flags by name. */
import type { FlagView, RegisterView } from '../../replay/view/view.js';
import type { State } from '../state.js';
import { fit, fitText, type Line, span, widthOf } from '../text.js';

const GAP = 2;

export function registerLines(state: State, rows: number, columns: number): Line[] {
  const { registers = [], flags } = state.view ?? {};
  const flagLines = flags ? flagRows(flags, columns) : [];
  const room = Math.max(1, rows - flagLines.length);
  const cursor = state.focus === 'registers' ? state.registers.cursor : -1;
  const grid = table(registers, room, columns, cursor);
  return [...grid, ...flagLines].map((one) => fit(one, columns));
}

/** One a row with a note, if there is room; else in as many columns as they need. */
function table(all: readonly RegisterView[], rows: number, columns: number, cursor: number): Line[] {
  const nameWidth = Math.max(0, ...all.map(({ name }) => widthOf(name)));
  const width = nameWidth + 1 + Math.max(0, ...all.map(({ value }) => widthOf(value))) + GAP;
  const beside = Math.max(1, Math.min(Math.floor((columns + GAP - 1) / width), Math.ceil(all.length / rows)));
  const height = Math.ceil(all.length / beside);
  const top = beside > 1 ? Math.max(0, (cursor % height) - rows + 1) : Math.max(0, cursor - rows + 1);
  return Array.from({ length: Math.min(rows, height) }, (_, row) => {
    const cells = Array.from({ length: beside }, (_, column) => column * height + row + top);
    return cells.flatMap((i) =>
      cell(all[i], { nameWidth, width, notes: beside === 1, cursor: i === cursor }),
    );
  });
}

interface CellLook {
  readonly nameWidth: number;
  readonly width: number;
  readonly notes: boolean;
  readonly cursor: boolean;
}

function cell(one: RegisterView | undefined, { nameWidth, width, notes, cursor }: CellLook): Line {
  if (!one) return [];
  const value = fitText(one.value, width - nameWidth - 1 - GAP);
  return [
    span(fitText(one.name, nameWidth), cursor ? 'cursor' : 'address'),
    span(one.changed ? '*' : ' ', 'changed'),
    span(value, one.changed ? 'changed' : undefined),
    span(' '.repeat(GAP)),
    ...(notes && one.note ? [span(one.note, 'note')] : []),
  ];
}

/** Capital letters are set. */
function flagRows(flags: readonly FlagView[], columns: number): Line[] {
  const out: Line[] = [];
  let row: Line = [];
  let used = 0;
  for (const { name, set, changed } of flags) {
    const text = `${set ? name.toUpperCase() : name.toLowerCase()} `;
    if (used + text.length > columns) {
      out.push(row);
      [row, used] = [[], 0];
    }
    row = [...row, span(text, changed ? 'changed' : set ? 'label' : 'dim')];
    used += text.length;
  }
  return row.length > 0 ? [...out, row] : out;
}
