/** The screen in a view: colours and cells of text modes against the monitor's picture, pictures against their pixels. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import { adapterOf, pictureOf } from '../../../src/replay/screen.js';
import type { ScreenRow, ScreenView } from '../../../src/replay/view/view.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { pcMachine } from '../../support/pc.js';
import { xtMachine } from '../../support/xt.js';
import { openDemo } from './support/opened.js';

beforeAll(() => ready());

const BLOCK = 0xdb;
const SPACE = 0x20;

/** Machines whose firmware has set up a text screen, where its memory is, and the clock at which that is done. */
const ADAPTERS = [
  ['vga', () => pcMachine(), 0xb8000, 400_000],
  ['cga', () => xtMachine({ description: { display: 'cga' } }), 0xb8000, 3_000_000],
  ['mda', () => xtMachine({ description: { display: 'mda' } }), 0xb0000, 3_000_000],
] as const;

describe.each(ADAPTERS)('cells of the %s', (_, build, memory, until) => {
  it('have the colours that the monitor shows', () => {
    const machine = build();
    machine.run(until);
    const adapter = adapterOf(machine)!;
    const { columns, rows } = adapter.screenText()!;
    const { width, height } = pictureOf(machine)!;
    const [cellWidth, cellHeight] = [width / columns, height / rows];
    // A row of blocks and one of blanks, far from the cursor.
    for (let first = 0; first < 256; first += columns) {
      for (let column = 0; column < columns; column++) {
        for (const [row, character] of [
          [20, BLOCK],
          [21, SPACE],
        ] as const) {
          const at = memory + 2 * (row * columns + column);
          machine.memory.write(at, character, 1);
          machine.memory.write(at + 1, (first + column) & 0xff, 1);
        }
      }
      const picture = pictureOf(machine)!;
      const colour = (column: number, row: number) => {
        const at = 3 * ((row * cellHeight + 2) * picture.width + column * cellWidth + 2);
        return (picture.rgb[at]! << 16) | (picture.rgb[at + 1]! << 8) | picture.rgb[at + 2]!;
      };
      for (let column = 0; column < columns; column++) {
        const attribute = (first + column) & 0xff;
        expect(adapter.cellColours(attribute), `attribute ${attribute}`).toEqual({
          foreground: colour(column, 20),
          background: colour(column, 21),
        });
      }
    }
  });
});

describe('the screen', () => {
  let debug: Debugger;
  let screen: ScreenView;
  beforeEach(() => {
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
    // Mode 13h is set by hand, as the BIOS would: the machine is not needed any more.
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
