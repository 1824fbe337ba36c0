/**
 * Runs of the demo's guest on a PC that part: the instructions behind which they do, by name, against walking through
 * both; and differences made by hand, which must be found by theirs.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Ia32 } from '../../../src/core/cpu/ia32/cpu.js';
import type { Machine } from '../../../src/core/machine.js';
import { PageKind } from '../../../src/core/memory.js';
import { buildPc } from '../../../src/devices/boards/pc.js';
import { buildXt } from '../../../src/devices/boards/xt.js';
import type { Blobs, PcDescription, XtDescription } from '../../../src/devices/description.js';
import type { Difference } from '../../../src/replay/diff/diff.js';
import { differences } from '../../../src/replay/diff/differences.js';
import { bundledSymbols } from '../../../src/replay/guest/bundledSymbols.js';
import { ready } from '../../../src/replay/ready.js';
import { memorySource, Trace } from '../../../src/replay/trace/reader.js';
import type { Description } from '../../../src/replay/trace/records.js';
import { pcMachine, seededProvider } from '../../support/pc.js';
import { ask, exhaustively, keys, record, type TestInput, timelines, Walker } from './support.js';

const FILE = new URL('../../../traces/lost-update.rewind', import.meta.url);
const boards = {
  pc: (d: Description, blobs: Blobs) => buildPc(d as unknown as PcDescription, blobs, { engine: 'compiler' }),
  xt: (d: Description, blobs: Blobs) => buildXt(d as unknown as XtDescription, blobs),
};

let demo: Trace;
beforeAll(async () => {
  await ready();
  demo = Trace.open(memorySource(new Uint8Array(readFileSync(FILE))));
});

/** The guest runs, and asks for characters on the serial line, from about here on. */
const RUNNING = 5_280_000;
const UNTIL = 6_000_000;

function run(inputs: readonly TestInput[], description: Partial<PcDescription> = {}, seed = 1): Uint8Array {
  return record({
    until: UNTIL,
    inputs,
    description: { ...demo.manifest.description, ...description },
    blobs: demo.blobs(),
    boards,
    provider: seededProvider(seed),
    checkEvery: 2 ** 20,
  });
}

function part(a: Uint8Array, b: Uint8Array, question: { first?: boolean } = {}): Difference {
  const symbols = bundledSymbols(demo);
  const answer = ask(timelines(a, b, boards), { symbols: { a: symbols, b: symbols }, ...question });
  if (answer.kind !== 'different') throw new Error(answer.kind);
  return answer;
}

/** The first boundary from `from` on behind which general registers, flags or the address of the instruction differ. */
function processorsByWalking(a: Uint8Array, b: Uint8Array, from: number) {
  const [x, y] = [new Walker(a, boards).replayer, new Walker(b, boards).replayer];
  const look = ({ machine: { cpu } }: typeof x) => {
    const { s } = cpu as Ia32;
    return `${cpu.clock} ${s.gpr} ${s.eip} ${s.selector} ${(cpu as Ia32).getFlags()}`;
  };
  for (const replayer of [x, y]) replayer.runTo(from);
  while (x.clock < UNTIL) {
    const before = x.clock;
    for (const replayer of [x, y]) replayer.runTo(before + 1);
    if (look(x) !== look(y)) return { before, after: { a: x.clock, b: y.clock } };
  }
  throw new Error('they do not part');
}

describe('runs of the demo’s guest', () => {
  it('part in the UART at the input, and in the processor where it reads it', () => {
    const a = run([keys(RUNNING, 'h', 'serial:com1')]);
    const b = run([keys(RUNNING, 'i', 'serial:com1')]);
    const found = part(a, b);
    const { before, after, exact } = found.step!;
    expect({ before, after }).toEqual(exhaustively(a, b, boards, RUNNING - 500));
    expect(exact).toBe(true);
    expect(found.state.fields).toContainEqual({ name: 'com1.queue[0]', a: 0x68, b: 0x69 });
    expect(found.state).toMatchObject({ registers: [], flags: [], pageCount: 0 });
    if (typeof found.processors === 'string') throw new Error(found.processors);
    const { processors } = found;

    const { a: one, b: other } = processors.after;
    expect({ before: processors.before, after: { a: one, b: other } }).toEqual(
      processorsByWalking(a, b, before),
    );
    expect(processors.instruction.a!.text).toMatch(/^in al,dx/);
    const [eax] = processors.registers;
    expect(processors.registers).toHaveLength(1);
    expect([eax!.name, eax!.a & 0xff, eax!.b & 0xff]).toEqual(['eax', 0x68, 0x69]);
  });

  it('part by what a device gives, at the instruction that reads it, whether descriptions differ or not', () => {
    const a = run([]);
    for (const description of [{}, { seed: 99 }]) {
      const b = run([], description, 2);
      const found = part(a, b);
      expect(found.machine.map(({ name }) => name)).toEqual(Object.keys(description));
      const { before, after, exact, instruction } = found.step!;
      expect({ before, after }).toEqual(exhaustively(a, b, boards, before - 3000));
      expect(exact).toBe(true);
      expect(instruction.a!.at).toMatch(/^random\+/);
      expect(instruction.b).toEqual(instruction.a);
      expect(found.suspects).toMatchObject({
        inputs: [],
        pull: { a: { channel: 'entropy', clock: before } },
      });
      expect(found.processors).toBe('here');
    }
  });

  it('with other memory part where the BIOS is told so, in the first milliseconds or looking at all', () => {
    const a = run([]);
    const b = run([], { memory: 3 << 20 });
    const found = part(a, b);
    expect(found.machine).toEqual([{ name: 'memory', a: `${2 << 20}`, b: `${3 << 20}` }]);
    expect(found.leftOut).toContain('RAM');
    expect(found.step!.instruction.a!.at).toBe('bios.cmos_read+2h');
    const { before, after } = found.step!;
    expect({ before, after }).toEqual(processorsByWalking(a, b, 0));
    expect(part(a, b, { first: true })).toEqual(found);
  });
});

