/** A session in the test's own thread: a real debugger over a real trace, and the list of all its events. */
import { readFileSync } from 'node:fs';
import { DebugSession } from '../../../src/cli/debug/session.js';
import { boards } from '../../../src/cli/machine/boards.js';
import { Debugger } from '../../../src/replay/debug/debugger.js';
import { bundledSymbols } from '../../../src/replay/query/bundledSymbols.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import { EventIndex } from '../../../src/replay/view/events.js';
import type { SessionFacts, SessionPort } from '../../../src/tui/session.js';

const DEMO = new URL('../../../traces/lost-update.rewind', import.meta.url);

export interface LocalSession extends SessionPort {
  readonly debug: Debugger;
  readonly events: EventIndex;
}

/** The demo's trace. Listing its events takes a replay of the whole. */
export async function openDemo(): Promise<LocalSession> {
  await ready();
  const bytes = new Uint8Array(readFileSync(DEMO));
  const trace = Trace.open(memorySource(bytes));
  const events = new EventIndex(Session.open(memorySource(bytes), boards('compiler'), {}));
  for (const _ of events.fill());
  const debug = new Debugger(new Timeline(trace, boards('compiler')), bundledSymbols(trace));
  return localSession(debug, events, factsOf(trace));
}

function factsOf(trace: Trace): SessionFacts {
  const { frequency, description } = trace.manifest;
  return {
    trace: 'lost-update.rewind',
    end: trace.covered,
    frequency: frequency.num / frequency.den,
    board: description.board,
    demo: true,
    live: false,
  };
}

function localSession(debug: Debugger, events: EventIndex, facts: SessionFacts): LocalSession {
  const session = new DebugSession(debug);
  const port: LocalSession = {
    debug,
    events,
    facts,
    onProgress: () => {},
    onEvents: () => {},
    onLost: () => {},
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
