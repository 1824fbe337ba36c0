/**
 * Changes of a machine, on the demo's recording: they arrive where they were asked for, replay bit for bit under
 * every engine, change nothing else, and are refused where they would leave a state that cannot be.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine.js';
import { buildPc } from '../../src/devices/boards/pc.js';
import type { Blobs, PcDescription } from '../../src/devices/description.js';
import { changesOf } from '../../src/replay/branch/assignment.js';
import { branch } from '../../src/replay/branch/branch.js';
import { inputsOf, KeepingInputs } from '../../src/replay/branch/inputs.js';
import { type Change, inputOfChange } from '../../src/replay/changes.js';
import { Expression } from '../../src/replay/expression/expression.js';
import { bundledSymbols } from '../../src/replay/guest/bundledSymbols.js';
import { ChangeError } from '../../src/replay/guest/changeError.js';
import { registersOf } from '../../src/replay/guest/registers.js';
import { writableBits } from '../../src/replay/guest/writeRegister.js';
import { ready } from '../../src/replay/ready.js';
import type { Recorder } from '../../src/replay/recorder.js';
import { Replayer } from '../../src/replay/replayer.js';
import { Timeline } from '../../src/replay/timeline/timeline.js';
import { memorySource, Trace } from '../../src/replay/trace/reader.js';
import type { Description } from '../../src/replay/trace/records.js';
import { concat } from './support/recordToy.js';

const FILE = new URL('../../traces/lost-update.rewind', import.meta.url);
const boards = (engine: 'compiler' | 'interpreter' | 'evaluator') => ({
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine }),
});
const parent = () => Trace.open(memorySource(new Uint8Array(readFileSync(FILE))));
const symbols = () => bundledSymbols(parent());

/** In the midst of the workers: protected mode, interrupts enabled. */
const PLACE = 9_000_000;
const SEEDED = { pull: (_: string, request: number, n: number) => new Uint8Array(n).fill(request * 7) };

beforeAll(() => ready());

interface Child {
  readonly recorder: Recorder;
  readonly machine: Machine;
  /** Makes a change; gives up like the command line if it cannot be made. */
  change(change: Change): void;
  poke(assignment: string): void;
  /** Goes on for so many clocks with the parent's inputs; then what was recorded. */
  finish(clocks: number): { readonly bytes: Uint8Array; readonly hash: bigint };
}

function childAt(clock: number): Child {
  const timeline = new Timeline(parent(), boards('compiler'));
  timeline.seek(clock);
  const pieces: Uint8Array[] = [];
  const sink = (bytes: Uint8Array) => pieces.push(bytes);
  const { recorder, inputsBefore } = branch(timeline, {
    sink,
    program: 'test',
    label: 'x',
    provider: SEEDED,
  });
  const { machine } = recorder;
  const change = (one: Change): void => {
    const { channel, data } = inputOfChange(one);
    recorder.input(channel, data);
  };
  return {
    recorder,
    machine,
    change,
    poke: (text) => changesOf(text, machine, symbols()).forEach(change),
    finish: (clocks) => {
      new KeepingInputs(recorder, inputsOf(parent()).slice(inputsBefore)).run(machine.cpu.clock + clocks);
      return { hash: recorder.finish('limit').stateHash, bytes: concat(pieces) };
    },
  };
}

function replayed(bytes: Uint8Array, engine: 'compiler' | 'interpreter' | 'evaluator'): Replayer {
  const replay = new Replayer(Trace.open(memorySource(bytes)), boards(engine));
  replay.runTo(Number.POSITIVE_INFINITY);
  expect(replay.divergence).toBeUndefined();
  expect(replay.finished).toBe(true);
  return replay;
}

const evaluate = (source: string, machine: Machine) =>
  new Expression(source, machine, { symbols: symbols() }).value();

describe('assignments', () => {
  const cases: readonly (readonly [text: string, place: string, value: bigint])[] = [
    ['counter = 0x12345678', 'counter', 0x12345678n],
    ['byte[&counter + 1] = 0xaa', 'byte[&counter + 1]', 0xaan],
    ['phys word[0x1ffe] = -2', 'phys word[0x1ffe]', 0xfffen],
    ['qword[0x1ffc] = 1 << 40', 'qword[0x1ffc]', 1n << 40n],
    ['byte[ss:esp - 8] = 7', 'byte[ss:esp - 8]', 7n],
    ['ebx = ebx + 1 == 0 ? 5 : 6', 'ebx', 6n],
    ['ah = 0x5a', 'ah', 0x5an],
    ['cf = 1', 'cf', 1n],
    ['pic1.imr = 0xfe', 'pic1.imr', 0xfen],
    ['rtc.cmos[0x33] = 9', 'rtc.cmos[0x33]', 9n],
    ['vga.dac[3] = 63', 'vga.dac[3]', 63n],
  ];
  it('put values where they say', () => {
    const child = childAt(PLACE);
    for (const [text, place, value] of cases) {
      child.poke(text);
      expect([text, evaluate(place, child.machine)]).toEqual([text, value]);
    }
  });

  const refused: readonly (readonly [text: string, why: RegExp])[] = [
    ['byte[0x1234] = 0x1ff', /511 is too much .* 8 bits/],
    ['byte[0x1234] = -129', /too much/],
    ['eax = 1 / 0', /has no value here/],
    ['cr0 = cr0 & ~1', /PE/],
    ['cpl = 3', /cannot be written/],
    ['vm = 1', /cannot be written/],
    ['eflags = eflags | 1 << 17', /vm cannot be changed/],
    ['cs = 8', /protected mode/],
    ['ds = 0x7f8', /vector 13/],
    ['cr0 = cr0 & ~(1 << 30)', /vector 13/],
    ['cpu.clock = 5', /only its registers/],
    ['clock = 5', /cannot be written/],
    ['rtc.cmos[500] = 5', /no \[500\]/],
    ['phys [0xfffffff0] = 5', /no RAM/],
    ['phys [0xb8000] = 5', /no RAM/],
  ];
  it('that cannot be are refused, and nothing is recorded of them', () => {
    const child = childAt(PLACE);
    for (const [text, why] of refused) {
      expect(() => child.poke(text), text).toThrow(ChangeError);
      expect(() => child.poke(text), text).toThrow(why);
    }
    const { bytes } = child.finish(0);
    expect(inputsOf(Trace.open(memorySource(bytes)))).toEqual([]);
  });

  it('that cannot be understood say where', () => {
    const { machine } = childAt(1000);
    for (const text of ['eax', 'eax == 3', '3 = 4', 'eax + 1 = 4', 'nothing = 4', 'pic1.imx = 4']) {
      expect(() => changesOf(text, machine, symbols()), text).toThrow(/at column \d/);
    }
  });
});

