/** Whatever keys are pressed, in whatever order: nothing breaks, and what is undone is undone. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { helpLines } from '../../src/tui/help.js';
import { KEY_GROUPS } from '../../src/tui/keys.js';
import { PANELS } from '../../src/tui/layout.js';
import { plainText, widthOf } from '../../src/tui/text.js';
import { openDemo } from './support/localSession.js';
import { TestScreen } from './support/screen.js';

let screen: TestScreen;
afterEach(() => screen?.close());

const KEYS = KEY_GROUPS.flatMap(({ bindings }) => bindings).flatMap(({ keys }) => keys);

/** What terminals send for keys that have names. */
const SENT: Readonly<Record<string, string>> = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  'ctrl-b': '\x02',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-f': '\x06',
  'ctrl-l': '\x0c',
  'ctrl-o': '\x0f',
  'ctrl-p': '\x10',
  delete: '\x1b[3~',
  'ctrl-u': '\x15',
};
const sent = (key: string): string => SENT[key] ?? key;

const mouse = fc
  .tuple(fc.constantFrom(0, 64, 65), fc.nat(130), fc.nat(45))
  .map(([button, x, y]) => `\x1b[<${button};${x + 1};${y + 1}M`);
const typed = fc.constantFrom(
  ...[
    'eax',
    'counter',
    '12%',
    'no such',
    '(',
    '',
    'irq',
    'tick',
    'i:1000',
    'x/32 esp',
    'help',
    'display eax',
  ],
);
const anything = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...KEYS).map(sent) },
  { weight: 2, arbitrary: mouse },
  { weight: 2, arbitrary: typed.map((text) => `${text}\r`) },
);

describe('any keys', () => {
  it('break nothing, and leave a frame of the terminal’s size', async () => {
    const session = await openDemo();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([80, 24], [120, 40], [60, 14]),
        fc.array(anything, { maxLength: 30 }),
        async ([columns, rows], keys) => {
          screen?.close();
          screen = new TestScreen(session, columns!, rows!);
          await screen.settle();
          for (const key of keys) {
            await screen.type(key);
            expect(screen.text).not.toMatch(/undefined|is not a function|Cannot read|defect/);
            const lines = screen.text.split('\n');
            expect(lines).toHaveLength(rows!);
            for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns!);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('that are pressed faster than they are done are all done', async () => {
    screen = new TestScreen(await openDemo(), 80, 24);
    await screen.type(':seek i:1000000\r');
    await screen.type('s'.repeat(40));
    expect(screen.state.view!.position.retired).toBe(1_000_040);
    await screen.type('S'.repeat(15) + 's'.repeat(5));
    expect(screen.state.view!.position.retired).toBe(1_000_030);
  });
});

const BACK: Readonly<Record<string, string>> = { s: 'S', S: 's', l: 'h', h: 'l' };

it('moves through time and pages of registers, and the same back, lead to the same frame', async () => {
  screen = new TestScreen(await openDemo(), 120, 40);
  // But for the timeline: checkpoints have been left on the way.
  const panels = () => screen.text.split('\n').slice(0, -5).join('\n');
  const step = fc.constantFrom(...Object.keys(BACK));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1_000_000, max: 64_000_000 }),
      fc.array(step, { maxLength: 12 }),
      async (at, steps) => {
        await screen.keys('2');
        await screen.type(`:seek i:${at}\r`);
        const before = panels();
        await screen.keys(...steps);
        await screen.keys(...steps.reverse().map((key) => BACK[key]!));
        expect(panels()).toBe(before);
      },
    ),
    { numRuns: 8 },
  );
});

it('back after any jump leads to the frame it was made from, and ahead to where it led', async () => {
  const panels = () => screen.text.split('\n').slice(0, -5).join('\n');
  const jump = fc.constantFrom('G', '\x1b[H', 'g12%\r', 'U counter\r', '\x1b[<0;30;37M', 'F', '/tick\r');
  screen?.close();
  const session = await openDemo();
  // Hints go on with what was done, not with the position.
  screen = new TestScreen({ ...session, facts: { ...session.facts, demo: false } }, 120, 40);
  await screen.type(':seek 182270361\r');
  await fc.assert(
    fc.asyncProperty(jump, async (keys) => {
      const before = panels();
      const { clock } = screen.state.view!.position;
      await screen.type(keys);
      const after = panels();
      if (screen.state.view!.position.clock === clock) return;
      await screen.keys('\x0f');
      expect(panels()).toBe(before);
      await screen.keys('\x10');
      expect(panels()).toBe(after);
    }),
    { numRuns: 8 },
  );
});

describe('help', () => {
  const all = helpLines('code', 0, 200, 120).map((line) => plainText(line).trimEnd());

  it('names every key, and no key does two things', () => {
    expect(new Set(KEYS).size).toBe(KEYS.length);
    for (const { bindings } of KEY_GROUPS) {
      for (const { help } of bindings) expect(all.some((line) => line.endsWith(help))).toBe(true);
    }
  });

  it('begins with what is possible in a panel', () => {
    expect(all[2]).toMatch(/^In code: S steps back; u: who wrote/);
  });

  it.each(PANELS)('fits 80 columns, in %s', (panel) => {
    const lines = helpLines(panel, 0, 200, 120).map((line) => plainText(line).trimEnd());
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});
