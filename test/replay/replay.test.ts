import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/core/machine.js';
import { describeDivergence } from '../../src/replay/divergence.js';
import { ready } from '../../src/replay/ready.js';
import { Replayer } from '../../src/replay/replayer.js';
import { openTrace, recordToy, type ToyInput, type ToyRun } from './support/recordToy.js';
import { buildToy, toyBoards } from './support/toy.js';

beforeAll(() => ready());

const RUN: ToyRun = {
  until: 400_000,
  inputs: [
    { at: 30_000, keys: 'a' },
    { at: 30_000, keys: 'b' },
    { at: 123_457, keys: 'cde' },
    { at: 300_001, keys: 'f' },
  ],
};

function replayOf(bytes: Uint8Array): Replayer {
  return new Replayer(openTrace(bytes), toyBoards);
}

/** Replays while `spoil` changes the machine at a clock; returns the sentence that reports it. */
function spoilt(bytes: Uint8Array, at: number, spoil: (machine: Machine) => void): string {
  const replay = replayOf(bytes);
  expect(replay.runTo(at)).toBe(true);
  spoil(replay.machine);
  expect(replay.runTo(Number.POSITIVE_INFINITY)).toBe(false);
  return describeDivergence(replay.divergence!);
}

describe('a replay', () => {
  it('repeats the recording to its last bit', () => {
    const { bytes, hash, machine } = recordToy(RUN);
    const replay = replayOf(bytes);
    expect(replay.runTo(Number.POSITIVE_INFINITY)).toBe(true);
    expect(replay.finished).toBe(true);
    expect(replay.stateHash()).toBe(hash);
    expect(Buffer.compare(replay.machine.memory.ram, machine.memory.ram)).toBe(0);
    expect(replay.machine.cpu.state.bytes).toEqual(machine.cpu.state.bytes);
    expect(replay.machine.devices[0]!.state.bytes).toEqual(machine.devices[0]!.state.bytes);
    expect(replay.machine.devices[0]!.pages!.snapshot()).toEqual(machine.devices[0]!.pages!.snapshot());
    // 24 multiples of 2^14 below 400,000, and the final one.
    expect(replay.checks).toBe(25);
  });

  it('does not depend on how the host cut either run into slices', () => {
    const inputs = fc.array(
      fc.record({ at: fc.integer({ min: 1, max: 90_000 }), keys: fc.constantFrom('a', 'bc') }),
      {
        maxLength: 6,
      },
    );
    const slice = fc.integer({ min: 100, max: 50_000 });
    fc.assert(
      fc.property(inputs, slice, slice, (some, a, b) => {
        const one = recordToy({ until: 100_000, inputs: some, slice: a });
        const replay = replayOf(one.bytes);
        for (let to = b; !replay.finished; to += b) expect(replay.runTo(to)).toBe(true);
        expect(replay.stateHash()).toBe(one.hash);
        expect(recordToy({ until: 100_000, inputs: some, slice: b, flushEvery: a }).hash).toBe(one.hash);
      }),
      { numRuns: 25 },
    );
  });

  it('needs no provider: disk and entropy come from the trace', () => {
    const { bytes } = recordToy(RUN);
    const trace = openTrace(bytes);
    // 64 sectors repeat 16 patterns, a third of them zeros: at most 16 contents of 512 bytes are stored.
    expect(trace.sizeOf('contents')).toBeGreaterThan(0);
    expect(trace.sizeOf('contents')).toBeLessThan(16 * 512 * 2);
    expect(() => trace.unit(48)).toThrow(/not in the trace/);
  });

  it.each([
    ['q', { kind: 'power-off' }],
    ['x', { kind: 'exit', code: 7 }],
    ['t', { kind: 'triple-fault' }],
    ['h', { kind: 'halted' }],
  ])('ends as the recording ended: key %s', (keys, outcome) => {
    const { bytes, hash, machine } = recordToy({ until: 200_000, inputs: [{ at: 70_000, keys }] });
    expect(machine.outcome).toEqual(outcome);
    const replay = replayOf(bytes);
    expect(replay.runTo(Number.POSITIVE_INFINITY)).toBe(true);
    expect(replay.machine.outcome).toEqual(outcome);
    expect(replay.clock).toBe(machine.cpu.clock);
    expect(replay.stateHash()).toBe(hash);
  });

  it('goes through a reset', () => {
    const { bytes, hash } = recordToy({ until: 200_000, inputs: [{ at: 70_000, keys: 'r' }] });
    const replay = replayOf(bytes);
    expect(replay.runTo(Number.POSITIVE_INFINITY)).toBe(true);
    expect(replay.stateHash()).toBe(hash);
  });

  it('stands after the inputs of a clock when it pauses there', () => {
    const { bytes } = recordToy(RUN);
    const paused = replayOf(bytes);
    paused.runTo(30_000);
    expect(paused.machine.devices[0]!.state.layout.name).toBe('toydevice');
    expect((paused.machine.devices[0]!.state as unknown as { count: number }).count).toBe(2);
  });
});

