/** Colours of text cells, as every display adapter tells them, against the pixels of its picture. */
import { describe, expect, it } from 'vitest';
import { adapterOf, pictureOf } from '../../src/replay/guest/screen.js';
import { pcMachine } from '../support/pc.js';
import { xtMachine } from '../support/xt.js';

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
