/** Where panels are: laws for every size of terminal, and what three sizes show. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layout, layoutOf, PANELS, type PanelName, type Rect } from '../../src/tui/layout.js';
import { panelsOf } from '../../src/tui/state.js';

const wanted = fc.record({
  columns: fc.integer({ min: 1, max: 400 }),
  rows: fc.integer({ min: 1, max: 150 }),
  focus: fc.constantFrom(...PANELS),
  tab: fc.constantFrom(...PANELS),
  board: fc.constantFrom('pc', 'xt'),
  hint: fc.boolean(),
});

function rectsOf({ header, tabs, hint, panels, timeline, prompt }: Layout): Rect[] {
  return [header, tabs, ...(hint ? [hint] : []), ...panels.map(({ rect }) => rect), timeline, prompt];
}

function overlap(a: Rect, b: Rect): boolean {
  const across = a.x < b.x + b.width && b.x < a.x + a.width;
  return across && a.y < b.y + b.height && b.y < a.y + a.height;
}

describe('every layout', () => {
  it('has no cell twice, and none outside', () => {
    fc.assert(
      fc.property(wanted, (want) => {
        const layout = layoutOf(want);
        if (!layout) {
          expect(want.columns < 40 || want.rows < 12).toBe(true);
          return;
        }
        const rects = rectsOf(layout);
        for (const { x, y, width, height } of rects) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + width).toBeLessThanOrEqual(want.columns);
          expect(y + height).toBeLessThanOrEqual(want.rows);
        }
        expect(rects.filter((one, i) => rects.some((other, j) => j < i && overlap(one, other)))).toEqual([]);
      }),
    );
  });

  it('shows the panel with the keys, with a line at least, and none twice', () => {
    fc.assert(
      fc.property(wanted, (want) => {
        const panels = layoutOf(want)?.panels ?? [];
        const names = panels.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        if (panels.length === 0) return;
        expect(names).toContain(want.focus);
        for (const { rect } of panels) expect(rect.height).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

describe('at the usual sizes', () => {
  const names = (columns: number, rows: number, focus: PanelName = 'code', tab: PanelName = 'serial') => {
    const layout = layoutOf({ columns, rows, focus, tab, board: 'pc', hint: false })!;
    return layout.panels.map(({ name }) => name);
  };

  it('80 x 24 shows the code with registers and stack, or another panel alone', () => {
    expect(names(80, 24)).toEqual(['code', 'registers', 'stack']);
    expect(names(80, 24, 'memory')).toEqual(['memory']);
  });

  it('120 x 40 has a slot that changes', () => {
    expect(names(120, 40).sort()).toEqual(['code', 'points', 'registers', 'serial', 'stack']);
    expect(names(120, 40, 'code', 'screen')).toContain('screen');
    expect(names(120, 40, 'events', 'screen')).toContain('events');
  });

  it('200 x 60 shows all but what commands said', () => {
    expect(names(200, 60).sort()).toEqual(
      panelsOf('pc')
        .filter((name) => name !== 'log')
        .sort(),
    );
    expect(names(200, 60, 'log')).toContain('log');
  });
});
