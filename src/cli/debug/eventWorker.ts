/** The thread that plays the whole trace once, to list its events, and tells more and more of them. */
import { EventIndex, type Pace } from '../../replay/view/events.js';
import { nodeHost } from '../host/nodeHost.js';
import { openSession } from '../machine/trace.js';
import { serve, tell } from './thread.js';

/** Host milliseconds between tidings. */
const TIDINGS_MS = 250;

await serve(({ path, engine, salvage }) => {
  const index = new EventIndex(openSession(path, { engine, salvage }, nodeHost()));
  void fill(index);
  return {
    answers: { texts: (indices) => index.texts(indices), find: (search) => find(index, search) },
  };
});

/** Lets requests in between slices. */
async function fill(index: EventIndex): Promise<void> {
  let told = 0;
  let next = performance.now();
  const tidings = () => {
    const { clocks, kind, kinds, count, pace } = index.columns;
    const piece = { clocks: clocks.slice(told, count), kind: kind.slice(told, count), pace: cutPace(pace) };
    tell({ kind: 'events', kinds, piece, upTo: index.upTo });
    told = count;
  };
  for (const _ of index.fill()) {
    if (performance.now() >= next) {
      next = performance.now() + TIDINGS_MS;
      tidings();
    }
    await breathe();
  }
  tidings();
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
