/** The thread that plays the whole trace once, to list its events, and tells more and more of them. */
import { Session } from '../../replay/session.js';
import { EventIndex, type Pace } from '../../replay/view/events.js';
import { nodeHost } from '../host/nodeHost.js';
import { TraceFile } from '../host/traceFile.js';
import { fail, serve, tell } from './thread.js';

/** Host milliseconds between tidings. */
const TIDINGS_MS = 250;

/** Lists what there is, and what there is later. */
class Filling {
  readonly index: EventIndex;
  #told = 0;
  #busy = false;

  constructor(index: EventIndex) {
    this.index = index;
  }

  begin(): void {
    if (!this.#busy) this.#fill().catch(fail);
  }

  /** Lets requests in between slices. */
  async #fill(): Promise<void> {
    this.#busy = true;
    let next = performance.now();
    for (const _ of this.index.fill()) {
      if (performance.now() >= next) {
        next = performance.now() + TIDINGS_MS;
        this.#tell();
      }
      await breathe();
    }
    this.#busy = false;
    this.#tell();
  }

  #tell(): void {
    const { clocks, kind, kinds, count, pace } = this.index.columns;
    const fresh = { clocks: clocks.slice(this.#told, count), kind: kind.slice(this.#told, count) };
    const piece = { ...fresh, pace: cutPace(pace) };
    tell({ kind: 'events', kinds, piece, upTo: this.index.upTo });
    this.#told = count;
  }
}

/** Without what is only room to grow. */
function cutPace({ clocks, retired, count }: Pace): Pace {
  return { clocks: clocks.slice(0, count), retired: retired.slice(0, count), count };
}

async function find(
  index: EventIndex,
  search: Parameters<EventIndex['search']>[0],
): Promise<number | undefined> {
  const searching = index.search(search);
  for (;;) {
    const { done, value } = searching.next();
    if (done) return value as number | undefined;
    await breathe();
  }
}

function breathe(): Promise<unknown> {
  return new Promise((resolve) => setImmediate(resolve));
}

await serve(({ path, engine, salvage }) => {
  // It may be one that somebody is still writing.
  const session = Session.open(new TraceFile(path, 'read'), nodeHost().boards(engine), { salvage });
  const filling = new Filling(new EventIndex(session));
  filling.begin();
  const { index } = filling;
  return {
    answers: { texts: (indices) => index.texts(indices), find: (search) => find(index, search) },
    grown: () => {
      session.grow();
      filling.begin();
    },
  };
});
