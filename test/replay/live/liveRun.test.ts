/**
 * Laws of live runs, on the toy machine: whoever pauses and looks around, the run is the one where nobody did; while
 * it is paused every position is what a replay from power-on finds; a branch leaves its parent as it was.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { KeepingInputs } from '../../../src/replay/branch/inputs.js';
import { type RunEvent, watchEvents } from '../../../src/replay/events.js';
import { ChangeError } from '../../../src/replay/guest/changeError.js';
import { type LiveFile, LiveRun } from '../../../src/replay/live/liveRun.js';
import { ready } from '../../../src/replay/ready.js';
import { Recorder } from '../../../src/replay/recorder.js';
import { Replayer } from '../../../src/replay/replayer.js';
import { Session } from '../../../src/replay/session.js';
import { memorySource } from '../../../src/replay/trace/reader.js';
import { concat, openTrace, toyProvider } from '../support/recordToy.js';
import { buildToy, toyBoards, toyDescription } from '../support/toy.js';

beforeAll(() => ready());

/** A file in memory, which grows. */
class MemoryFile implements LiveFile {
  #bytes: Uint8Array = new Uint8Array();

  get size(): number {
    return this.#bytes.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  readonly write = (bytes: Uint8Array): void => {
    this.#bytes = concat([this.#bytes, bytes]);
  };

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.subarray(offset, offset + length);
  }
}

const recording = () => ({
  machine: buildToy(toyDescription, new Map()),
  description: toyDescription,
  blobs: new Map(),
  provider: toyProvider(),
  program: 'toy 1',
  checkEvery: 2 ** 13,
});

/** What may be done between two stretches of running; places are parts of the run so far. */
type Deed =
  | { readonly do: 'run'; readonly clocks: number }
  | { readonly do: 'type'; readonly keys: string }
  | { readonly do: 'keep' | 'flush' | 'pause' | 'resume' | 'step' | 'back' | 'hash' }
  | { readonly do: 'seek' | 'search'; readonly place: number };

const place = fc.double({ min: 0, max: 1, noNaN: true });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('run' as const), clocks: fc.nat(20_000) }) },
  // Letters that end the toy's run are typed elsewhere.
  fc.record({ do: fc.constant('type' as const), keys: fc.stringMatching(/^[a-g]{1,3}$/) }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom<'keep' | 'flush' | 'pause' | 'resume' | 'step' | 'back' | 'hash'>(
        ...(['keep', 'flush', 'pause', 'pause', 'resume', 'step', 'back', 'hash'] as const),
      ),
    }),
  },
  fc.record({ do: fc.constantFrom('seek' as const, 'search' as const), place }),
);

/** Only the running and the typing. */
function undisturbed(deeds: readonly Deed[]): Outcome {
  const file = new MemoryFile();
  const recorder = new Recorder({ ...recording(), sink: file.write });
  let typed: string[] = [];
  for (const one of deeds) {
    if (one.do === 'type') typed.push(one.keys);
    if (one.do !== 'run') continue;
    for (const keys of typed) recorder.input('keyboard', new TextEncoder().encode(keys));
    typed = [];
    recorder.run(recorder.machine.cpu.clock + one.clocks);
  }
  const { stateHash, clock } = recorder.finish('test');
  return { stateHash, clock, bytes: file.bytes };
}

interface Outcome {
  readonly stateHash: bigint;
  readonly clock: number;
  readonly bytes: Uint8Array;
}

/** All of it; looking is tried whether or not it is paused. */
function disturbed(deeds: readonly Deed[], checkpointMemory: number): Outcome & { readonly run: LiveRun } {
  const file = new MemoryFile();
  const run = LiveRun.begin(recording(), file, { checkpointMemory });
  for (const one of deeds) apply(run, one, file);
  const { stateHash, clock } = run.finish('test');
  return { stateHash, clock, bytes: file.bytes, run };
}

