/**
 * Where two runs part, against looking at every boundary of both: inputs moved, changed, left out; contents that a
 * device reads; runs that end; machines that differ. And what is said of it.
 */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/core/door.js';
import type { Boards } from '../../../src/replay/boards.js';
import type { DiffAnswer, Difference } from '../../../src/replay/diff/diff.js';
import { ready } from '../../../src/replay/ready.js';
import { toyProvider } from '../support/recordToy.js';
import { buildToy, toyBoards, toyDescription } from '../support/toy.js';
import { ask, compare, exhaustively, keys, record, type TestInput, timelines } from './support.js';

beforeAll(() => ready());

function placeOf(answer: DiffAnswer): unknown {
  if (answer.kind === 'equal') return answer.clock;
  if (answer.kind === 'diverged') return answer;
  const { before, after } = answer.step!;
  return { before, after };
}

function different(answer: DiffAnswer): Difference {
  if (answer.kind !== 'different') throw new Error(answer.kind);
  return answer;
}

/** As the toy's, but the bytes of one sector are others. */
function providerWith(change: (data: Uint8Array, first: number) => void): () => Provider {
  return () => {
    const plain = toyProvider();
    return {
      pull(channel, request, length) {
        const data = plain.pull(channel, request, length);
        if (channel === 'disk:0') change(data, request);
        return data;
      },
    };
  };
}