describe('differences made by hand', () => {
  const look = (change: (machine: Machine) => void, build = () => pcMachine()) => {
    const machines = { a: build(), b: build() };
    change(machines.b);
    return differences(machines, new Set());
  };
  const NONE = { registers: [], flags: [], fields: [], pages: [], pageCount: 0, stores: [] };

  it('are none where nothing was changed', () => {
    expect(look(() => {})).toEqual(NONE);
  });

  it('are found in registers and flags', () => {
    const found = look(({ cpu }) => {
      if (!(cpu instanceof Ia32)) throw new Error(cpu.name);
      cpu.s.gpr[6] = 0x12345678;
      cpu.setFlags(cpu.getFlags() | 0x41);
    });
    expect(found).toEqual({
      ...NONE,
      registers: [
        { name: 'ebx', a: 0, b: 0x12345678 },
        { name: 'eflags', a: 2, b: 0x43 },
      ],
      flags: [
        { name: 'cf', a: 0, b: 1 },
        { name: 'zf', a: 0, b: 1 },
      ],
    });
  });

  it('are found in fields of the CPU that have no register’s name, and of devices', () => {
    const found = look(({ cpu, devices }) => {
      (cpu as Ia32).s.fpControl = 0x37f;
      const pic = devices.find(({ name }) => name.startsWith('pic'))!;
      pic.state.bytes[pic.state.layout.fields[0]!.offset]! ^= 0x10;
    });
    expect(found.registers).toEqual([]);
    expect(found.fields).toHaveLength(2);
    expect(found.fields[0]).toEqual({ name: 'cpu.fpControl', a: 0x40, b: 0x37f });
    expect(found.fields[1]!.name).toMatch(/^pic\w*\./);
    expect(Number(found.fields[1]!.a) ^ Number(found.fields[1]!.b)).toBe(0x10);
  });

  it('are found in RAM, page by page, and in what was written to disks', () => {
    const found = look(({ memory, devices }) => {
      expect(memory.kind[0x150]).toBe(PageKind.ram);
      memory.load(0x150ffe, Uint8Array.of(0xaa, 0xbb, 0xcc));
      devices.find(({ pages }) => pages)!.pages!.writable(3, () => new Uint8Array(4096));
    });
    expect(found.pageCount).toBe(2);
    expect(found.pages).toEqual([
      { address: 0x150ffe, a: new Uint8Array(2), b: Uint8Array.of(0xaa, 0xbb) },
      { address: 0x151000, a: new Uint8Array(8), b: Uint8Array.of(0xcc, 0, 0, 0, 0, 0, 0, 0) },
    ]);
    expect(found.stores).toMatchObject([{ pages: 1 }]);
  });

  it('are found on an 8088 too', () => {
    const xt: XtDescription = {
      board: 'xt',
      model: 'i8088',
      memory: 64 << 10,
      display: 'cga',
      disks: [],
      floppies: [],
      debugPorts: false,
    };
    const found = look(
      ({ cpu }) => {
        (cpu.state as unknown as { gpr: Uint16Array }).gpr[3] = 0xbeef;
      },
      () => buildXt(xt, new Map()),
    );
    expect(found).toEqual({ ...NONE, registers: [{ name: 'bx', a: 0, b: 0xbeef }] });
  });
});

describe('runs of a PC/XT', () => {
  const description = {
    board: 'xt',
    model: 'i8088',
    memory: 64 << 10,
    display: 'cga',
    disks: [],
    floppies: [],
    debugPorts: false,
  };
  const xt = (inputs: readonly TestInput[]) => record({ until: 2_200_000, inputs, description, boards });

  it('part to the clock', () => {
    const key = (at: number, code: number) => ({ at, channel: 'keyboard', data: Uint8Array.of(code, 0) });
    for (const [a, b] of [
      [xt([key(2_000_000, 30)]), xt([key(2_000_000, 31)])],
      [xt([key(2_000_000, 30)]), xt([key(2_000_001, 30)])],
    ] as const) {
      const { before, after, exact } = part(a, b).step!;
      expect({ before, after }).toEqual(exhaustively(a, b, boards, 1_999_000));
      expect(exact).toBe(true);
    }
  });
});