function apply(run: LiveRun, one: Deed, file: MemoryFile): void {
  const { timeline } = run;
  switch (one.do) {
    case 'run':
      run.resume();
      run.run(run.present + one.clocks);
      return;
    case 'type':
      return run.input('keyboard', new TextEncoder().encode(one.keys));
    case 'keep':
    case 'flush':
      return run.paused ? undefined : run[one.do]();
    case 'pause':
    case 'resume':
      return run[one.do]();
    default:
      if (run.paused) look(run, one, file);
      else expect(timeline.end).toBeLessThanOrEqual(run.present);
  }
}

function look({ timeline, present }: LiveRun, one: Deed, file: MemoryFile): void {
  expect(timeline.end).toBe(present);
  if (one.do === 'step') timeline.step();
  if (one.do === 'back') timeline.stepBack();
  if (one.do === 'seek') timeline.seek(Math.floor(one.place * present));
  if (one.do === 'search') {
    timeline.seek(Math.floor(one.place * present));
    timeline.reverseContinue({ notes: ({ kind }) => kind === 'dma' });
  }
  if (one.do === 'hash') expect(timeline.stateHash()).toBe(straight(file.bytes, timeline.clock));
  expect(timeline.divergence).toBeUndefined();
}

/** The state at a clock, from power-on. */
function straight(bytes: Uint8Array, clock: number): bigint {
  const replay = new Replayer(openTrace(bytes), toyBoards);
  replay.runTo(clock);
  expect(replay.clock).toBe(clock);
  return replay.stateHash();
}

function eventsOf(bytes: Uint8Array): { readonly events: readonly RunEvent[]; readonly checks: number } {
  const session = Session.open(memorySource(bytes), toyBoards);
  const events: RunEvent[] = [];
  watchEvents(session, {}, (event) => events.push(event));
  expect(session.runTo(Number.POSITIVE_INFINITY)).toBe(true);
  expect(session.finished).toBe(true);
  return { events, checks: session.checks };
}

