/**
 * Every panel as it is seen at three sizes of terminal, from the demo's trace, where an update is about to be lost:
 * golden files for a person to review. `npx vitest run test/tui/frames.test.ts -u` writes them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { panelKey } from '../../src/tui/cursor.js';
import type { PanelName } from '../../src/tui/layout.js';
import { panelsOf } from '../../src/tui/state.js';
import { widthOf } from '../../src/tui/text.js';
import { REGISTER_PAGES } from '../../src/tui/wanted.js';
import { openDemo, openXt } from './support/localSession.js';
import { TestScreen } from './support/screen.js';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

/** The store that loses updates, and where it goes on after the interrupt. */
const STORE = 182_270_361;

describe.each(SIZES)('at %i x %i', (columns, rows) => {
  let screen: TestScreen;

  beforeAll(async () => {
    screen = new TestScreen(await openDemo(), columns, rows);
    await screen.type(`:seek ${STORE - 2_000_000}\r`);
    await screen.type(':mark before\r');
    await screen.type(`:seek ${STORE}\r`);
    await screen.keys('b', 'm', '\r');
    await screen.type(':follow &counter\r');
    await screen.type(':print counter\r');
  });
  afterAll(() => screen.close());

  it.each(panelsOf('pc'))('%s', async (panel: PanelName) => {
    await screen.keys(panelKey('pc', panel));
    await filled(panel);
    check(screen.text, columns, rows);
    await expect(trimmed(screen.text)).toMatchFileSnapshot(`../golden/tui/${panel}-${columns}x${rows}.txt`);
    if (panel === 'devices') await screen.keys('h');
  });

  /** Panels of which the first picture says little. */
  async function filled(panel: PanelName): Promise<void> {
    if (panel === 'devices') await screen.keys('l', 'l');
    if (panel === 'log') await screen.type(':breakpoints\r');
  }

  it('help', async () => {
    await screen.keys('?');
    check(screen.text, columns, rows);
    await expect(trimmed(screen.text)).toMatchFileSnapshot(`../golden/tui/help-${columns}x${rows}.txt`);
    await screen.keys(' ');
  });

  it('registers, page by page', async () => {
    await screen.keys('2');
    for (const page of REGISTER_PAGES.slice(1)) {
      await screen.keys('l');
      check(screen.text, columns, rows);
      const golden = `../golden/tui/registers-${page}-${columns}x${rows}.txt`;
      await expect(trimmed(screen.text)).toMatchFileSnapshot(golden);
    }
    await screen.keys('l');
  });
});

describe('of a PC/XT, at 80 x 24', () => {
  it.each(['code', 'registers', 'bus'] as const)('%s', async (panel) => {
    const screen = new TestScreen(await openXt(), 80, 24);
    await screen.type(':seek 5000\r');
    await screen.keys(panelKey('xt', panel));
    check(screen.text, 80, 24);
    await expect(trimmed(screen.text)).toMatchFileSnapshot(`../golden/tui/xt-${panel}-80x24.txt`);
    screen.close();
  });
});

/** Without spaces at the ends of lines. */
const trimmed = (text: string): string => `${text.replace(/ +$/gm, '')}\n`;

function check(text: string, columns: number, rows: number): void {
  const lines = text.split('\n');
  expect(lines).toHaveLength(rows);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
}
