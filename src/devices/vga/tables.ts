/** What a video BIOS keeps in ROM, as bytes: fonts, palettes and the video parameter table. */
import { FONT_8X8, FONT_8X14, FONT_8X16 } from './fonts.js';
import { MODES, type VideoMode } from './modes.js';
import { PALETTE_256, PALETTE_CGA, PALETTE_EGA, PALETTE_MONO } from './palette.js';

export interface BiosVgaTables {
  /** 256 characters of 8, 14 and 16 bytes. */
  readonly font8x8: Uint8Array;
  readonly font8x14: Uint8Array;
  readonly font8x16: Uint8Array;
  /** 64 or 256 colours of three 6-bit levels. */
  readonly paletteEga: Uint8Array;
  readonly paletteCga: Uint8Array;
  readonly paletteMono: Uint8Array;
  readonly palette256: Uint8Array;
  /** Numbers of the modes that have a parameter record, in the order of the records. */
  readonly modes: Uint8Array;
  /** A record of 64 bytes for each of `modes` (IBM PS/2 and PC BIOS Interface, SAVE_PTR table). */
  readonly parameters: Uint8Array;
}

/**
 * Columns, rows less one, lines of a cell, page size (a word), sequencer 1-4, miscellaneous output, CRTC
 * 0-18h, attribute controller 0-13h, graphics controller 0-8.
 */
function parameterRecord(m: VideoMode): number[] {
  return [
    m.columns,
    m.rows - 1,
    m.cell,
    m.pageSize & 0xff,
    m.pageSize >> 8,
    ...m.sequencer,
    m.miscellaneous,
    ...m.crtc,
    ...m.attribute,
    ...m.graphics,
  ];
}

export function biosVgaTables(): BiosVgaTables {
  return {
    font8x8: FONT_8X8,
    font8x14: FONT_8X14,
    font8x16: FONT_8X16,
    paletteEga: PALETTE_EGA,
    paletteCga: PALETTE_CGA,
    paletteMono: PALETTE_MONO,
    palette256: PALETTE_256,
    modes: Uint8Array.from(MODES.keys()),
    parameters: Uint8Array.from([...MODES.values()].flatMap(parameterRecord)),
  };
}
