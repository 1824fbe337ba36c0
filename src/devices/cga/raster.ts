/** Pictures of a 6845: character rows of scan lines of cells. */
import type { Picture } from '../vga/picture.js';

/** Writes the colours of one cell's dots on a scan line (`raster`) of a row into `out`. */
export type Dots = (row: number, raster: number, column: number, out: Uint8Array) => void;

/** 24 bits. */
export const packedRgb = ([red, green, blue]: readonly [number, number, number]): number =>
  (red << 16) | (green << 8) | blue;

export function blankPicture(width: number, height: number): Picture {
  return { width, height, rgb: new Uint8Array(width * height * 3) };
}

/** Fills a picture of cells `cellWidth` wide, in rows of `rowHeight` lines. */
export function paint(
  { width, height, rgb }: Picture,
  rowHeight: number,
  cellWidth: number,
  dots: Dots,
  palette: readonly (readonly [number, number, number])[],
): void {
  const cell = new Uint8Array(cellWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x += cellWidth) {
      dots(Math.floor(y / rowHeight), y % rowHeight, x / cellWidth, cell);
      for (let i = 0; i < cellWidth; i++) rgb.set(palette[cell[i]!]!, 3 * (y * width + x + i));
    }
  }
}
