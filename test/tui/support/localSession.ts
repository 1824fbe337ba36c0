/** A session in the test's own thread: a real debugger over a real trace, and the list of all its events. */
import { readFileSync } from 'node:fs';
import { DebugSession } from '../../../src/cli/debug/session.js';
import { Debugger } from '../../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../../src/replay/guest/bundledSymbols.js';
import { boards } from '../../../src/replay/machines/boards.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import { EventIndex } from '../../../src/replay/view/events.js';
import type { SessionFacts, SessionPort } from '../../../src/tui/session.js';
import { openFirmware } from '../../replay/view/support/opened.js';
import { XT_PROGRAM } from '../../replay/view/support/xtProgram.js';

const DEMO = new URL('../../../traces/lost-update.rewind', import.meta.url);

type Events = Pick<EventIndex, 'columns' | 'upTo' | 'texts' | 'search'>;

export interface LocalSession extends SessionPort {
  readonly debug: Debugger;
  readonly events: Events;
}

let demo: { readonly bytes: Uint8Array; readonly events: EventIndex } | undefined;

/** The demo's trace, from its beginning. Its events are listed once: that takes a replay of the whole. */
export async function openDemo(): Promise<LocalSession> {
  await ready();
  demo ??= listed(new Uint8Array(readFileSync(DEMO)));
  const { bytes, events } = demo;
  const trace = Trace.open(memorySource(bytes));
  const debug = new Debugger(new Timeline(trace, boards('compiler')), bundledSymbols(trace));
  return localSession(debug, events, factsOf(trace));
}

/** A PC/XT in a loop, which devices tell nothing of. */
export async function openXt(): Promise<LocalSession> {
  await ready();
  const debug = openFirmware('xt', XT_PROGRAM, 100_000);
  const pace = { clocks: new Float64Array(), retired: new Float64Array(), count: 0 };
  const columns = { clocks: new Float64Array(), kind: new Uint8Array(), kinds: [], count: 0, pace };
  const none: Events = {
    columns,
    upTo: debug.end,
    texts: () => [],
    // biome-ignore lint/correctness/useYield: there is nothing to look through.
    *search() {
      return undefined;
    },
  };
  return localSession(debug, none, { ...factsOf(debug.timeline.trace), trace: 'loop.rewind', demo: false });
}

function listed(bytes: Uint8Array): NonNullable<typeof demo> {
  const events = new EventIndex(Session.open(memorySource(bytes), boards('compiler'), {}));
  for (const _ of events.fill());
  return { bytes, events };
}

function factsOf(trace: Trace): SessionFacts {
  const { frequency, description } = trace.manifest;
  return {
    path: 'lost-update.rewind',
    trace: 'lost-update.rewind',
    end: trace.covered,
    frequency: frequency.num / frequency.den,
    board: description.board,
    demo: true,
    live: false,
    running: false,
  };
}

function localSession(debug: Debugger, events: Events, facts: SessionFacts): LocalSession {
  const session = new DebugSession({ debug });
  const port: LocalSession = {
    debug,
    events,
    facts,
    onProgress: () => {},
    onEvents: () => {},
    onLost: () => {},
    onFacts: () => {},
    onNews: () => {},
    guest: () => {},
    view: (wanted) => session.view(wanted),
    command: (line) => session.command(line),
    complete: (line) => session.complete(line),
    cancel: () => session.cancel(),
    eventTexts: async (indices) => events.texts(indices),
    findEvent: async (search) => {
      const found = events.search(search);
      for (;;) {
        const { done, value } = found.next();
        if (done) return value as number | undefined;
      }
    },
    close: async () => {},
  };
  session.onProgress = (progress) => port.onProgress(progress);
  return port;
}