describe('a live run', () => {
  it('is the one where nobody paused and looked around', () => {
    fc.assert(
      fc.property(
        fc.array(deed, { maxLength: 30 }),
        fc.constantFrom(1, 2 ** 21, 2 ** 28),
        (deeds, memory) => {
          const one = disturbed(deeds, memory);
          const other = undisturbed(deeds);
          expect(one.clock).toBe(other.clock);
          expect(one.stateHash).toBe(other.stateHash);
          expect(eventsOf(one.bytes)).toEqual(eventsOf(other.bytes));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('can be looked at when it has ended, and its end is checked', () => {
    const { run, bytes, stateHash } = disturbed(
      [
        { do: 'run', clocks: 50_000 },
        { do: 'keep' },
        { do: 'type', keys: 'q' },
        { do: 'run', clocks: 50_000 },
      ],
      2 ** 28,
    );
    expect(run.machine.outcome).toEqual({ kind: 'power-off' });
    run.resume();
    expect(run.paused).toBe(true);
    expect(run.timeline.stepBack()).toBe(true);
    expect(run.machine.outcome).toBeUndefined();
    expect(run.timeline.seek(20_000)).toBe(true);
    expect(run.timeline.stateHash()).toBe(straight(bytes, run.timeline.clock));
    expect(run.timeline.seek(run.present)).toBe(true);
    expect(run.timeline.stateHash()).toBe(stateHash);
    expect(openTrace(bytes).end?.reason).toBe('test');
  });

  it('is read up to where it was paused last, if nobody ends it', () => {
    const file = new MemoryFile();
    const run = LiveRun.begin(recording(), file);
    run.resume();
    run.run(60_000);
    run.pause();
    run.timeline.seek(10_000);
    expect(openTrace(file.bytes).covered).toBe(run.present);
    expect(straight(file.bytes, run.present)).toBeDefined();
  });
});

const nobody = {
  pull: (channel: string, request: number): Uint8Array => {
    throw new Error(`nobody knows ${channel} ${request}`);
  },
};

describe('a live run that cannot go on', () => {
  it('writes nothing behind where it broke off, whatever it is told', () => {
    const file = new MemoryFile();
    const recorder = new Recorder({ ...recording(), sink: file.write });
    recorder.run(20_000);
    recorder.machine.door.provider = nobody;
    expect(() => recorder.run(5_000_000)).toThrow('nobody knows');
    const { bytes } = file;
    expect(openTrace(bytes).covered).toBe(recorder.written);
    for (const more of [
      () => recorder.run(6_000_000),
      () => recorder.input('keyboard', Uint8Array.of(1)),
      () => recorder.mark(),
      () => recorder.finish('user'),
    ]) {
      expect(more).toThrow('broke off');
    }
    recorder.flush();
    expect(file.bytes).toBe(bytes);
    expect(straight(bytes, recorder.written)).toBeDefined();
  });

  it('because a disk is full ends with the last whole frame, and can be looked at', () => {
    const file = new MemoryFile();
    let room = Number.POSITIVE_INFINITY;
    const { write } = file;
    Object.assign(file, {
      write: (bytes: Uint8Array) => {
        const fits = Math.min(bytes.length, room);
        write(bytes.subarray(0, fits));
        room -= fits;
        if (fits < bytes.length) throw new Error('full');
      },
    });
    const run = LiveRun.begin(recording(), file);
    run.resume();
    run.run(50_000);
    run.flush();
    const written = run.present;
    run.run(90_000);
    room = 20;
    expect(() => run.flush()).toThrow('full');
    room = Number.POSITIVE_INFINITY;
    expect(() => run.finish('user')).toThrow('broke off');
    run.abandon();
    expect([run.ended, run.present, run.timeline.clock]).toEqual([true, written, written]);
    expect(run.timeline.stateHash()).toBe(straight(file.bytes, written));
  });

  it('is not run on by mistake: while it is paused, or when it has ended', () => {
    const run = LiveRun.begin(recording(), new MemoryFile());
    expect(() => run.run(1000)).toThrow('is paused');
    expect(() => run.keep()).toThrow('is paused');
    run.finish('user');
    expect(() => run.run(1000)).toThrow('has ended');
    expect(() => run.finish('user')).toThrow('has ended');
  });
});

describe('steps of a live run', () => {
  it('come to the boundaries that a timeline steps to', () => {
    const file = new MemoryFile();
    const run = LiveRun.begin(recording(), file);
    const stops: number[] = [];
    for (const times of [1, 1, 7, 40]) {
      run.resume();
      for (const _ of run.stepping(times));
      run.pause();
      stops.push(run.present);
    }
    run.finish('user');
    const { timeline } = run;
    timeline.seek(0);
    for (const [i, times] of [1, 1, 7, 40].entries()) {
      for (let left = times; left > 0; left--) timeline.step();
      expect(timeline.clock).toBe(stops[i]);
    }
    expect(eventsOf(file.bytes).checks).toBeGreaterThanOrEqual(0);
  });
});

describe('a branch of a live run', () => {
  const options = { program: 'toy 2', label: undefined };
  const change = { kind: 'memory', address: 0x2000, data: Uint8Array.of(0xaa, 0xbb) } as const;

  /** Run to 100,000, paused at a clock. */
  function trunkAt(clock: number) {
    const file = new MemoryFile();
    const run = LiveRun.begin(recording(), file);
    run.resume();
    for (let until = 20_000; until <= 100_000; until += 20_000) {
      run.input('keyboard', Uint8Array.of(0x61 + until / 20_000));
      run.run(until);
      run.keep();
    }
    const { stateHash } = run.finish('user');
    run.timeline.seek(clock);
    return { run, file, bytes: file.bytes, stateHash };
  }

  it('begins where one stands, with its changes, and leaves the parent as it was', () => {
    fc.assert(
      fc.property(fc.nat(99_000), (clock) => {
        const { run, file, bytes } = trunkAt(clock);
        const at = run.timeline.clock;
        const child = new MemoryFile();
        const branch = LiveRun.branch(run.timeline, [change], { ...options, provider: toyProvider() }, child);
        expect([branch.begun, branch.present, branch.timeline.clock]).toEqual([at, at, at]);
        expect([...branch.machine.memory.ram.subarray(0x2000, 0x2002)]).toEqual([0xaa, 0xbb]);
        branch.resume();
        branch.run(at + 30_000);
        branch.keep();
        branch.run(at + 40_000);
        const { stateHash } = branch.finish('user');
        expect(file.bytes).toBe(bytes);
        expect(eventsOf(child.bytes).checks).toBeGreaterThan(0);
        for (const place of [at, at + 20_000, Math.floor(at / 2), at]) {
          branch.timeline.seek(place);
          expect(branch.timeline.stateHash()).toBe(straight(child.bytes, branch.timeline.clock));
        }
        branch.timeline.seek(branch.present);
        expect(branch.timeline.stateHash()).toBe(stateHash);
        const back = branch.timeline.onto(openTrace(bytes), at);
        back.recover(at);
        for (const place of [at, 90_000, Math.floor(at / 2)]) {
          back.seek(place);
          expect(back.stateHash()).toBe(straight(bytes, back.clock));
        }
      }),
      { numRuns: 12, examples: [[0], [20_000]] },
    );
  });

  it('without a change that keeps the inputs ends as its parent, which can be gone back to', () => {
    const { run, bytes, stateHash } = trunkAt(55_555);
    const parent = openTrace(bytes);
    const child = new MemoryFile();
    const branch = LiveRun.branch(run.timeline, [], { ...options, provider: nobody }, child);
    branch.resume();
    const later = eventsOf(bytes).events.filter(
      ({ kind, clock }) => kind === 'input' && clock > branch.begun,
    );
    const inputs = later.map(({ clock, device, data }) => ({ clock, channel: device, data: data! }));
    new KeepingInputs(branch, inputs).run(parent.covered);
    expect(branch.finish('limit').stateHash).toBe(stateHash);
    const back = branch.timeline.onto(parent, branch.begun);
    back.recover(branch.begun);
    for (const clock of [branch.begun, 90_000, 30_000, 100_000]) {
      back.seek(clock);
      expect(back.stateHash()).toBe(straight(bytes, back.clock));
    }
    expect(back.divergence).toBeUndefined();
  });

  it('ends before what nobody knows, and can be looked at', () => {
    const { run } = trunkAt(50_000);
    const child = new MemoryFile();
    const branch = LiveRun.branch(run.timeline, [change], { ...options, provider: nobody }, child);
    branch.resume();
    expect(() => branch.run(5_000_000)).toThrow('nobody knows');
    branch.abandon();
    const { clock } = branch.timeline;
    expect(clock).toBeGreaterThan(branch.begun);
    expect(branch.timeline.stateHash()).toBe(straight(child.bytes, clock));
    branch.timeline.seek(60_000);
    expect(branch.timeline.divergence).toBeUndefined();
  });

  it('that cannot begin leaves a parent that can be gone on with', () => {
    const { run, bytes } = trunkAt(50_000);
    const impossible = { ...change, address: 0x7fffffff };
    const before = run.timeline.stateHash();
    expect(() => LiveRun.tryOut(run.timeline, [change, impossible])).toThrow(ChangeError);
    LiveRun.tryOut(run.timeline, [change]);
    expect([run.timeline.clock, run.timeline.stateHash()]).toEqual([50_000, before]);
    const begin = () =>
      LiveRun.branch(run.timeline, [change, impossible], { ...options, provider: nobody }, new MemoryFile());
    expect(begin).toThrow(ChangeError);
    const back = run.timeline.onto(openTrace(bytes), 50_000);
    back.recover(50_000);
    expect(back.stateHash()).toBe(straight(bytes, back.clock));
  });
});
