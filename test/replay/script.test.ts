import { beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../src/replay/controls.js';
import { inputOf } from '../../src/replay/controls.js';
import { ready } from '../../src/replay/ready.js';
import { Unrecorded } from '../../src/replay/runner.js';
import { parseScript } from '../../src/replay/script/parse.js';
import { POLL_EVERY, ScriptRun } from '../../src/replay/script/run.js';
import { Scripted } from '../../src/replay/script/scripted.js';
import { StateHasher } from '../../src/replay/stateHash.js';
import { toyProvider } from './support/recordToy.js';
import { buildToy, toyDescription } from './support/toy.js';

beforeAll(() => ready());

const HERTZ = 100_000_000;

/** Runs a script against output that appears at given milliseconds; what it did, and when. */
function follow(
  yaml: string,
  serial: Record<number, string>,
  screens: Record<number, string> = {},
  until = 3000,
) {
  const run = new ScriptRun(parseScript(yaml), HERTZ);
  const done: [number, Action['do'], string][] = [];
  let screen = '';
  for (let ms = 1; ms <= until && run.status.kind === 'running'; ms++) {
    for (const character of serial[ms] ?? '') run.serial(character.charCodeAt(0), ms * 100_000);
    screen = screens[ms] ?? screen;
    for (const a of run.poll(ms * 100_000, () => screen)) {
      done.push([ms, a.do, a.do === 'type' ? a.text : a.do === 'power' ? a.button : a.key]);
    }
  }
  return { done, status: run.status };
}

describe('a script', () => {
  it('waits, types, presses, lets time pass, in order', () => {
    const yaml = `
- wait: "login: "
- type: "root\\n"
- wait: /^[#$] /
- delay: 250
- key: ctrl-alt-delete
- power: off
`;
    const { done, status } = follow(yaml, { 5: 'boot\nlog', 7: 'in: ', 20: 'welcome # not yet\n', 30: '# ' });
    expect(done).toEqual([
      [7, 'type', 'root\n'],
      [280, 'key', 'ctrl-alt-delete'],
      [280, 'power', 'off'],
    ]);
    expect(status).toEqual({ kind: 'done' });
  });

  it('finds each output once', () => {
    const { status } = follow('- wait: "$ "\n- wait: "$ "\n  timeout: 100', { 5: '$ ' });
    expect(status).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('step 2 (wait for "$ " on serial)'),
    });
    expect(follow('- wait: "$ "\n- wait: "$ "', { 5: '$ ', 9: '$ ' }).status).toEqual({ kind: 'done' });
  });

  it('looks at the screen where told, every ten polls', () => {
    const yaml = '- on: screen\n- wait: "A:\\\\>"\n- type: "dir\\n"\n- quiet: 50';
    const { done, status } = follow(yaml, {}, { 33: 'A:\\>', 60: 'A:\\>dir' });
    expect(done).toEqual([[41, 'type', 'dir\n']]);
    expect(status).toEqual({ kind: 'done' });
  });

  it('gives up in guest time and says what it last saw', () => {
    const { status } = follow('- wait: never\n  timeout: 40', { 3: 'one\r\ntwo\r\n\r\n' });
    expect(status).toEqual({
      kind: 'failed',
      message:
        'script, step 1 (wait for "never" on serial): gave up after 40 ms of guest time; last line seen: "two"',
    });
  });

  it('fails when what must not appear does', () => {
    const { status } = follow('- expect-not: panic\n- delay: 1000', { 90: 'kernel panic' });
    expect(status).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/step 2 .*"panic" appeared on serial/),
    });
  });

  it('holds and releases keys: presses alone, then releases alone', () => {
    const yaml = '- hold: ctrl-shift\n- delay: 20\n- key: esc\n- release: ctrl-shift';
    expect(follow(yaml, {}).done).toEqual([
      [1, 'hold', 'ctrl-shift'],
      [21, 'key', 'esc'],
      [21, 'release', 'ctrl-shift'],
    ]);
    const [ctrl, shift] = [0xe0, 0xe1];
    expect([...inputOf({ do: 'hold', key: 'ctrl-shift' }).data]).toEqual([ctrl, 1, shift, 1]);
    expect([...inputOf({ do: 'release', key: 'ctrl-shift' }).data]).toEqual([shift, 0, ctrl, 0]);
  });

  it.each([
    ['- hold: shift\n- hold: a-shift', 'step 2: "shift" is held already'],
    ['- hold: shift\n- release: Shift\n- release: shift', 'step 3: "shift" is not held'],
    ['- key: crtl-a', 'step 1: no key is called "crtl"; did you mean "ctrl"?'],
    ['- key: Control-C', 'step 1: no key is called "control"; did you mean "ctrl"?'],
    ['- key: ctrl+c', 'step 1: "ctrl+c" is no key; those pressed together are joined by "-"'],
    ['- hold: Return', 'step 1: no key is called "return"; did you mean "enter"?'],
    ['- key: page-up', 'step 1: no key is called "page"; did you mean "pageup"?'],
    ['- key: hyper', 'step 1: no key is called "hyper"; there are a to z, 0 to 9, f1 to f12, enter, esc,'],
    ['- wait: x\n- weit: y', 'step 2: no step is called "weit"; did you mean "wait"?'],
    ['- wait: x\n  timout: 5', 'step 1: no step is called "timout"; did you mean "timeout"?'],
    [
      '- fly',
      'step 1: no step is called "fly"; there are wait, expect-not, quiet, type, key, hold, release,',
    ],
  ])('%j is refused: %s', (yaml, message) => {
    expect(() => parseScript(yaml)).toThrow(message);
  });

  it('takes an alias that leads nowhere for the mistake it is', () => {
    expect(() => parseScript('- *nowhere\n')).toThrow(/alias/i);
    expect(() => parseScript('- *nowhere\n')).toThrow(expect.objectContaining({ name: 'ScriptError' }));
  });

  it('waits for UTF-8 as the line carries it', () => {
    const bytes = Buffer.from('é').toString('latin1');
    expect(follow('- wait: é', { 3: bytes }).status).toEqual({ kind: 'done' });
  });

  it('finds text that is far behind a flood of output', () => {
    const flood = 'x'.repeat(100_000);
    expect(
      follow('- wait: mark\n- wait: after', { 1: flood, 2: flood, 3: 'mark', 4: flood, 5: 'after' }).status,
    ).toEqual({
      kind: 'done',
    });
  });

  it('acts at the same clocks in every run, however the host slices it', () => {
    const script = parseScript('- wait: /[aeiou]/\n- type: "abc"\n- delay: 3\n- type: "de"\n- wait: /e/');
    const run = (slice: number) => {
      const machine = buildToy(toyDescription, new Map());
      const scripted = new Scripted(new Unrecorded(machine, toyProvider()), script);
      const inputs: number[] = [];
      const deliver = machine.deliver.bind(machine);
      machine.deliver = (channel, data) => {
        inputs.push(machine.cpu.clock);
        deliver(channel, data);
      };
      const end = 20 * POLL_EVERY;
      for (let to = slice; machine.cpu.clock < end; to += slice) {
        while (machine.cpu.clock < Math.min(to, end)) scripted.advance(Math.min(to, end));
      }
      return { inputs, status: scripted.status, hash: new StateHasher(machine).hash() };
    };
    const one = run(1_000_000);
    expect(one.inputs.length).toBe(2);
    expect(run(77_777)).toEqual(one);
    expect(run(1_234_567)).toEqual(one);
  });
});
