import { describe, expect, it } from 'vitest';
import { VgaRig } from './rig.js';

/** Refresh rates and totals of the IBM monitors' modes: crystal / (total dots x total lines). */
const MODES = [
  { mode: 0x03, crystal: 28_322_000, dots: 900, lines: 449, width: 720, height: 400, retrace: 412 },
  { mode: 0x12, crystal: 25_175_000, dots: 800, lines: 525, width: 640, height: 480, retrace: 490 },
  { mode: 0x13, crystal: 25_175_000, dots: 800, lines: 449, width: 640, height: 400, retrace: 412 },
  { mode: 0x0d, crystal: 25_175_000, dots: 800, lines: 449, width: 640, height: 400, retrace: 412 },
  { mode: 0x10, crystal: 25_175_000, dots: 800, lines: 449, width: 640, height: 350, retrace: 387 },
];

describe.each(MODES)('beam in mode $mode', ({ mode, crystal, dots, lines, width, height, retrace }) => {
  /** Status at a dot of a line of the second frame; half a dot in, to be clear of rounding. */
  function statusAt(rig: VgaRig, line: number, dot: number): number {
    const seconds = ((lines + line) * dots + dot + 0.5) / crystal;
    rig.bus.clock = Math.floor((seconds * rig.bus.frequency.num) / rig.bus.frequency.den);
    return rig.bus.in(0x3da);
  }

  it('counts frames at the refresh rate', () => {
    const rig = new VgaRig(mode);
    rig.bus.advanceSeconds(10);
    expect(rig.vga.frame()).toBe(Math.floor((10 * crystal) / (dots * lines)));
  });

  it('shows the displayed area in bit 0', () => {
    const rig = new VgaRig(mode);
    expect(statusAt(rig, 0, 4) & 1).toBe(0);
    expect(statusAt(rig, 0, width - 4) & 1).toBe(0);
    expect(statusAt(rig, 0, width + 4) & 1).toBe(1);
    expect(statusAt(rig, height - 1, 4) & 1).toBe(0);
    expect(statusAt(rig, height, 4) & 1).toBe(1);
    expect(statusAt(rig, lines - 1, 4) & 1).toBe(1);
  });

  it('shows a vertical retrace of two lines in bit 3', () => {
    const rig = new VgaRig(mode);
    const seen = [-1, 0, 1, 2].map((n) => statusAt(rig, retrace + n, 4) & 8);
    expect(seen).toEqual([0, 8, 8, 0]);
    expect(statusAt(rig, 0, 4) & 8).toBe(0);
  });
});
