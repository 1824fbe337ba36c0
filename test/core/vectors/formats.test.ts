/** The two forms of vector files: what they have in common must come out the same, and run the same. */
import { describe, expect, it } from 'vitest';
import { readJsonVectors } from '../../../src/core/vectors/json.js';
import { readMoo } from '../../../src/core/vectors/moo.js';
import { pinText } from '../../../src/core/vectors/pins.js';
import { vectorRunner8086 } from '../../../src/core/vectors/run8086.js';

/** A NOP with five bytes in the queue, as an 8086 was captured executing it. */
const NOP = {
  idx: 3,
  name: 'nop',
  bytes: [0x90],
  initial: {
    regs: {
      ax: 1,
      bx: 2,
      cx: 3,
      dx: 4,
      cs: 0x1000,
      ss: 5,
      ds: 6,
      es: 7,
      sp: 8,
      bp: 9,
      si: 10,
      di: 11,
      ip: 0x101,
      flags: 0xf002,
    },
    ram: [0x10101, 0x10102, 0x10103, 0x10104, 0x10105].map((at) => [at, 0x90]),
    queue: [0x90, 0x90, 0x90, 0x90, 0x90],
  },
  final: { regs: { ip: 0x102 }, ram: [], queue: [0x90, 0x90, 0x90] },
  cycles: [
    [0, 0x9c33, '--', '---', '---', 0, 0, 'PASV', 'Ti', 'F', 0x90],
    [0, 0x9c33, '--', '---', '---', 0, 0, 'PASV', 'Ti', '-', 0],
    [1, 0x10106, '--', '---', '---', 0, 0, 'CODE', 'T1', '-', 0],
  ],
};

const u16 = (n: number): number[] => [n & 0xff, n >> 8];
const u32 = (n: number): number[] => [...u16(n & 0xffff), ...u16(n >>> 16)];
const chunk = (tag: string, data: readonly number[]): number[] => {
  return [...[...tag].map((c) => c.charCodeAt(0)), ...u32(data.length), ...data];
};
const registers = [0xffff & 0x3fff, 1, 2, 3, 4, 0x1000, 5, 6, 7, 8, 9, 10, 11, 0x101, 0xf002].flatMap(u16);
const clock = (
  pins: number,
  address: number,
  status: number,
  t: number,
  op: number,
  byte: number,
): number[] => {
  return [pins, ...u32(address), 4, 0, 0, 0, ...u16(0), status, t, op, byte];
};

/** The same, in chunks; one of them unknown. */
const MOO = Uint8Array.from([
  ...chunk('MOO ', [1, 1, 0, 0, ...u32(1), ...[...'8086'].map((c) => c.charCodeAt(0))]),
  ...chunk('HUH?', [1, 2, 3]),
  ...chunk('TEST', [
    ...u32(3),
    ...chunk('NAME', [...u32(3), ...[...'nop'].map((c) => c.charCodeAt(0))]),
    ...chunk('BYTS', [...u32(1), 0x90]),
    ...chunk('INIT', [
      ...chunk('REGS', registers),
      ...chunk('RAM ', [...u32(5), ...NOP.initial.ram.flatMap(([at]) => [...u32(at!), 0x90])]),
      ...chunk('QUEU', [...u32(5), ...NOP.initial.queue]),
    ]),
    ...chunk('FINA', [
      ...chunk('REGS', [...u16(1 << 12), ...u16(0x102)]),
      ...chunk('RAM ', u32(0)),
      ...chunk('QUEU', [...u32(3), ...NOP.final.queue]),
    ]),
    ...chunk('CYCL', [
      ...u32(3),
      ...clock(0, 0x9c33, 7, 0, 1, 0x90),
      ...clock(0, 0x9c33, 7, 0, 0, 0),
      ...clock(1, 0x10106, 6, 1, 0, 0),
    ]),
  ]),
]);

describe('vector files', () => {
  const moo = readMoo(MOO);
  const json = readJsonVectors(JSON.stringify([NOP]), '8086');

  it('say the same in chunks and in JSON', () => {
    expect(moo).toEqual(json);
    expect(moo.cpu).toBe('8086');
    expect(moo.tests[0]!.initial.regs).toEqual(NOP.initial.regs);
  });

  it('run on the core of their chip', () => {
    expect(vectorRunner8086('8086')!(json.tests[0]!).difference).toBeUndefined();
    expect(vectorRunner8086('8088')!(json.tests[0]!).difference).toBeDefined();
    expect(vectorRunner8086('286')).toBeUndefined();
  });

  it('may begin with an empty queue: the first byte has been read, the fetch of the next is at T2', () => {
    const empty = { ...NOP, initial: { ...NOP.initial, queue: [] } };
    const [test] = readJsonVectors(JSON.stringify([empty]), '8088').tests;
    const { cycles } = vectorRunner8086('8088')!(test!);
    expect(cycles.slice(0, 4).map((c) => pinText(c, c.t === 3 ? 0xff : 0))).toEqual([
      '----- CODE T2 CS 40 F90',
      '----- PASV T3 CS 40 data 0090',
      '----- PASV T4 CS',
      '10103 CODE T1 BHE0',
    ]);
  });

  it('keep the columns of a bus cycle', () => {
    const row = [1, 0x12345, 'DS', 'R--', '-AW', 1, 0xabcd, 'MEMR', 'T3', 'S', 7];
    const [test] = readJsonVectors(JSON.stringify([{ ...NOP, cycles: [row] }]), '8088').tests;
    expect(test!.cycles).toEqual([
      {
        ale: true,
        address: 0x12345,
        segment: 3,
        memory: 4,
        io: 3,
        bhe: 1,
        data: 0xabcd,
        status: 3,
        t: 3,
        queueOp: 3,
        queueByte: 7,
      },
    ]);
  });
});
