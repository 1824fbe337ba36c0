/**
 * Questions about a run, on a stretch of the demo's recording, against a walk that executes every instruction alone and
 * looks at the machine itself; and the law that the answers of the parts are those of the whole.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ia32 } from '../../../../src/core/cpu/ia32/cpu.js';
import type { Note } from '../../../../src/core/device.js';
import { buildPc } from '../../../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../../../src/devices/description.js';
import { Pic8259 } from '../../../../src/devices/pic8259.js';
import { bundledSymbols } from '../../../../src/replay/guest/bundledSymbols.js';
import { inquire } from '../../../../src/replay/query/run/inquire.js';
import type { Finding, Latency, MemoryAccess, Question } from '../../../../src/replay/query/run/question.js';
import { stretchesFor } from '../../../../src/replay/query/run/stretches.js';
import { ready } from '../../../../src/replay/ready.js';
import type { KnownStretch, StoredIndex } from '../../../../src/replay/timeline/storedIndex.js';
import { Timeline } from '../../../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../../../src/replay/trace/reader.js';
import type { Description } from '../../../../src/replay/trace/records.js';

const FILE = new URL('../../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
};
/** The guest prints something, is interrupted some times, and changes threads. */
const FROM_END = 1_500_000;
const LENGTH = 900_000;

const STACK = { address: 0x113000, length: 0x200 };
const COUNTER = { address: 0x1003ec, length: 4 };

/** An instruction that was executed, and what it did. */
interface Walked {
  readonly clock: number;
  readonly pc: number;
  /** `write 1003ec`, `out 3f8 41`, `vector 20`, and so on. */
  readonly did: string[];
}

let timeline: Timeline;
let from = 0;
let to = 0;
let walk: Walked[];
let store = 0;

beforeAll(async () => {
  await ready();
  const trace = Trace.open(memorySource(new Uint8Array(readFileSync(FILE))));
  timeline = new Timeline(trace, boards);
  store = bundledSymbols(trace).address('worker.store')!;
  timeline.seek(timeline.end - FROM_END);
  timeline.keep();
  from = timeline.clock;
  timeline.seek(from + LENGTH);
  to = timeline.clock;
  walk = walked();
});

/** Where an instruction repeats itself, each iteration. */
function walked(): Walked[] {
  const out: Walked[] = [];
  const { machine } = timeline;
  const { s } = machine.cpu as Ia32;
  const now = (text: string) => out.at(-1)!.did.push(text);
  timeline.seek(from);
  machine.memory.observe({
    reads: [STACK, COUNTER],
    writes: [STACK, COUNTER],
    heard: (address, _, write) => now(`${write ? 'write' : 'read'} ${address.toString(16)}`),
  });
  machine.onPort = (port, _, write, value) => now(`${write ? 'out' : 'in'} ${port} ${value}`);
  timeline.scan(to, () => {
    out.push({ clock: timeline.clock, pc: (s.base[1]! + s.eip) >>> 0, did: [] });
    return timeline.clock >= to;
  });
  machine.memory.observe(undefined);
  machine.onPort = undefined;
  return out.filter(({ clock }) => clock < to);
}

interface Asked {
  readonly from?: number;
  readonly to?: number;
  readonly last?: boolean;
  readonly limit?: number;
}

function ask(question: Question, asked: Asked = {}): Finding[] {
  const out: Finding[] = [];
  let inquiry = { question, from, to, last: false, limit: 1e9, resumed: false, ...asked };
  for (;;) {
    const run = inquire(timeline, inquiry);
    let step = run.next();
    while (!step.done) step = run.next();
    out.push(...step.value!.findings);
    if (step.value!.next === undefined) return out;
    inquiry = { ...inquiry, from: step.value!.next, resumed: true };
  }
}

const QUESTIONS: readonly Question[] = [
  { kind: 'writes', memory: [STACK, COUNTER] },
  { kind: 'reads', memory: [COUNTER] },
  { kind: 'ports', first: 0x20, last: 0x3ff },
  { kind: 'vectors' },
  { kind: 'latency' },
];

