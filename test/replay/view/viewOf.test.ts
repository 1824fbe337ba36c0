/**
 * Laws of views, anywhere in three runs: looking changes nothing, twice shows the same, whatever way led there; what
 * is said to have changed is what a step back and a step forward change; everything can be sent and shown.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ia32 } from '../../../src/core/cpu/ia32/cpu.js';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import type { View, Wanted } from '../../../src/replay/view/view.js';
import { viewOf } from '../../../src/replay/view/viewOf.js';
import { openDemo, openFirmware } from './support/opened.js';
import { PAGED } from './support/paged.js';
import { EVERYTHING, PAGES, textsIn } from './support/texts.js';
import { XT_PROGRAM } from './support/xtProgram.js';

const RUNS: Readonly<Record<string, () => Debugger>> = {
  demo: openDemo,
  modes: () => openFirmware('pc', PAGED, 40_000),
  xt: () => openFirmware('xt', XT_PROGRAM, 60_000),
};
const opened = new Map<string, [Debugger, Debugger]>();

beforeAll(async () => {
  await ready();
  for (const [name, open] of Object.entries(RUNS)) opened.set(name, [open(), open()]);
});

/** Places at both ends and in some regions of the run, for it takes time to go far. */
const anywhere = (debug: Debugger) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(0, 1, debug.end - 1, debug.end) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.nat(REGIONS - 1), fc.nat(REGION))
        .map(([n, within]) => Math.min(debug.end, Math.floor((n * debug.end) / REGIONS) + within)),
    },
  );
const REGIONS = 5;
const REGION = 100_000;

/** What does not depend on the way that led here. */
function withoutHistory({ position: { checkpoints: _, ...position }, serial: __, ...view }: View) {
  return { ...view, position };
}

describe.each(Object.keys(RUNS))('a view of a place in the %s run', (name) => {
  const both = () => opened.get(name)!;
  const runs = name === 'demo' ? 8 : 30;

  it('leaves the machine as it was, and is the same when one looks again', () => {
    const [debug] = both();
    fc.assert(
      fc.property(anywhere(debug), fc.constantFrom(...PAGES), (clock, registers) => {
        debug.timeline.seek(clock);
        const before = [debug.clock, debug.retired, debug.timeline.stateHash(), debug.timeline.divergence];
        const wanted: Wanted = { ...EVERYTHING, registers };
        const view = viewOf(debug, wanted);
        expect([debug.clock, debug.retired, debug.timeline.stateHash(), debug.timeline.divergence]).toEqual(
          before,
        );
        expect(viewOf(debug, wanted)).toEqual(view);
      }),
      { numRuns: runs },
    );
  });

  it('does not depend on the way that led there', () => {
    const [one, other] = both();
    fc.assert(
      fc.property(anywhere(one), fc.integer({ min: 1, max: 5 }), (clock, steps) => {
        one.timeline.seek(clock);
        other.timeline.seek(clock);
        for (let i = 0; i < steps; i++) other.step('forward');
        one.timeline.seek(other.clock);
        expect(withoutHistory(viewOf(one, EVERYTHING))).toEqual(withoutHistory(viewOf(other, EVERYTHING)));
        for (let i = 0; i < steps; i++) viewOf(other, {});
        other.step('back');
        one.timeline.seek(other.clock);
        expect(withoutHistory(viewOf(one, EVERYTHING))).toEqual(withoutHistory(viewOf(other, EVERYTHING)));
      }),
      { numRuns: runs / 2 },
    );
  });

  it('says what the last instruction changed', () => {
    const [debug, other] = both();
    fc.assert(
      fc.property(anywhere(debug), (clock) => {
        debug.timeline.seek(clock);
        other.timeline.seek(debug.clock);
        const view = viewOf(debug, EVERYTHING);
        const { main, all } = other.registers;
        const mainOnes = (): Map<string, number> =>
          new Map(main.map((register) => [register, all.get(register)!()]));
        const rows = view.memory!.lines.flatMap(({ address }) =>
          Array.from({ length: 16 }, (_, i) => address + i),
        );
        const bytes = () => rows.map((at) => other.memory.read(at, 1));
        const [now, bytesNow] = [mainOnes(), bytes()];
        if (!other.timeline.stepBack()) {
          expect(view.registers!.some(({ changed }) => changed)).toBe(false);
          return;
        }
        const [then, bytesThen] = [mainOnes(), bytes()];
        for (const { name: register, changed } of view.registers!) {
          if (now.has(register)) expect(changed, register).toBe(now.get(register) !== then.get(register));
        }
        for (const { name: flag, changed, set } of view.flags!) {
          expect(set, flag).toBe(flagOf(now, flag));
          expect(changed, flag).toBe(flagOf(now, flag) !== flagOf(then, flag));
        }
        const changedBytes = view.memory!.lines.flatMap((line, row) => line.changed.map((i) => 16 * row + i));
        expect(changedBytes).toEqual(rows.flatMap((_, i) => (bytesNow[i] === bytesThen[i] ? [] : [i])));
        const previous = view.code!.filter((line) => line.previous);
        for (const line of previous) expect(line.address).toBe(other.pc);
        // An 8086 fetches before it executes anything.
        const shown = debug.retired > 0 && view.code!.some(({ address }) => address === other.pc);
        expect(previous.length).toBe(Number(shown));
      }),
      { numRuns: runs },
    );
  });

  it('can be sent to another thread and shown in a terminal', () => {
    const [debug] = both();
    fc.assert(
      fc.property(anywhere(debug), (clock) => {
        debug.timeline.seek(clock);
        for (const device of viewOf(debug, { devices: {} }).devices!.names) {
          const view = viewOf(debug, { ...EVERYTHING, devices: { name: device } });
          expect(structuredClone(view)).toEqual(view);
          expect(
            [...textsIn(view)].filter((text) => /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(text)),
          ).toEqual([]);
        }
      }),
      { numRuns: 5 },
    );
  });

  it('has code whose lines lie side by side, with execution a third below the top', () => {
    const [debug] = both();
    fc.assert(
      fc.property(anywhere(debug), fc.integer({ min: 1, max: 60 }), (clock, rows) => {
        debug.timeline.seek(clock);
        const lines = viewOf(debug, { code: { rows, syntax: 'att' } }).code!;
        const here = lines.findIndex((line) => line.here);
        expect(lines[here]!.address).toBe(debug.pc);
        expect(lines.filter((line) => line.here).length).toBe(1);
        expect(here).toBeLessThanOrEqual(Math.floor(rows / 3));
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const [i, line] of lines.slice(0, -1).entries()) {
          expect(line.address + line.bytes.split(' ').length).toBe(lines[i + 1]!.address);
        }
        for (const { jumpsTo } of lines) if (jumpsTo !== undefined) expect(lines[jumpsTo]).toBeDefined();
      }),
      { numRuns: runs },
    );
  });
});

