/** The demo's run, as its views show the lost update and what it leads to. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { goTo, openDemo } from './support/opened.js';

let debug: Debugger;
beforeAll(async () => {
  await ready();
  debug = openDemo();
});

const value = (source: string): number => Number(debug.expression(source).value());
const LOST = 'worker_a.additions + worker_b.additions - counter';

describe('where the demo fails', () => {
  it('code, stack and screen say so', () => {
    goTo(debug, 'panic_lost_update');
    const view = viewOf(debug, {
      code: { rows: 12, syntax: 'intel' },
      registers: 'main',
      stack: { rows: 4 },
      watches: ['counter', LOST],
    });
    expect(view.position).toMatchObject({
      at: 'panic_lost_update',
      mode: 'protected 32, ring 0',
      halted: false,
    });
    const here = view.code!.find((line) => line.here)!;
    expect(here).toMatchObject({ label: 'panic_lost_update', text: 'cli' });
    // It came here by a jump just before.
    const previous = view.code!.find((line) => line.previous)!;
    expect(previous.text).toMatch(/^jb /);
    expect(view.code![previous.jumpsTo!]).toBe(here);
    // EAX is the counter, EDX what was added.
    const row = (name: string) =>
      Number.parseInt(view.registers!.find((one) => one.name === name)!.value, 16);
    expect(row('eax')).toBe(value('counter'));
    expect(row('edx')).toBeGreaterThan(row('eax'));
    expect(view.watches![0]!.value).toContain(`${value('counter')} `);
    expect(view.watches![1]!.value).toMatch(new RegExp(`^${row('edx') - row('eax')}( |$)`));
    expect(view.stack![0]!.note).toMatch(/^returns to monitor/);
    expect(view.frames!.map(({ name }) => name.split('+')[0])).toEqual(
      expect.arrayContaining(['panic_lost_update']),
    );
  });

  it('the screen and the serial line tell it at the end', () => {
    debug.timeline.seek(debug.end);
    const { screen, serial } = viewOf(debug, { screen: { columns: 80, rows: 25 }, serial: { rows: 25 } });
    const shown = screen!.rows.map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
    expect(shown.join('\n')).toMatch(/lost/);
    const said = serial!.filter((line) => line !== '');
    expect(said[0]).toBe('racer: two workers, one counter, no lock');
    expect(said.join('\n')).toMatch(/lost/);
  });
});

describe('the lost update', () => {
  it('is a write that makes the counter what it was before', () => {
    debug.timeline.seek(debug.end);
    const counter = debug.symbols.address('counter')!;
    // Back to the last write of the counter that left it behind the additions for the first time.
    let low = 0;
    for (let high = debug.end; high - low > 1; ) {
      const middle = Math.floor((low + high) / 2);
      debug.timeline.seek(middle);
      if (value(LOST) > 1 && value(LOST) < 2 ** 31) high = middle;
      else low = middle;
    }
    debug.timeline.seek(low);
    debug.timeline.reverseContinue({ writes: [{ address: counter, length: 4 }] });
    const code = viewOf(debug, { code: { rows: 9, syntax: 'intel' } }).code!;
    expect(code.find(({ here }) => here)).toMatchObject({
      about: 'counter',
      text: expect.stringMatching(/^mov \[.*\],eax$/),
    });
    debug.step('forward');
    const { memory, registers } = viewOf(debug, {
      memory: { at: 'counter', rows: 1, physical: false },
      registers: 'main',
    });
    const line = memory!.lines[0]!;
    const at = counter - line.address;
    expect(line.changed.length).toBeGreaterThan(0);
    for (const i of line.changed) expect(i >= at && i < at + 4).toBe(true);
    // A store changes no register but the instruction pointer.
    expect(registers!.filter(({ changed }) => changed).map(({ name }) => name)).toEqual(['eip']);
  });
});
