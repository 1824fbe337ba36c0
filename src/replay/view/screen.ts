/**
 * The monitor, in the colours it shows: text modes cell by cell, graphics modes as a picture of half blocks, each of
 * which is two pixels. All PC monitors have sides of 4:3, however many dots there are. Nothing blinks.
 */
import type { Screen } from '../../devices/screen.js';
import type { Picture } from '../../devices/vga/picture.js';
import type { ScreenText } from '../../devices/vga/text.js';
import type { Debugger } from '../debug/debugger.js';
import { adapterOf } from '../guest/screen.js';
import { once } from './once.js';
import { plain } from './plain.js';
import type { ScreenRow, ScreenView } from './view.js';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const UPPER_HALF = '\u2580';
const BLACK = 0;
/** Width by height, when a cell is twice as high as wide and holds two pixels. */
const ASPECT = 4 / 3;

export function screenOf(debug: Debugger, { columns, rows }: Size): ScreenView {
  return once(debug, `screen ${columns} ${rows}`, () => {
    const adapter = adapterOf(debug.machine);
    if (!adapter) return { rows: [], text: true };
    const text = adapter.screenText();
    return text ? textScreen(adapter, text) : pictureScreen(adapter.picture(), { columns, rows });
  });
}

// ---- text ----

function textScreen(adapter: Screen, screen: ScreenText): ScreenView {
  const { cursor, blank } = screen;
  const rows = screen.lines.map((line, row) => textRow(adapter, screen, line, row));
  const shown = !blank && cursor?.visible && cursor.column < screen.columns;
  return { rows, text: true, ...(shown && { cursor: { row: cursor.row, column: cursor.column } }) };
}

function textRow(
  adapter: Screen,
  { columns, attributes, blank }: ScreenText,
  line: string,
  row: number,
): ScreenRow {
  if (blank) return [{ text: ' '.repeat(columns), foreground: BLACK, background: BLACK }];
  const out: { text: string; foreground: number; background: number }[] = [];
  let last = -1;
  for (let column = 0; column < columns; column++) {
    const attribute = attributes[row * columns + column]!;
    const character = plain(line[column]!);
    if (attribute === last) out.at(-1)!.text += character;
    else out.push({ text: character, ...adapter.cellColours(attribute) });
    last = attribute;
  }
  return out;
}

// ---- pictures ----

function pictureScreen(picture: Picture, { columns, rows }: Size): ScreenView {
  const width = Math.max(1, Math.min(columns, Math.floor(2 * rows * ASPECT)));
  const height = Math.max(1, Math.min(rows, Math.ceil(width / ASPECT / 2)));
  const pixels = scaled(picture, width, 2 * height);
  const line = (row: number) => halfBlocks(pixels.subarray(2 * row * width, 2 * (row + 1) * width), width);
  return { rows: Array.from({ length: height }, (_, row) => line(row)), text: false };
}

/** Of two lines of pixels. */
function halfBlocks(pixels: Uint32Array, width: number): ScreenRow {
  const out: { text: string; foreground: number; background: number }[] = [];
  for (let x = 0; x < width; x++) {
    const [foreground, background] = [pixels[x]!, pixels[width + x]!];
    const last = out.at(-1);
    if (last?.foreground === foreground && last.background === background) last.text += UPPER_HALF;
    else out.push({ text: UPPER_HALF, foreground, background });
  }
  return out;
}

/** Each pixel is the mean of those that it stands for, 24-bit RGB. */
function scaled(picture: Picture, width: number, height: number): Uint32Array {
  const out = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, picture.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, picture.width);
      out[y * width + x] = mean(picture, left, right, top, bottom);
    }
  }
  return out;
}

/** What the `i`-th of `count` parts of a length holds: at least one. */
function span(i: number, count: number, length: number): [start: number, end: number] {
  const start = Math.min(length - 1, Math.floor((i * length) / count));
  return [start, Math.min(length, Math.max(start + 1, Math.floor(((i + 1) * length) / count)))];
}

function mean({ width, rgb }: Picture, left: number, right: number, top: number, bottom: number): number {
  let [red, green, blue] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let at = 3 * (y * width + left); at < 3 * (y * width + right); at += 3) {
      red += rgb[at]!;
      green += rgb[at + 1]!;
      blue += rgb[at + 2]!;
    }
  }
  const count = Math.max(1, (right - left) * (bottom - top));
  return (Math.round(red / count) << 16) | (Math.round(green / count) << 8) | Math.round(blue / count);
}
