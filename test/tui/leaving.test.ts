/** Whatever ends the interface, the terminal is given back; and what is wrong is said before it is taken. */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runInterface } from '../../src/cli/debug/interface.js';
import { runCli } from '../../src/cli/main.js';
import { RealHost } from '../cli/support/realHost.js';
import { type LocalSession, openDemo } from './support/localSession.js';

const TAKEN = '\x1b[?1049h\x1b[?25l';
const GIVEN_BACK = '\x1b[?2004l\x1b[?1006l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1049l';
const DEMO = 'traces/lost-update.rewind';
const OPTIONS = { mouse: true, cast: undefined, initial: {}, first: [] };

class TerminalHost extends RealHost {
  constructor() {
    super();
    this.env = { TERM: 'xterm-256color' };
    this.stdin.isTTY = true;
    this.stdout.isTTY = true;
    Object.assign(this.stdout, new EventEmitter(), { columns: 80, rows: 24 });
  }

  type(keys: string): void {
    this.stdin.emit('data', new TextEncoder().encode(keys));
  }

  async until(text: string): Promise<void> {
    while (!this.out.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function begun(): Promise<{ host: TerminalHost; session: LocalSession; ended: Promise<number> }> {
  const [host, session] = [new TerminalHost(), await openDemo()];
  const ended = runInterface(session, host, OPTIONS);
  ended.catch(() => {});
  await host.until('1 of 3');
  expect(host.out).toContain(TAKEN);
  expect(host.stdin.raw).toBe(true);
  return { host, session, ended };
}

function expectClean(host: TerminalHost): void {
  expect(host.out.endsWith(GIVEN_BACK)).toBe(true);
  expect(host.out.split(GIVEN_BACK)).toHaveLength(2);
  expect(host.stdin.raw).toBe(false);
  expect(host.stdin.listenerCount('data')).toBe(0);
  expect(host.signals.size).toBe(0);
  // Somebody else's error is not the interface's any more.
  for (const event of ['uncaughtException', 'unhandledRejection', 'exit'] as const) {
    const own = process.listeners(event as 'exit').filter((one) => /fail|leave/.test(one.name));
    expect(own).toEqual([]);
  }
}

describe('the terminal is given back', () => {
  it('when the user leaves', async () => {
    const { host, ended } = await begun();
    host.type('q');
    expect(await ended).toBe(0);
    expectClean(host);
  });

  it('when a signal ends it', async () => {
    const { host, ended } = await begun();
    host.signal('SIGTERM');
    expect(await ended).toBe(143);
    expectClean(host);
  });

  it('when the debugger is lost', async () => {
    const { host, session, ended } = await begun();
    session.onLost(new Error('the thread ended'));
    await expect(ended).rejects.toThrow('the thread ended');
    expectClean(host);
  });

  it('when a panel cannot be drawn', async () => {
    const { host, session, ended } = await begun();
    const view = session.view.bind(session);
    // What no debugger says: a defect, which must not cost the user their terminal.
    session.view = async (wanted) => ({ ...(await view(wanted)), registers: 5 as never });
    host.type('s');
    await expect(ended).rejects.toThrow();
    expectClean(host);
  });

  it('when an error is thrown that nobody catches', async () => {
    const { host, ended } = await begun();
    const [fail] = process.listeners('uncaughtException').filter(({ name }) => name === 'fail');
    fail!(new Error('out of the blue'), 'uncaughtException');
    await expect(ended).rejects.toThrow('out of the blue');
    expectClean(host);
  });
});

/** The terminal's private modes (DECSET) that are on after all that was sent. */
function modesAfter(sent: string): string[] {
  const on = new Set<string>();
  for (const [, mode, sets] of sent.matchAll(PRIVATE_MODE)) {
    if (sets === 'h') on.add(mode!);
    else on.delete(mode!);
  }
  return [...on];
}

const PRIVATE_MODE = new RegExp(`${String.fromCharCode(0x1b)}\\[\\?(\\d+)([hl])`, 'g');
/** The cursor, which a terminal shows from the beginning on. */
const CURSOR = '25';

const bytes = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...'sSnN?:/gUBm123456789{}<>z\t\r', '\x1b', '\x1b[5~', '\x1b[<0;9;9M'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
);
const endings = fc.constantFrom('SIGTERM' as const, 'SIGHUP' as const, 'lost' as const);

it('is given back whatever is typed, and whenever it ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 12 }), endings, async (typed, ending) => {
      const { host, session, ended } = await begun();
      // Leaving by a key is an end like others.
      for (const keys of typed) host.type(keys);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (ending === 'lost') session.onLost(new Error('the thread ended'));
      else host.signal(ending);
      await ended.catch(() => {});
      expectClean(host);
      expect(modesAfter(host.out)).toEqual([CURSOR]);
    }),
    { numRuns: 10 },
  );
});

describe('is refused', () => {
  async function refused(host: RealHost, ...args: readonly string[]): Promise<[number, string]> {
    const code = await runCli(['debug', ...args], host);
    expect(host.out).toBe('');
    expect(host.err.split('\n')).toHaveLength(2);
    return [code, host.err];
  }

  it('without a terminal', async () => {
    const [code, line] = await refused(new RealHost(), DEMO);
    expect([code, line]).toEqual([64, expect.stringContaining('debug needs a terminal')]);
  });

  it('with a file that is no trace, or is not there', async () => {
    expect((await refused(new TerminalHost(), 'package.json'))[0]).toBe(80);
    expect((await refused(new TerminalHost(), 'no-such.rewind'))[0]).toBe(66);
  });

  it('with marks or symbols that are none', async () => {
    expect((await refused(new TerminalHost(), DEMO, '--marks', 'package.json'))[0]).toBe(65);
    expect((await refused(new TerminalHost(), DEMO, '--symbols', 'package.json'))[0]).toBe(65);
  });
});
