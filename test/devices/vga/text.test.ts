import { describe, expect, it } from 'vitest';
import { CP437 } from '../../../src/devices/vga/cp437.js';
import { screenText } from '../../../src/devices/vga/text.js';
import { VgaRig } from './rig.js';

const trimmed = (rig: VgaRig) => screenText(rig.vga)!.lines.map((line) => line.trimEnd());

describe('text of the screen', () => {
  it('is 25 rows of 80 columns with attributes in mode 3', () => {
    const rig = new VgaRig(3);
    rig.print(0, 0, 'Starting');
    rig.print(24, 77, 'end', 0x4e);
    const text = screenText(rig.vga)!;
    expect([text.columns, text.rows, text.lines.length, text.blank]).toEqual([80, 25, 25, false]);
    expect(text.lines[0]).toBe(`Starting${' '.repeat(72)}`);
    expect(text.lines[24]).toBe(`${' '.repeat(77)}end`);
    expect([...text.attributes.subarray(-4)]).toEqual([0x07, 0x4e, 0x4e, 0x4e]);
  });

  it('is 40 columns in mode 1 and in the monochrome window in mode 7', () => {
    expect(screenText(new VgaRig(0x01).vga)!.columns).toBe(40);
    const rig = new VgaRig(0x07);
    rig.poke(0xb0000, 0x4d);
    expect(screenText(rig.vga)!.lines[0]![0]).toBe('M');
  });

  it.each([0x04, 0x06, 0x0d, 0x12, 0x13])('does not exist in graphics mode %i', (mode) => {
    expect(screenText(new VgaRig(mode).vga)).toBeUndefined();
  });

  it('starts at the start address and wraps within it', () => {
    const rig = new VgaRig(3);
    rig.print(3, 0, 'third');
    rig.print(27, 0, 'twenty-seventh');
    rig.crtc(0x0c, 0);
    rig.crtc(0x0d, 240);
    expect([trimmed(rig)[0], trimmed(rig)[24]]).toEqual(['third', 'twenty-seventh']);
  });

  it('has the rows that the height of the cells makes', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x09, 0x47);
    rig.print(49, 0, 'last');
    expect(screenText(rig.vga)!.rows).toBe(50);
    expect(trimmed(rig)[49]).toBe('last');
  });

  it('is as wide in memory as the offset register says', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x13, 50);
    rig.print(1, 0, 'second', 7, 100);
    expect(trimmed(rig)[1]).toBe('second');
  });

  it('starts again at address 0 below the line compare', () => {
    const rig = new VgaRig(3);
    rig.print(0, 0, 'status');
    rig.print(1, 0, 'body');
    rig.crtc(0x0d, 80);
    // The split is at scan line 384 = 180h, the 25th row: compare with 17Fh.
    rig.crtc(0x18, 0x7f);
    rig.crtc(0x07, 0x1f);
    rig.crtc(0x09, 0x0f);
    expect([trimmed(rig)[0], trimmed(rig)[24]]).toEqual(['body', 'status']);
    expect(screenText(rig.vga)!.rows).toBe(25);
  });

  it('counts a row that a smooth scroll cuts', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x08, 5);
    expect(screenText(rig.vga)!.rows).toBe(26);
  });

  it('says when the screen is switched off', () => {
    const rig = new VgaRig(3);
    rig.sequencer(1, 0x20);
    expect(screenText(rig.vga)!.blank).toBe(true);
  });

  it('can be asked for in the power-on state', () => {
    expect(screenText(new VgaRig().vga)!.blank).toBe(true);
  });
});

describe('cursor', () => {
  it('is where the cursor location register says, relative to the start', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x0d, 80);
    rig.crtc(0x0e, 0x01);
    rig.crtc(0x0f, 0x40 + 7);
    expect(screenText(rig.vga)!.cursor).toMatchObject({
      row: 3,
      column: 7,
      visible: true,
      start: 13,
      end: 14,
    });
  });

  it('is hidden by bit 5 of the cursor start and by an empty shape', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x0a, 0x2d);
    expect(screenText(rig.vga)!.cursor!.visible).toBe(false);
    rig.crtc(0x0a, 0x0f);
    expect(screenText(rig.vga)!.cursor!.visible).toBe(false);
    rig.crtc(0x0a, 0x00);
    expect(screenText(rig.vga)!.cursor!.visible).toBe(true);
  });

  it('is absent when it is off the screen', () => {
    const rig = new VgaRig(3);
    rig.crtc(0x0e, 0x40);
    expect(screenText(rig.vga)!.cursor).toBeUndefined();
  });
});

describe('code page 437', () => {
  it('has ASCII in its place and the known others', () => {
    expect(CP437).toHaveLength(256);
    for (let code = 0x20; code < 0x7f; code++) expect(CP437[code]).toBe(String.fromCharCode(code));
    const known = { 1: '☺', 127: '⌂', 128: 'Ç', 176: '░', 196: '─', 201: '╔', 219: '█', 225: 'ß' };
    for (const [code, character] of Object.entries(known)) expect(CP437[Number(code)]).toBe(character);
    expect(new Set(CP437.slice(1)).size).toBe(255);
  });
});