describe('registers', () => {
  it('given the value that they have change nothing', () => {
    const hash = (change: (machine: Machine) => Change[]) => {
      const child = childAt(PLACE);
      for (const one of change(child.machine)) child.change(one);
      return child.finish(100_000).hash;
    };
    const all = hash((machine) =>
      [...registersOf(machine.cpu).all].flatMap(([name, read]): Change[] => {
        const writable = writableBits(machine.cpu, name) !== undefined && name !== 'cs';
        return writable ? [{ kind: 'register', name, value: BigInt(read()) }] : [];
      }),
    );
    expect(all).toBe(hash(() => []));
  });

  it('keep to their width, and leave the others alone', () => {
    const child = childAt(PLACE);
    child.poke('eax = 0x11223344');
    child.poke('ah = 0xaa');
    child.poke('al = 0xbb');
    expect(evaluate('eax', child.machine)).toBe(0x1122aabbn);
    child.poke('ax = -1');
    expect(evaluate('eax', child.machine)).toBe(0x1122ffffn);
    child.poke('df = 1');
    child.poke('zf = 1');
    expect(evaluate('df && zf && if', child.machine)).toBe(1n);
  });
});

describe('a branch with changes', () => {
  const changes: readonly (readonly [name: string, make: (child: Child) => void])[] = [
    ['of memory', (c) => c.poke('counter = 5')],
    // NOPs over an instruction that has been compiled.
    ['of code', (c) => c.poke('word[&worker.store] = 0x9090')],
    ['of registers', (c) => ['eax = 77', 'df = 1', 'cr2 = 9', 'dr0 = 4'].forEach(c.poke)],
    ['of a device', (c) => c.poke('pic1.imr = 0xff')],
    ['by an interrupt', (c) => c.change({ kind: 'interrupt', vector: 0x20 })],
    ['by an NMI', (c) => c.change({ kind: 'nmi' })],
  ];

  it.each(changes)('%s differs from its parent, and replays bit for bit under every engine', (_, make) => {
    const child = childAt(PLACE);
    make(child);
    const { bytes, hash } = child.finish(300_000);
    expect(hash).not.toBe(childAt(PLACE).finish(300_000).hash);
    for (const engine of ['compiler', 'interpreter'] as const) {
      expect(replayed(bytes, engine).stateHash()).toBe(hash);
    }
  });

  it('replays under the evaluator', () => {
    const child = childAt(200_000);
    ['ebx = 3', 'byte[0x5000] = 1', 'pic1.imr = 0xff'].forEach(child.poke);
    const { bytes, hash } = child.finish(200_000);
    expect(replayed(bytes, 'evaluator').stateHash()).toBe(hash);
  });

  it('by an interrupt enters its handler, which is recorded as a signal', () => {
    const child = childAt(PLACE);
    const [esp, eip] = [evaluate('esp', child.machine)!, evaluate('eip', child.machine)!];
    const heard: number[] = [];
    child.recorder.onNote = ({ what, a }) => what === 'deliver' && heard.push(a);
    child.change({ kind: 'interrupt', vector: 0x20 });
    expect(heard).toEqual([0x20]);
    expect(evaluate('esp', child.machine)).toBe(esp - 12n);
    expect(evaluate('[ss:esp]', child.machine)).toBe(eip);
    expect(evaluate('if', child.machine)).toBe(0n);
    // Now they are disabled.
    expect(() => child.change({ kind: 'interrupt', vector: 0x20 })).toThrow(/takes no interrupts/);
  });

  it('can be gone back and forth in like any other', () => {
    const child = childAt(PLACE);
    child.poke('counter = 1000000');
    const { bytes } = child.finish(500_000);
    const timeline = new Timeline(Trace.open(memorySource(bytes)), boards('compiler'));
    timeline.seek(timeline.end);
    expect(evaluate('counter', timeline.machine)).toBeGreaterThanOrEqual(1_000_000n);
    timeline.seek(PLACE - 1000);
    expect(evaluate('counter', timeline.machine)).toBeLessThan(1_000_000n);
    expect(timeline.divergence).toBeUndefined();
  });
});