describe('two runs of a machine', () => {
  const UNTIL = 4000;
  /** More than the toy's queue holds: what its end is makes no difference. */
  const LONG = 'abcdefghijklmnopqrstu';
  const input = fc.record({
    at: fc.integer({ min: 0, max: UNTIL - 1 }),
    text: fc.constantFrom('a', 'bc', 'r', 'd', LONG),
  });
  const change = fc.constantFrom('move', 'byte', 'drop', 'add', 'none', 'tail');

  it('part where every boundary says, whatever is done to their inputs', () => {
    fc.assert(
      fc.property(
        fc.array(input, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        change,
        fc.integer({ min: 1, max: 40 }),
        (some, which, how, by) => {
          const inputs = some.map(({ at, text }) => keys(at, text));
          const others = changed(inputs, which % inputs.length, how, by);
          const [a, b] = [record({ until: UNTIL, inputs }), record({ until: UNTIL, inputs: others })];
          const answer = compare(a, b);
          expect(placeOf(answer)).toEqual(exhaustively(a, b));
          if (answer.kind === 'different') expect(answer.suspects.inputCount).toBeGreaterThan(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  function changed(inputs: readonly TestInput[], which: number, how: string, by: number): TestInput[] {
    return inputs.flatMap((one, i) => {
      if (i !== which || how === 'none') return [one];
      if (how === 'drop') return [];
      if (how === 'move') return [{ ...one, at: Math.min(UNTIL - 1, one.at + by) }];
      if (how === 'tail') return [{ ...one, data: Uint8Array.of(...one.data.subarray(0, -1), by) }];
      if (how === 'byte') return [{ ...one, data: one.data.map((byte) => byte ^ (by & 7)) }];
      return [one, keys(one.at, 'z', 'serial:com1')];
    });
  }

  it('do not part where inputs differ and nobody notices, but where they next do', () => {
    const long = (end: string) => keys(1000, `aaaaaaaaaaaaaaaa${end}`);
    const run = (...inputs: TestInput[]) => record({ until: 4000, inputs });
    expect(compare(run(long('x')), run(long('y')))).toMatchObject({ kind: 'equal', exact: true });
    const [a, b] = [run(long('x'), keys(3000, 'b')), run(long('y'), keys(3001, 'c'))];
    const answer = different(compare(a, b));
    expect(placeOf(answer)).toEqual(exhaustively(a, b));
    expect(answer.suspects.inputCount).toBe(2);
  });

  it('part where what was read differs and is noticed, not where it differs', () => {
    const until = 30_000;
    // Of 1024 bytes the toy keeps the first 512 and looks at the last one.
    const unseen = providerWith((data) => data.fill(7, 600, 700));
    const seen = providerWith((data, first) => {
      data.fill(7, 600, 700);
      if (first >= 1) data[1023]! ^= 1;
    });
    const plain = record({ until });
    const [same, other] = [record({ until, provider: unseen() }), record({ until, provider: seen() })];
    expect(placeOf(compare(plain, same))).toBe(exhaustively(plain, same));
    const answer = different(compare(plain, other));
    expect(placeOf(answer)).toEqual(exhaustively(plain, other));
    expect(answer.step!.before).toBeGreaterThan(15_000);
    expect(answer.suspects.inputCount).toBe(0);
    expect(answer.suspects.pull!.a).toMatchObject({ channel: 'disk:0' });
  });

  it('that are equal are said to be so, to the end of the shorter one', () => {
    const inputs = [keys(1000, 'a'), keys(9000, 'b')];
    const whole = record({ until: 22_000, inputs });
    const end = exhaustively(whole, whole) as number;
    expect(compare(whole, whole)).toMatchObject({ kind: 'equal', clock: end, exact: true });
    const prefix = record({ until: 14_000, inputs });
    const torn = record({ until: 14_000, inputs, finish: false });
    for (const short of [prefix, torn]) {
      const answer = compare(whole, short);
      expect(answer).toMatchObject({ kind: 'equal', exact: true, ends: { a: end } });
      expect(placeOf(answer)).toBe(exhaustively(whole, short));
    }
  });

  it('differ if one is switched off and the other goes on', () => {
    const plain = record({ until: 20_000 });
    const off = record({ until: 20_000, inputs: [{ at: 9000, channel: 'power', data: Uint8Array.of(1) }] });
    const answer = different(compare(plain, off));
    expect(answer.step!.after.b).toBeGreaterThanOrEqual(9000);
    expect(answer.step!.after.b).toBeLessThan(9010);
    expect(answer.event!.b).toMatchObject({ kind: 'power', what: 'power-off' });
    expect(answer.suspects.inputs).toMatchObject([{ a: undefined, b: { channel: 'power' } }]);
    const reset = record({ until: 20_000, inputs: [{ at: 9000, channel: 'power', data: Uint8Array.of(2) }] });
    expect(placeOf(compare(plain, reset))).toEqual(exhaustively(plain, reset));
  });
});

describe('what is said of two runs', () => {
  it('names the field, the suspects and the first event', () => {
    const a = record({ until: 30_000, inputs: [keys(1000, 'm'), keys(9000, 'a'), keys(15_000, 'q!')] });
    const b = record({ until: 30_000, inputs: [keys(1000, 'm'), keys(9000, 'b'), keys(15_000, 'q!')] });
    const answer = different(compare(a, b));
    const field = { name: 'toy.keys[0]', a: 0x61, b: 0x62 };
    expect(answer.state.fields).toContainEqual(field);
    const [suspect] = answer.suspects.inputs;
    expect(answer.suspects.inputs).toHaveLength(1);
    expect(suspect!.a).toEqual({ clock: answer.clocks.a, channel: 'keyboard', data: Uint8Array.of(0x61) });
    expect(suspect!.b).toEqual({ clock: answer.clocks.b, channel: 'keyboard', data: Uint8Array.of(0x62) });
    expect(answer.event!.a).toMatchObject({ kind: 'key', a: 0x61, clock: answer.clocks.a });
    expect(answer.event!.b).toMatchObject({ kind: 'key', a: 0x62, clock: answer.clocks.b });
    // The interrupt that the key asks for brings it into a register.
    if (typeof answer.processors === 'string') throw new Error(answer.processors);
    expect(answer.processors.before).toBeGreaterThanOrEqual(answer.clocks.a);
    expect(answer.processors.fields).toContainEqual({ name: 'cpu.reg[2]', ...registersBehind(a, b, answer) });
  });

  /** The third register where the processors have parted, by replaying each to there. */
  function registersBehind(a: Uint8Array, b: Uint8Array, answer: Difference) {
    const { after } = answer.processors as { after: { a: number; b: number } };
    const both = timelines(a, b);
    both.a.seek(after.a);
    both.b.seek(after.b);
    const register = (machine: { cpu: { state: unknown } }) =>
      (machine.cpu.state as { reg: Uint32Array }).reg[2]!;
    return { a: register(both.a.machine), b: register(both.b.machine) };
  }

  it('tells what was moved, changed, left out', () => {
    const a = record({ until: 9000, inputs: [keys(500, 'm'), keys(4000, 'n')] });
    const b = record({ until: 9000, inputs: [keys(600, 'm'), keys(4000, 'n')] });
    const moved = different(compare(a, b)).suspects;
    expect(moved.inputs).toHaveLength(1);
    expect(moved.inputs[0]!.a!.data).toEqual(moved.inputs[0]!.b!.data);
    expect(moved.inputs[0]!.b!.clock).toBeGreaterThanOrEqual(600);
    const none = record({ until: 9000, inputs: [keys(4000, 'n')] });
    expect(different(compare(none, a)).suspects.inputs).toMatchObject([
      { a: undefined, b: { channel: 'keyboard' } },
    ]);
  });

  it('leaves the timelines where the runs have parted, with no one listening', () => {
    const a = record({ until: 9000, inputs: [keys(500, 'm')] });
    const b = record({ until: 9000, inputs: [keys(500, 'n')] });
    const both = timelines(a, b);
    const answer = different(ask(both));
    expect({ a: both.a.clock, b: both.b.clock }).toEqual(answer.step!.after);
    expect(both.a.stateHash()).not.toBe(both.b.stateHash());
    expect(ask(both)).toEqual(answer);
  });
});

describe('from a clock on', () => {
  const a = () => record({ until: 30_000, inputs: [keys(1000, 'a'), keys(20_000, 'c')] });
  const b = () => record({ until: 30_000, inputs: [keys(1000, 'b'), keys(20_000, 'd')] });

  it('what differs there is left out, unless it is the processor', () => {
    const both = [a(), b()] as const;
    const first = different(compare(...both));
    const there = different(compare(...both, { good: first.clocks.a }));
    expect(there.leftOut).toEqual(['toy', 'key events']);
    expect(there.step!.before).toBeGreaterThanOrEqual(first.clocks.a);
    expect(there.state.fields.map(({ name }) => name)).toContain('cpu.reg[2]');
    const late = different(compare(...both, { good: 15_000 }));
    expect(late).toMatchObject({ step: undefined, processors: 'here' });
    expect(late.clocks.a).toBeGreaterThanOrEqual(15_000);
  });
});

describe('machines that differ', () => {
  it('are said to, and compared as far as they can be', () => {
    const small = record({ until: 40_000 });
    const large = record({ until: 40_000, description: { ...toyDescription, memory: 2 << 20 } });
    const equal = compare(small, large);
    expect(equal).toMatchObject({
      kind: 'equal',
      exact: false,
      machine: [{ name: 'memory', a: `${1 << 20}`, b: `${2 << 20}` }],
    });
    expect(equal).toHaveProperty('leftOut', ['RAM', 'kinds of memory pages']);
  });

  it('part where the first instruction does something else', () => {
    const slow = record({ until: 40_000 });
    const fast = record({ until: 40_000, description: { ...toyDescription, period: 19_000 } });
    const answer = different(compare(slow, fast));
    expect(answer.machine).toEqual([{ name: 'period', a: '20000', b: '19000' }]);
    // The timer's due clock differs from power-on.
    expect(answer.leftOut).toEqual(['schedule']);
    expect(answer.step!.before).toBeGreaterThan(18_980);
    expect(answer.step!.before).toBeLessThan(19_040);
    expect(answer.event!.b).toMatchObject({ kind: 'irq', what: 'deliver', a: 0x20 });
  });

  it('and one whose replay differs from its recording is named', () => {
    const bytes = record({ until: 40_000 });
    const other = record({ until: 40_000, inputs: [keys(30_000, 'a')] });
    const spoilt: Boards = {
      toy: (description, blobs) => {
        const machine = buildToy(description, blobs);
        machine.memory.load(0x5000, Uint8Array.of(1));
        return machine;
      },
    };
    const both = timelines(bytes, other, toyBoards, spoilt);
    expect(ask(both)).toEqual({ kind: 'diverged', side: 'b' });
    expect(both.b.divergence!.where).toBe('RAM page 5000h');
  });

  it('with processors of different kinds are refused', () => {
    const both = timelines(record({ until: 1000 }), record({ until: 1000 }));
    Object.assign(both.b.machine.cpu, { name: 'abacus' });
    expect(() => ask(both)).toThrow('a run of a toy CPU cannot be compared with a run of an abacus CPU');
  });
});
