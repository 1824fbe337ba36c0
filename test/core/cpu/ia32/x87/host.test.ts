/**
 * Comparison with the x87 unit of the machine the tests run on: an outside truth that differs from model
 * to model only where the manuals leave something open. Needs x86-64 and g++; skipped elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import {
  describeRecord,
  type Form,
  makeRecord,
  memoryForm,
  Random,
  registerForm,
  runHere,
  runOnHost,
  topExponent,
} from './host.js';

/** Compiles the program that executes records; undefined if this machine cannot. */
function compile(directory: string): string | undefined {
  if (process.arch !== 'x64') return undefined;
  const source = fileURLToPath(new URL('../../../../support/x87-host.cc', import.meta.url));
  const program = join(directory, 'x87-host');
  try {
    execFileSync('g++', ['-O1', '-o', program, source], { stdio: 'ignore' });
    // Some sandboxes forbid memory that can be written and executed.
    runOnHost(program, [makeRecord(new Random(1), registerForm(0xd9d0), 0x3f)]);
    return program;
  } catch {
    return undefined;
  }
}

/** C0, C2 and C3 are undefined after most instructions (SDM volume 1, table 8-1). */
const CONDITIONS = 0x4500;
const STATUS = 0xffff & ~CONDITIONS;
const C1 = 0x200;
/** Flags a unit that is off by one unit in the last place may set otherwise. */
const ROUNDING = 0x80b0 | C1;

interface Group {
  readonly name: string;
  readonly forms: readonly Form[];
  /** The status bits that count. */
  readonly status: number;
  /** Units in the last place that a result may be off. */
  readonly tolerance: number;
  /** The largest exponent of ST(0) for which the manual promises something. */
  readonly limit?: number;
}

const registers = (...codes: number[]) => codes.map(registerForm);
const memory = (opcodes: readonly number[], regs: readonly number[]) =>
  opcodes.flatMap((opcode) => regs.map((reg) => memoryForm(opcode, reg)));

const GROUPS: readonly Group[] = [
  {
    name: 'arithmetic',
    forms: [
      ...registers(0xd8c1, 0xd8c9, 0xd8e1, 0xd8e9, 0xd8f1, 0xd8f9, 0xd9fa, 0xd9fc, 0xd9fd, 0xd9f4),
      ...registers(
        0xdcc1,
        0xdcc9,
        0xdce1,
        0xdce9,
        0xdcf1,
        0xdcf9,
        0xdec1,
        0xdec9,
        0xdee1,
        0xdee9,
        0xdef1,
        0xdef9,
      ),
      ...memory([0xd8, 0xda, 0xdc, 0xde], [0, 1, 4, 5, 6, 7]),
    ],
    status: STATUS,
    tolerance: 0,
  },
  {
    name: 'comparisons and FXAM',
    forms: [
      ...registers(0xd8d1, 0xd8d9, 0xded9, 0xdde1, 0xdde9, 0xdae9, 0xd9e4, 0xd9e5),
      ...memory([0xd8, 0xda, 0xdc, 0xde], [2, 3]),
    ],
    status: 0xffff,
    tolerance: 0,
  },
  {
    name: 'comparisons to flags and moves by flags',
    forms: registers(
      0xdbe9,
      0xdbf1,
      0xdfe9,
      0xdff1,
      0xdac1,
      0xdac9,
      0xdad1,
      0xdad9,
      0xdbc1,
      0xdbc9,
      0xdbd1,
      0xdbd9,
    ),
    status: STATUS & ~C1,
    tolerance: 0,
  },
  {
    name: 'loads, stores and exchanges',
    forms: [
      ...registers(
        0xd9c1,
        0xd9c9,
        0xddd1,
        0xddd9,
        0xd9e0,
        0xd9e1,
        0xd9e8,
        0xd9e9,
        0xd9ea,
        0xd9eb,
        0xd9ec,
        0xd9ed,
      ),
      ...memory([0xd9, 0xdd], [0, 2, 3]),
      ...memory([0xdb], [0, 2, 3, 5, 7]),
      ...memory([0xdf], [0, 2, 3, 5, 6, 7]),
    ],
    status: STATUS,
    tolerance: 0,
  },
  {
    name: 'stack management',
    forms: registers(0xd9f6, 0xd9f7, 0xddc1, 0xd9d0, 0xdbe3),
    status: STATUS & ~C1,
    tolerance: 0,
  },
  {
    name: 'FSIN, FCOS, FSINCOS, FPTAN',
    forms: registers(0xd9fe, 0xd9ff, 0xd9fb, 0xd9f2),
    status: STATUS & ~ROUNDING,
    tolerance: 1,
    limit: 0x3ffe,
  },
  { name: 'FPATAN and FYL2X', forms: registers(0xd9f3, 0xd9f1), status: STATUS & ~ROUNDING, tolerance: 1 },
  { name: 'F2XM1', forms: registers(0xd9f0), status: STATUS & ~ROUNDING, tolerance: 1, limit: 0x3ffe },
  { name: 'FYL2XP1', forms: registers(0xd9f9), status: STATUS & ~ROUNDING, tolerance: 1, limit: 0x3ffc },
];

/** Whether two descriptions are equal but for registers that differ by `tolerance` in the last place. */
function near(a: string, b: string, tolerance: number): boolean {
  if (a === b) return true;
  const [x, y] = [a.split('\n'), b.split('\n')];
  return x.every((line, i) => {
    if (line === y[i]) return true;
    if (!line.startsWith('st')) return false;
    const value = (text: string) => BigInt(`0x${text.slice(4).replace(' ', '')}`);
    const distance = value(line) - value(y[i]!);
    return distance <= tolerance && distance >= -tolerance;
  });
}

const directory = mkdtempSync(join(tmpdir(), 'x87-'));
afterAll(() => rmSync(directory, { recursive: true }));
const program = compile(directory);
const RECORDS = 150;

describe.skipIf(program === undefined)('the unit of this machine (skipped without x86-64 and g++)', () => {
  // All masked; or those unmasked whose effects the manual defines to the last bit.
  const masks: [string, number][] = [
    ['all exceptions masked', 0x3f],
    ['zero-divide, overflow, underflow and precision unmasked', 0x03],
  ];
  for (const group of GROUPS) {
    it.each(group.tolerance === 0 ? masks : masks.slice(0, 1))(`${group.name}: %s`, (_name, mask) => {
      const random = new Random(group.name.length * 1000 + mask);
      const made = group.forms.flatMap((form) =>
        Array.from({ length: RECORDS }, () => makeRecord(random, form, mask)),
      );
      const records = made.filter((r) => topExponent(r) <= (group.limit ?? 0x7fff));
      expect(records.length).toBeGreaterThan(made.length / 10);
      const there = runOnHost(program!, records);
      records.forEach((record, i) => {
        const ours = describeRecord(runHere(record), group.status);
        const theirs = describeRecord(there[i]!, group.status);
        if (!near(ours, theirs, group.tolerance)) {
          expect(`from\n${describeRecord(record)}\nto\n${ours}`).toBe(
            `from\n${describeRecord(record)}\nto\n${theirs}`,
          );
        }
      });
    });
  }
});
