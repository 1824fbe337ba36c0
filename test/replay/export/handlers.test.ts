/**
 * When handlers of interrupts run: in the demo's recording against the IRETs that a walk through it comes by, and on
 * a PC/XT, whose timer handler calls another handler with INT.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPc } from '../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../src/devices/description.js';
import { type HandlerEnd, type HandlerEvents, HandlerWatch } from '../../../src/replay/export/handlers.js';
import { GuestMemory } from '../../../src/replay/guest/guestMemory.js';
import { registersOf } from '../../../src/replay/guest/registers.js';
import { ready } from '../../../src/replay/ready.js';
import { Session } from '../../../src/replay/session.js';
import { Timeline } from '../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { xtClocks, xtMachine } from '../../support/xt.js';

beforeAll(() => ready());

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
const source = () => memorySource(new Uint8Array(readFileSync(FILE)));

interface Span {
  readonly vector: number;
  readonly began: number;
  ended?: number;
  how?: HandlerEnd;
}

/** Keeps what it is told; handlers that are open are the last ones. */
function listener(spans: Span[], onEnd = () => {}): HandlerEvents {
  const open: Span[] = [];
  return {
    began: (clock, vector) => {
      const span = { vector, began: clock };
      spans.push(span);
      open.push(span);
    },
    ended: (clock, how) => {
      Object.assign(open.pop()!, { ended: clock, how });
      onEnd();
    },
    control: () => {},
  };
}

describe('handlers of the demo', () => {
  const [FROM, TO] = [20_000_000, 20_700_000];

  it('end with the IRETs that are executed', () => {
    const session = Session.open(source(), boards);
    session.runTo(FROM);
    const spans: Span[] = [];
    const watch = new HandlerWatch(session.machine, listener(spans));
    const delivered: number[] = [];
    session.onNote = (note, clock) => {
      if (note.kind === 'irq') delivered.push(clock);
      watch.note(note, clock);
    };
    session.runTo(TO);
    watch.end();

    const timeline = new Timeline(Trace.open(source()), boards);
    const memory = new GuestMemory(timeline.machine);
    const pc = registersOf(timeline.machine.cpu).pc;
    const behind: number[] = [];
    let wasIret = false;
    timeline.seek(FROM);
    timeline.scan(TO, () => {
      if (wasIret) behind.push(timeline.clock);
      wasIret = memory.read(pc(), 1) === 0xcfn;
      return false;
    });
    expect(spans.map(({ began }) => began)).toEqual(delivered);
    expect(spans.map(({ ended }) => ended)).toEqual(behind);
    expect(spans.length).toBe(7);
    // Every tick enters another task.
    expect(new Set(spans.map(({ how }) => how))).toEqual(new Set(['switched']));
  });

  it('are found without a change of the run', () => {
    const plain = Session.open(source(), boards);
    const watched = Session.open(source(), boards);
    const watch = new HandlerWatch(watched.machine, listener([]));
    watched.onNote = (note, clock) => watch.note(note, clock);
    for (const session of [plain, watched]) expect(session.runTo(9_000_000)).toBe(true);
    expect(watched.stateHash()).toBe(plain.stateHash());
  });
});

it('an 8088 goes on where it was interrupted, whatever the handler calls', () => {
  const machine = xtMachine({ description: { floppies: [], disks: [] } });
  const registers = registersOf(machine.cpu);
  const spans: Span[] = [];
  const places: { pc: number; stack: number }[] = [];
  const goesOn: boolean[] = [];
  const events = listener(spans, () => {
    const place = places.pop()!;
    goesOn.push(place.pc === registers.pc() && place.stack === registers.stack());
  });
  const watch = new HandlerWatch(machine, {
    ...events,
    began: (clock, vector, thread) => {
      places.push(thread!);
      events.began(clock, vector, thread);
    },
  });
  machine.onNote = (note, clock) => watch.note(note, clock);
  machine.run(xtClocks(1));
  const ticks = spans.filter(({ vector }) => vector === 8);
  // The timer's 18.2 ticks a second, less those before POST has set it up.
  expect(ticks.length).toBeGreaterThan(8);
  expect(ticks.length).toBeLessThanOrEqual(19);
  expect(new Set(ticks.map(({ how }) => how))).toEqual(new Set(['returned']));
  expect(goesOn.every(Boolean)).toBe(true);
  // INT, pushes, an addition, INT 1Ch, the end of interrupt, IRET: hundreds of clocks, not thousands.
  for (const { began, ended } of ticks) expect(ended! - began).toBeLessThan(3000);
});