describe('a divergence is named', () => {
  it('a register', () => {
    const message = spoilt(recordToy(RUN).bytes, 30_100, (m) => {
      (m.cpu.state as unknown as { reg: Uint32Array }).reg[3]! ^= 1;
    });
    expect(message).toMatch(
      /^diverged between clocks 16\d\d\d and 32\d\d\d: cpu\.reg\[3\]: recorded 4h, replayed 5h$/,
    );
  });

  it('a field of a device', () => {
    const message = spoilt(recordToy(RUN).bytes, 30_100, (m) => {
      (m.devices[0]!.state as unknown as { sum: number }).sum += 16;
    });
    expect(message).toMatch(/: toy\.sum: recorded \w+h, replayed \w+h$/);
  });

  it('a field too large to be kept, by its checksum', () => {
    const message = spoilt(recordToy(RUN).bytes, 32_700, (m) => {
      (m.devices[0]!.state as unknown as { buffer: Uint8Array }).buffer[511]! ^= 0x40;
    });
    expect(message).toMatch(/: toy\.buffer: recorded checksum \w+h, replayed checksum \w+h/);
  });

  it('a page of RAM', () => {
    const message = spoilt(recordToy({ until: 40_000 }).bytes, 16_500, (m) => {
      // Byte 1 of a word the toy never writes: its writes are aligned words below 1 MiB at random.
      m.memory.write(0x23456, m.memory.read(0x23456, 1) ^ 0xff, 1);
    });
    expect(message).toMatch(/: RAM page 23000h: recorded checksum/);
  });

  it('several pages of RAM', () => {
    const message = spoilt(recordToy({ until: 40_000 }).bytes, 16_500, (m) => {
      for (const at of [0x23456, 0x99999]) m.memory.write(at, m.memory.read(at, 1) ^ 0xff, 1);
    });
    expect(message).toContain('several pages of RAM');
  });

  it('a page of a disk overlay', () => {
    const message = spoilt(recordToy(RUN).bytes, 30_100, (m) => {
      m.devices[0]!.pages!.writable(3, () => new Uint8Array(4096))[9]! ^= 1;
    });
    expect(message).toMatch(/: pages of toy: recorded checksum/);
  });

  it('an interrupt at another clock', () => {
    const message = spoilt(recordToy(RUN).bytes, 36_000, (m) => {
      m.schedule.state.at[0]! += 40;
      m.schedule.refresh();
    });
    expect(message).toMatch(
      /: interrupt: recorded vector 20h at clock \d+, replayed vector 20h at clock \d+$/,
    );
  });

  it('an interrupt that does not come', () => {
    const message = spoilt(recordToy(RUN).bytes, 36_000, (m) => {
      m.schedule.state.at[0] = Number.POSITIVE_INFINITY;
      m.schedule.refresh();
    });
    expect(message).toMatch(/: interrupt: recorded vector 20h at clock \d+, replayed none$/);
  });

  it('a read from outside that was not made', () => {
    const message = spoilt(recordToy(RUN).bytes, 30_100, (m) => {
      (m.devices[0]!.state as unknown as { ticks: number }).ticks += 5;
    });
    expect(message).toMatch(/: (read from outside: recorded disk:0|toy\.ticks)/);
  });

  it('an output that differs although no state does', () => {
    const message = spoilt(recordToy(RUN).bytes, 30_100, (m) => m.note('serial', 'com1', 'tx', 0x21));
    expect(message).toMatch(/: serial events: recorded \d+ events, checksum \w+h, replayed \d+ events/);
  });

  it('an end elsewhere', () => {
    const run = { until: 200_000, inputs: [{ at: 70_000, keys: 'q' }] as ToyInput[] };
    const message = spoilt(recordToy(run).bytes, 40_000, (m) => m.request({ kind: 'power-off' }));
    expect(message).toMatch(
      /: end of the run: recorded power-off at clock \d+, replayed power-off at clock 40\d\d\d$/,
    );
  });
});

describe('a trace of another machine', () => {
  it('is refused in one line', () => {
    const { bytes } = recordToy({ until: 20_000 });
    const other = {
      toy: (...args: Parameters<typeof buildToy>) => {
        const machine = buildToy(...args);
        machine.input('mouse', () => {});
        return machine;
      },
    };
    expect(() => new Replayer(openTrace(bytes), other)).toThrow(
      /^recorded by toy 1 with machine \w{16}; this program builds \w{16}$/,
    );
    expect(() => new Replayer(openTrace(bytes), {})).toThrow('this program has no board called toy');
  });
});