describe('a question about a stretch', () => {
  it('finds every access to memory, and the instruction that made it', () => {
    const asked = { kind: 'writes', memory: [STACK, COUNTER] } as const;
    const found = ask(asked).filter((f) => f.kind === 'write' && f.by === 'instruction');
    const expected = walk.flatMap(({ clock, pc, did }) =>
      did.filter((one) => one.startsWith('write')).map((one) => ({ clock, pc, one })),
    );
    const shown = found.map((f) => {
      const { clock, code, address } = f as MemoryAccess;
      return { clock, pc: code!.pc, one: `write ${address.toString(16)}` };
    });
    expect(shown.length).toBeGreaterThan(100);
    // The walk takes what an interrupt pushes for the doing of the instruction before which it came.
    const pushed = ask(asked).filter((f) => f.kind === 'write' && f.by === 'interrupt').length;
    expect(expected.length).toBe(shown.length + pushed);
    const known = new Set(expected.map((e) => JSON.stringify(e)));
    expect(shown.filter((e) => !known.has(JSON.stringify(e)))).toEqual([]);
  });

  it('knows what was there before and what was written', () => {
    const found = ask({ kind: 'writes', memory: [COUNTER] });
    expect(found.length).toBeGreaterThan(10);
    let value: number | undefined;
    for (const one of found) {
      if (one.kind !== 'write') throw new Error('not a write');
      if (value !== undefined) expect(one.before).toBe(value);
      value = one.value;
      timeline.seek(one.behind!);
      expect(timeline.machine.memory.read(COUNTER.address, 4)).toBe(value);
    }
  });

  it('finds reads', () => {
    const expected = walk
      .filter(({ did }) => did.includes('read 1003ec'))
      .map(({ clock, pc }) => [clock, pc]);
    const found = ask({ kind: 'reads', memory: [COUNTER] });
    expect(found.map(({ clock, code }) => [clock, code!.pc])).toEqual(expected);
  });

  it('finds every access to ports, with values', () => {
    const expected = walk.flatMap(({ clock, pc, did }) =>
      did.filter((one) => /^(in|out) /.test(one)).map((one) => [clock, pc, one]),
    );
    const found = ask({ kind: 'ports', first: 0x20, last: 0x3ff }).map((f) => {
      if (f.kind !== 'in' && f.kind !== 'out') throw new Error('no port');
      return [f.clock, f.code!.pc, `${f.kind} ${f.port} ${f.value}`];
    });
    expect(found.length).toBeGreaterThan(10);
    expect(found).toEqual(expected);
  });

  it('finds every execution of an instruction, with the registers of that time', () => {
    const expected = walk.filter(({ pc }) => pc === store).map(({ clock }) => clock);
    const found = ask({ kind: 'executions', addresses: [store] });
    expect(found.length).toBeGreaterThan(10);
    expect(found.map(({ clock }) => clock)).toEqual(expected);
    const last = found.at(-1)!;
    timeline.seek(last.clock);
    if (last.kind !== 'execution') throw new Error('no execution');
    expect(last.registers['eax']).toBe((timeline.machine.cpu as Ia32).s.gpr[0]);
    expect(last.registers['eip']).toBe(store);
  });

  it('shows what a function was called with', () => {
    // What a CALL executed in the walk leads to, most often.
    const calls = walk.filter(({ clock, pc }, i) => {
      const next = walk[i + 1];
      return next && next.clock - clock < 40 && timeline.machine.memory.ram[pc] === 0xe8;
    });
    const callee = walk[walk.indexOf(calls[0]!) + 1]!.pc;
    const expected = walk.flatMap((one, i) => (one.pc === callee ? [{ ...one, before: walk[i - 1]! }] : []));
    const found = ask({ kind: 'calls', address: callee });
    expect(found.map(({ clock }) => clock)).toEqual(expected.map(({ clock }) => clock));
    for (const [i, one] of found.entries()) {
      if (one.kind !== 'call') throw new Error('no call');
      expect(one.stack[0]).toBe(expected[i]!.before.pc + 5);
      timeline.seek(one.clock);
      const { s } = timeline.machine.cpu as Ia32;
      expect(one.stack[1]).toBe(timeline.machine.memory.read(s.gpr[8]! + 4, 4));
    }
  });

  it('finds the interrupts that the machine tells of', () => {
    const told: [number, number][] = [];
    timeline.seek(from);
    const unlisten = timeline.listen({
      note: (note, clock) => {
        if (note.kind === 'irq') told.push([clock, note.a]);
      },
    });
    timeline.play(to);
    unlisten();
    const external = ask({ kind: 'vectors' }).filter((f) => f.kind === 'vector' && f.source === 'external');
    expect(told.length).toBeGreaterThan(5);
    expect(external.map((f) => [f.clock, (f as { vector: number }).vector])).toEqual(told);
    const [, vector] = told[0]!;
    const only = ask({ kind: 'vectors', vector });
    expect(only.map((f) => f.clock)).toEqual(told.filter(([, v]) => v === vector).map(([clock]) => clock));
  });

  it('measures interrupts as one who looks at INTR and at the controllers before every instruction', () => {
    const { machine } = timeline;
    const pics = machine.devices.filter((d) => d instanceof Pic8259);
    const looked: { clock: number; intr: number; isr: number[] }[] = [];
    timeline.seek(from);
    timeline.scan(to, () => {
      const { intr } = (machine.cpu as Ia32).s;
      looked.push({ clock: timeline.clock, intr, isr: pics.map(({ state }) => state.isr) });
      return timeline.clock >= to;
    });
    const found = ask({ kind: 'latency' }) as Latency[];
    expect(found.length).toBeGreaterThan(5);
    for (const { clock, requested, served } of found) {
      expect(clock).toBeGreaterThan(requested);
      const entered = looked.find((at) => at.clock >= clock);
      if (!entered || served === undefined || served >= to) continue;
      expect(entered.isr.some((isr) => isr !== 0)).toBe(true);
      const behind = looked.find((at) => at.clock > served)!;
      const [on, off] = [entered, behind].map(({ isr }) => isr.reduce((sum, bits) => sum + bits, 0));
      expect(off).toBeLessThan(on!);
      const before = looked.findLast((at) => at.clock < requested);
      const after = looked.find((at) => at.clock >= requested && at.clock < clock);
      if (before) expect(before.intr).toBe(0);
      if (after) expect(after.intr).toBe(1);
    }
  });
});

