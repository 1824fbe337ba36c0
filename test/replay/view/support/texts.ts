/** All that is wanted at once, and all texts of what comes back. */
import type { Wanted } from '../../../../src/replay/view/view.js';

export const EVERYTHING: Wanted = {
  code: { rows: 24, syntax: 'intel' },
  registers: 'main',
  memory: { at: 'sp', rows: 8, physical: false },
  stack: { rows: 8 },
  pages: {},
  devices: { name: 'schedule' },
  screen: { columns: 80, rows: 25 },
  serial: { rows: 10 },
  bus: { rows: 24 },
  watches: ['pc', 'byte[pc]', 'nothing of that name', '1 +', '[0xffffffff]'],
};

export const PAGES = ['main', 'segments', 'control', 'debug', 'x87', 'sse'] as const;

export function* textsIn(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* textsIn(part);
}