const FLAG_AT = { cf: 0, pf: 2, af: 4, zf: 6, sf: 7, tf: 8, if: 9, df: 10, of: 11 } as const;
const FURTHER = { nt: 14, rf: 16, vm: 17, ac: 18, vif: 19, vip: 20, id: 21 } as const;

function flagOf(registers: ReadonlyMap<string, number>, name: string): boolean {
  const bit = ({ ...FLAG_AT, ...FURTHER } as Readonly<Record<string, number>>)[name]!;
  return (((registers.get('eflags') ?? registers.get('flags'))! >>> bit) & 1) === 1;
}

describe('a view of nonsense', () => {
  it('is a view all the same', () => {
    const debug = openFirmware('pc', PAGED, 40_000);
    const { cpu, memory } = debug.machine;
    const { s } = cpu as Ia32;
    const word = fc.oneof(
      fc.constantFrom(0, 1, 0xfff, 0xffff, 0x7fffffff, 0xfffff000, 0xffffffff),
      fc.nat(0xffffffff),
    );
    const words = (n: number) => fc.array(word, { minLength: n, maxLength: n });
    const state = fc.record({
      gpr: words(8),
      base: words(8),
      limit: words(8),
      access: words(8),
      selector: words(8),
      dr: words(8),
      scalars: words(12),
      page: fc.uint8Array({ minLength: 4096, maxLength: 4096 }),
    });
    const scalars = [
      'eip',
      'eflags',
      'gdtBase',
      'idtBase',
      'cr0',
      'cr2',
      'cr3',
      'cr4',
      'cpl',
      'halted',
      'a20',
      'shadow',
    ] as const;
    fc.assert(
      fc.property(fc.nat(debug.end), state, fc.constantFrom(...PAGES), (clock, chosen, registers) => {
        debug.timeline.seek(clock);
        // What was before is known from here on, and not asked for again.
        viewOf(debug, {});
        for (const [n, value] of chosen.gpr.entries()) s.gpr[2 * n] = value;
        for (const name of ['base', 'limit', 'access', 'dr'] as const) s[name].set(chosen[name]);
        s.selector.set(chosen.selector.map((value) => value & 0xffff));
        for (const [i, name] of scalars.entries()) s[name] = chosen.scalars[i]!;
        memory.ram.set(chosen.page, 0x10000);
        for (const at of ['esp', 'cs:eip', '0xfffffff8', 'ds']) {
          const wanted: Wanted = { ...EVERYTHING, registers, memory: { at, rows: 3, physical: false } };
          expect(() => viewOf(debug, { ...wanted, pages: { of: at } })).not.toThrow();
        }
        debug.timeline.seek(0);
      }),
      { numRuns: 60 },
    );
  });
});
