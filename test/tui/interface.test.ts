/** The whole interface on the demo's trace, keys in and frames out, with a real debugger behind it. */
import { afterEach, describe, expect, it } from 'vitest';
import { placeOf } from '../../src/tui/place.js';
import { openDemo } from './support/localSession.js';
import { TestScreen } from './support/screen.js';

let screen: TestScreen;

afterEach(() => screen.close());

async function open(columns = 80, rows = 24): Promise<void> {
  screen = new TestScreen(await openDemo(), columns, rows);
  await screen.settle();
}

const position = () => screen.state.view!.position;
/** The line with the position, without what it stands for. */
const here = () => screen.text.split('\n').find((line) => /^[ \u2500-\u257f]{2}.>/.test(line)) ?? '';

describe('what the cursor is on', () => {
  it('is asked for in the words of the debugger', async () => {
    await open(120, 40);
    await screen.type(':seek 182270361\r');
    // The operand of `mov [1003ECh],eax`.
    await screen.keys('p');
    expect(screen.text).toMatch(/linear +001003ec counter/);
    await screen.keys('1', '\r', '0', '\r');
    expect(screen.text).toContain('3 memory  linear &counter');
    expect(placeOf(screen.state)).toMatchObject({ written: 'byte[0x1003ec]' });
    await screen.keys('2', '\r');
    expect(screen.text).toContain('3 memory  linear eax');
    await screen.keys('4', 'w');
    expect(screen.text).toMatch(/watch dword\[0x1131c0\]/);
    await screen.keys('1', 'b');
    expect(screen.state.view!.breakpoints).toHaveLength(2);
    await screen.keys('b');
    expect(screen.state.view!.breakpoints).toHaveLength(1);
  });
});

describe('events', () => {
  it('are filtered, searched and gone to', async () => {
    await open();
    await screen.keys('5', 'e');
    await screen.type('serial, power\r');
    expect(screen.text).toContain('serial power: 138');
    await screen.keys('/');
    await screen.type('power\r');
    await screen.keys('\r');
    // The guest ends the run there: the trace's last clock.
    expect(position().clock).toBe(191_932_062);
    await screen.keys('[');
    const last = position().clock;
    expect(last).toBeLessThan(191_932_062);
    await screen.keys('[', ']');
    expect(position().clock).toBe(last);
    await screen.keys('\\');
    await screen.type('no such thing\r');
    expect(screen.text).toContain('no event with "no such thing" there');
    await screen.type('eno such kind\r');
    expect(screen.text).toContain('"no" is no kind');
  });
});

describe('the demo', () => {
  it('leads from the failure to its cause, as the hints say', async () => {
    await open();
    expect(screen.text).toContain('1 of 3');
    await screen.keys('G');
    expect(position().clock).toBe(191_932_062);
    expect(screen.text).toContain('2 of 3');
    await screen.keys('B', '\r');
    // As `bisect` and the README tell it.
    expect(position().clock).toBe(182_270_362);
    expect(screen.text).toContain('3 of 3');
    await screen.keys('U', '\r');
    expect(here()).toContain('mov [1003ECh],eax');
    expect(position().clock).toBe(182_270_361);
    await screen.keys('N');
    expect(here()).toContain('inc eax');
    expect(position().clock).toBeLessThan(182_069_872);
    expect(screen.text).toContain('that is the race');
    expect(screen.text).not.toContain('3 of 3');
    await screen.keys('n');
    expect(position().clock).toBe(182_270_361);
  });

  it('shows what has changed in the race', async () => {
    await open(120, 40);
    await screen.type(':seek 182270361\r');
    expect(screen.text).toMatch(/counter = 19544 /);
    await screen.keys('s');
    expect(screen.text).toMatch(/counter = 19529 /);
  });
});
