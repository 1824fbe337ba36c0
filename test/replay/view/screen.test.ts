/** The screen in a view: all cells of text modes in their colours, pictures against their pixels. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { adapterOf } from '../../../src/replay/guest/screen.js';
import { ready } from '../../../src/replay/ready.js';
import type { ScreenRow, ScreenView } from '../../../src/replay/view/view.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { openDemo } from './support/opened.js';

beforeAll(() => ready());

describe('the screen', () => {
  let debug: Debugger;
  let screen: ScreenView;
  beforeAll(() => {
    debug = openDemo();
    debug.timeline.seek(debug.end);
    screen = viewOf(debug, { screen: { columns: 80, rows: 25 } }).screen!;
  });

  it('is all of the text, in the colours of its cells', () => {
    const adapter = adapterOf(debug.machine)!;
    const { lines, attributes, columns } = adapter.screenText()!;
    expect(screen.text).toBe(true);
    expect(screen.rows.map(textOf)).toEqual(lines);
    for (const [row, runs] of screen.rows.entries()) {
      const cells = runs.flatMap(({ text, foreground, background }) =>
        Array.from(text, () => ({ foreground, background })),
      );
      const wanted = Array.from({ length: columns }, (_, i) =>
        adapter.cellColours(attributes[row * columns + i]!),
      );
      expect(cells).toEqual(wanted);
    }
  });

  it('of a graphics mode is a picture of half blocks', () => {
    // From here on the adapter shows this.
    const { machine } = debug;
    const graphics = {
      width: 8,
      height: 6,
      rgb: Uint8Array.from({ length: 3 * 8 * 6 }, (_, i) => (i * 37) & 0xff),
    };
    const adapter = adapterOf(machine)!;
    Object.assign(adapter, { screenText: () => undefined, picture: () => graphics });
    const view = viewOf(debug, { screen: { columns: 8, rows: 3 } }).screen!;
    expect(view.text).toBe(false);
    expect(view.rows.map(textOf)).toEqual(['▀'.repeat(8), '▀'.repeat(8), '▀'.repeat(8)]);
    const at = (x: number, y: number) => {
      const [red, green, blue] = graphics.rgb.subarray(3 * (8 * y + x));
      return (red! << 16) | (green! << 8) | blue!;
    };
    for (const [row, runs] of view.rows.entries()) {
      runs.forEach(({ foreground, background }, x) => {
        expect([foreground, background]).toEqual([at(x, 2 * row), at(x, 2 * row + 1)]);
      });
    }
  });

  it('of a graphics mode keeps its sides as 4 to 3, and the mean of its colours', () => {
    const grey = (x: number, y: number) => ((x + y) % 2 === 0 ? 0x40 : 0x80);
    const rgb = Uint8Array.from({ length: 3 * 640 * 480 }, (_, i) => {
      const at = Math.floor(i / 3);
      return grey(at % 640, Math.floor(at / 640));
    });
    Object.assign(adapterOf(debug.machine)!, {
      screenText: () => undefined,
      picture: () => ({ width: 640, height: 480, rgb }),
    });
    for (const [columns, rows, width, height] of [
      [79, 25, 66, 25],
      [40, 25, 40, 15],
      [160, 60, 160, 60],
    ] as const) {
      const view = viewOf(debug, { screen: { columns, rows } }).screen!;
      expect([textOf(view.rows[0]!).length, view.rows.length]).toEqual([width, height]);
      for (const { foreground, background } of view.rows.flat()) {
        for (const colour of [foreground, background])
          expect(Math.abs((colour & 0xff) - 0x60)).toBeLessThan(4);
      }
    }
  });
});

const textOf = (row: ScreenRow): string => row.map(({ text }) => text).join('');
