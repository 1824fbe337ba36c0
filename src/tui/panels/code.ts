/** Disassembly around the position: what ran before, what comes, where jumps lead, and breakpoints. */
import type { CodeLine } from '../../replay/view/view.js';
import { cursorLine } from '../place.js';
import type { State } from '../state.js';
import { fit, type Line, line, type Role, type Span, span, widthOf } from '../text.js';

const LANES = 2;
/** Columns from which bytes are shown, and clocks. */
const WIDE = 64;
const BYTES_WIDTH = 17;

export function codeLines(state: State, rows: number, columns: number): Line[] {
  const code = state.view?.code ?? [];
  const gutters = arrows(code);
  const cursor = cursorLine(state);
  const lines: { line: Line; cursor: boolean }[] = [];
  for (const [i, one] of code.entries()) {
    if (one.label !== undefined) lines.push({ line: line(`${one.label}:`, 'label'), cursor: false });
    const isCursor = one === cursor && state.focus === 'code' && !one.here;
    lines.push({ line: instruction(one, gutters[i]!, columns, isCursor), cursor: one === cursor });
  }
  return windowAround(lines, rows).map((one) => fit(one.line, columns));
}

/** As many as there is room for, the cursor's a third from the top. */
function windowAround<T extends { cursor: boolean }>(lines: readonly T[], rows: number): readonly T[] {
  const at = Math.max(
    0,
    lines.findIndex(({ cursor }) => cursor),
  );
  const top = Math.max(0, Math.min(lines.length - rows, at - Math.floor(rows / 3)));
  return lines.slice(top, top + rows);
}

function instruction(one: CodeLine, gutter: string, columns: number, isCursor: boolean): Line {
  const role: Role | undefined = one.here
    ? 'here'
    : isCursor
      ? 'cursor'
      : one.previous
        ? 'previous'
        : undefined;
  const bytes = columns >= WIDE ? ` ${one.bytes.slice(0, BYTES_WIDTH - 1).padEnd(BYTES_WIDTH)}` : ' ';
  const clocks = one.clocks !== undefined && columns >= WIDE ? ` ${one.clocks} clk` : '';
  const head: Span[] = [
    span(gutter, 'note'),
    one.breakpoint === undefined ? span(' ') : span('\u25cf', 'breakpoint'),
    span(one.here ? '>' : one.previous ? '\u00b7' : ' ', one.here ? 'changed' : undefined),
  ];
  const address = one.address.toString(16).padStart(8, '0');
  const note = [one.about, clocks.trim()].filter(Boolean).join('  ');
  if (role) {
    const text = `${address}${bytes}${one.text}`;
    const used = LANES + 2 + widthOf(text);
    const gap = ' '.repeat(Math.max(1, columns - used - widthOf(note)));
    return [...head, span(text + gap + note, role)];
  }
  return [...head, span(address, 'address'), span(bytes, 'dim'), span(one.text), span(`  ${note}`, 'note')];
}

/** What stands left of each line: arrows of direct jumps within what is shown, the shortest innermost. */
function arrows(code: readonly CodeLine[]): string[] {
  const grid = code.map(() => Array<string>(LANES).fill(' '));
  const jumps = code
    .flatMap(({ jumpsTo }, from) =>
      jumpsTo === undefined || jumpsTo === from ? [] : [{ from, to: jumpsTo }],
    )
    .sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from));
  for (const { from, to } of jumps) {
    const [top, bottom] = [Math.min(from, to), Math.max(from, to)];
    const lane = freeLane(grid, top, bottom);
    if (lane < 0 || !grid[to]) continue;
    for (let i = top + 1; i < bottom; i++) grid[i]![lane] = '\u2502';
    grid[top]![lane] = '\u250c';
    grid[bottom]![lane] = '\u2514';
    for (let i = lane + 1; i < LANES; i++) grid[to]![i] = '\u2500';
    if (lane === LANES - 1) continue;
    for (let i = lane + 1; i < LANES; i++) if (grid[from]![i] === ' ') grid[from]![i] = '\u2500';
  }
  return grid.map((lanes) => lanes.join(''));
}

function freeLane(grid: readonly string[][], top: number, bottom: number): number {
  for (let lane = LANES - 1; lane >= 0; lane--) {
    if (grid.slice(top, bottom + 1).every((row) => row[lane] === ' ')) return lane;
  }
  return -1;
}