/** What an index would tell of it, as far as interrupts go. */
function stretchOf(start: number, end: number): KnownStretch {
  let [raised, irqs] = [false, 0];
  timeline.seek(start);
  const notes = ({ kind }: Note) => {
    if (kind === 'irq') irqs++;
    return false;
  };
  const interruptLine = (level: boolean) => {
    raised ||= level;
  };
  for (const _ of timeline.listening(end, { notes, interruptLine }, () => false));
  const nothing = new Set<number>();
  const happened = { vectors: nothing, ports: nothing, video: nothing, raised };
  return { ...happened, from: start, to: end, notes: new Map([['irq', irqs]]), written: () => true };
}

describe('the parts of a run', () => {
  it('answer together what the whole answers', () => {
    for (const question of QUESTIONS) {
      const whole = ask(question);
      for (const place of fc.sample(fc.integer({ min: from + 1, max: to - 1 }), { numRuns: 3, seed: 4 })) {
        timeline.seek(place);
        const middle = timeline.clock;
        const parts = [...ask(question, { to: middle }), ...ask(question, { from: middle })];
        expect(parts).toEqual(whole);
      }
    }
  });

  it('that an index tells to hold nothing can be left out: interrupts wait across their ends', () => {
    const whole = ask({ kind: 'latency' }) as Latency[];
    const waiting = whole.flatMap(({ requested, clock }) => [requested, Math.floor((requested + clock) / 2)]);
    const elsewhere = fc.sample(fc.integer({ min: from + 1, max: to - 1 }), { numRuns: 8, seed: 8 });
    const cuts = [...waiting, ...whole.map(({ requested }) => requested - 40), ...elsewhere].map((clock) => {
      timeline.seek(clock);
      return timeline.clock;
    });
    const ends = [...new Set([from, ...cuts, to])]
      .filter((at) => at >= from && at <= to)
      .sort((a, b) => a - b);
    const stretches = ends.slice(1).map((end, i) => stretchOf(ends[i]!, end));
    const index = { stretches, end: to } as unknown as StoredIndex;
    const spans = stretchesFor({ kind: 'latency' }, index, { from, to });
    expect(spans.length).toBeLessThan(stretches.length);
    // At least one was requested in a stretch in which none was delivered.
    expect(stretches.some(({ raised, notes }) => raised && notes.get('irq') === 0)).toBe(true);
    expect(spans.flatMap((span) => ask({ kind: 'latency' }, span))).toEqual(whole);
  });

  it('are the same however often it comes back on the way', () => {
    const questions: Question[] = [...QUESTIONS, { kind: 'executions', addresses: [store] }];
    for (const question of questions) {
      expect(ask(question, { limit: 7 })).toEqual(ask(question));
    }
  });

  it('come back with no more than was asked for, and what was under way', () => {
    const run = inquire(timeline, {
      question: { kind: 'latency' },
      from,
      to,
      last: false,
      limit: 3,
      resumed: false,
    });
    let step = run.next();
    while (!step.done) step = run.next();
    expect(step.value!.next).toBeLessThan(to);
    expect(step.value!.findings.length).toBeLessThanOrEqual(3 + 16);
  });

  it('end with the last, if that is asked for', () => {
    for (const question of QUESTIONS.slice(0, 4)) {
      expect(ask(question, { last: true })).toEqual(ask(question).slice(-1));
    }
  });
});
