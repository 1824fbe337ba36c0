/** Records runs to compare, and compares them the slow way: all of both machines, at every boundary. */
import type { Note } from '../../../src/core/device.js';
import type { Provider } from '../../../src/core/door.js';
import { Dirty, PAGE_SIZE } from '../../../src/core/memory.js';
import type { Blobs } from '../../../src/devices/description.js';
import { type Boards, buildFrom } from '../../../src/replay/boards.js';
import type { Both, Parting } from '../../../src/replay/diff/both.js';
import { type DiffAnswer, type DiffQuestion, diff } from '../../../src/replay/diff/diff.js';
import { Symbols } from '../../../src/replay/guest/symbols.js';
import type { SearchProgress } from '../../../src/replay/query/search.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { concat, openTrace, toyProvider } from '../support/recordToy.js';
import { toyBoards, toyDescription } from '../support/toy.js';

export interface TestInput {
  readonly at: number;
  readonly channel: string;
  readonly data: Uint8Array;
}

export interface Run {
  readonly until: number;
  readonly inputs?: readonly TestInput[];
  readonly provider?: Provider;
  readonly description?: Description;
  readonly blobs?: Blobs;
  readonly boards?: Boards;
  readonly checkEvery?: number;
  readonly finish?: boolean;
}

/** Of a toy, unless something else is described. */
export function record(run: Run): Uint8Array {
  const { description = { ...toyDescription, program: '' }, blobs = new Map(), boards = toyBoards } = run;
  const machine = buildFrom(boards, description, blobs);
  const pieces: Uint8Array[] = [];
  const recorder = new Recorder({
    machine,
    description,
    blobs,
    provider: run.provider ?? toyProvider(),
    sink: (bytes) => pieces.push(bytes),
    program: 'test 1',
    checkEvery: run.checkEvery ?? 2 ** 14,
  });
  for (const { at, channel, data } of (run.inputs ?? []).toSorted((x, y) => x.at - y.at)) {
    recorder.run(at);
    if (!machine.outcome) recorder.input(channel, data);
  }
  recorder.run(run.until);
  if (run.finish === false) recorder.flush();
  else recorder.finish('test');
  return concat(pieces);
}

export const keys = (at: number, text: string, channel = 'keyboard'): TestInput => {
  return { at, channel, data: new TextEncoder().encode(text) };
};

export function timelines(
  a: Uint8Array,
  b: Uint8Array,
  boards: Boards = toyBoards,
  boardsOfB: Boards = boards,
): Both<Timeline> {
  return { a: new Timeline(openTrace(a), boards), b: new Timeline(openTrace(b), boardsOfB) };
}

export const NO_SYMBOLS = { a: new Symbols(), b: new Symbols() };

/** Drives it to its end. */
export function ask(both: Both<Timeline>, question: Partial<DiffQuestion> = {}): DiffAnswer {
  const search: Generator<SearchProgress, DiffAnswer, void> = diff(both, {
    symbols: NO_SYMBOLS,
    ...question,
  });
  for (let step = search.next(); ; step = search.next()) if (step.done) return step.value;
}

export function compare(a: Uint8Array, b: Uint8Array, question: Partial<DiffQuestion> = {}): DiffAnswer {
  return ask(timelines(a, b), question);
}

/** One of two runs that are walked through. */
export class Walker {
  readonly replayer: Replayer;
  readonly notes: string[] = [];

  constructor(bytes: Uint8Array, boards: Boards) {
    this.replayer = new Replayer(openTrace(bytes), boards);
    this.replayer.onNote = (note: Note, clock) => this.notes.push(JSON.stringify([clock, note]));
  }

  /** Pages of RAM written since this was last asked. */
  touched(): Set<number> {
    const pages = new Set<number>();
    this.replayer.machine.memory.takeDirty(Dirty.checkpoints, (page) => pages.add(page));
    return pages;
  }

  page(page: number): Uint8Array {
    return this.replayer.machine.memory.ram.subarray(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  }

  /** All but RAM. */
  get state(): Uint8Array[] {
    const { machine } = this.replayer;
    machine.cpu.settle();
    const stores = machine.devices.map(({ pages }) => (pages ? [...pages.snapshot()] : []));
    return [
      machine.cpu.state.bytes,
      machine.schedule.state.bytes,
      ...machine.devices.map(({ state }) => state.bytes),
      ...stores.flatMap((pages) => pages.map(([, bytes]) => bytes)),
      new TextEncoder().encode(stores.map((pages) => pages.map(([number]) => number).join()).join(';')),
      // All before were equal.
      new TextEncoder().encode(`${this.notes.length} ${this.notes.at(-1)}`),
    ];
  }
}

/**
 * The first boundary behind which anything differs, by looking at every one from `from` on; the clock of the end if
 * nothing does.
 */
export function exhaustively(
  a: Uint8Array,
  b: Uint8Array,
  boards: Boards = toyBoards,
  from = 0,
): Parting | number {
  const [x, y] = [new Walker(a, boards), new Walker(b, boards)];
  const end = Math.min(x.replayer.trace.covered, y.replayer.trace.covered);
  for (const { replayer } of [x, y]) replayer.runTo(from);
  if (Buffer.compare(x.replayer.machine.memory.ram, y.replayer.machine.memory.ram) !== 0) return from;
  while (x.replayer.clock < end) {
    const before = x.replayer.clock;
    for (const { replayer } of [x, y]) if (!replayer.runTo(before + 1)) throw new Error('diverged');
    if (!equal(x, y)) return { before, after: { a: x.replayer.clock, b: y.replayer.clock } };
  }
  return end;
}

function equal(x: Walker, y: Walker): boolean {
  const [p, q] = [x.state, y.state];
  if (p.length !== q.length || p.some((bytes, i) => Buffer.compare(bytes, q[i]!) !== 0)) return false;
  const touched = new Set([...x.touched(), ...y.touched()]);
  return [...touched].every((page) => Buffer.compare(x.page(page), y.page(page)) === 0);
}
