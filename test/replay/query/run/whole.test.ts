/**
 * Calls and executions that depend on what was before: a CALL that lies far back, a loop that looks like a call, an
 * instruction that repeats itself. Of small firmware whose doings are known, walked instruction by instruction; and
 * the law that answers are the same in whatever parts the run is passed.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Debugger } from '../../../../src/replay/debug/debugger.js';
import { type Inquiry, inquire } from '../../../../src/replay/query/run/inquire.js';
import type { Finding, Question } from '../../../../src/replay/query/run/question.js';
import { ready } from '../../../../src/replay/ready.js';
import { toEnd } from '../../../../src/replay/toEnd.js';
import { openFirmware } from '../../view/support/opened.js';

/** Each round: a call, much idling, a loop on the same return address, a call that jumps on, a long repetition. */
const sourceOf = (idle: number): string => `
start: cli
  cld
  xor ax, ax
  mov ss, ax
  mov es, ax
  mov sp, 7000h
round: call outer
  jmp round
outer: mov cx, ${idle}
idle: loop idle
late: mov bx, 5
again: dec bx
  jnz again
  call leaf
  mov di, 1000h
  mov cx, 300
fill: rep stosb
  ret
leaf: jmp tail
tail: nop
  ret`;
/** Rounds of a loop, and clocks in which there are three: an 8086 is slow to replay. */
const IDLE = { pc: 22_000, xt: 4_200 } as const;
const END = { pc: 560_000, xt: 250_000 } as const;

interface Walked {
  readonly clock: number;
  readonly pc: number;
  readonly retired: number;
}

describe.each(['pc', 'xt'] as const)('on the board %s', (board) => {
  let debug: Debugger;
  let walk: Walked[];
  const at = (name: string) => debug.symbols.address(name)!;

  beforeAll(async () => {
    await ready();
    debug = openFirmware(board, sourceOf(IDLE[board]), END[board]);
    const { timeline } = debug;
    walk = [];
    timeline.scan(timeline.end, () => {
      const { clock, pc, retired } = debug;
      walk.push({ clock, pc, retired });
      return false;
    });
  });

  /** When it was come to first behind each execution of `call`. */
  function firstsBehind(call: string, name: string): number[] {
    const out: number[] = [];
    let waiting = false;
    for (const { pc, clock } of walk) {
      if (pc === at(call)) waiting = true;
      if (pc !== at(name) || !waiting) continue;
      out.push(clock);
      waiting = false;
    }
    return out;
  }

  function ask(question: Question, part: Partial<Inquiry> = {}): Finding[] {
    const out: Finding[] = [];
    const { timeline } = debug;
    let inquiry = { question, from: 0, to: timeline.end, last: false, limit: 1e9, resumed: false, ...part };
    for (;;) {
      const { findings, next } = toEnd(inquire(timeline, inquiry))!;
      out.push(...findings);
      if (next === undefined) return out;
      inquiry = { ...inquiry, from: next, resumed: true };
    }
  }

  const calls = (name: string): Question => ({ kind: 'calls', address: at(name) });
  const executions = (name: string): Question => ({ kind: 'executions', addresses: [at(name)] });
  const clocks = (findings: readonly Finding[]) => findings.map(({ clock }) => clock);

  it('calls are told however far back the CALL lies', () => {
    const rounds = walk.filter(({ pc }) => pc === at('outer')).length;
    expect(rounds).toBeGreaterThan(2);
    expect(ask(calls('outer')).length).toBe(rounds);
    const late = ask(calls('late'));
    expect(clocks(late)).toEqual(firstsBehind('outer', 'late'));
    for (const { clock } of late) {
      // Farther than is looked at once.
      expect(
        clock - walk.findLast((one) => one.pc === at('outer') && one.clock < clock)!.clock,
      ).toBeGreaterThan(2 ** 16);
    }
    expect(clocks(ask(calls('again')))).toEqual(firstsBehind('outer', 'again'));
    expect(clocks(ask(calls('tail')))).toEqual(firstsBehind('leaf', 'tail'));
  });

  it('an instruction that repeats itself is one', () => {
    const here = walk.filter(({ pc }) => pc === at('fill'));
    const begun = here.filter(({ retired }, i) => retired !== here[i - 1]?.retired);
    expect(here.length).toBeGreaterThan(100 * begun.length);
    expect(clocks(ask(executions('fill')))).toEqual(begun.map(({ clock }) => clock));
  });

  it('the parts are the whole', () => {
    const idle = walk.filter(({ pc }) => pc !== at('idle'));
    const { timeline } = debug;
    const more = board === 'pc' ? [calls('again'), calls('tail'), calls('outer')] : [];
    for (const question of [calls('late'), executions('fill'), ...more]) {
      const whole = ask(question);
      expect(ask(question, { limit: 1 })).toEqual(whole);
      const cuts = fc.sample(fc.constantFrom(...idle), { numRuns: 3, seed: 5 });
      for (const clock of [...clocks(whole).slice(-2), ...cuts.map((cut) => cut.clock)]) {
        const parts = [ask(question, { to: clock }), ask(question, { from: clock, limit: 2 })];
        expect(parts.flat()).toEqual(whole);
      }
      const ends = [0, ...cuts.map(({ clock }) => clock).sort((a, b) => a - b), timeline.end];
      const pieces = ends.slice(1).map((to, i) => ask(question, { from: ends[i]!, to }));
      expect(pieces.flat()).toEqual(whole);
    }
  });
});
