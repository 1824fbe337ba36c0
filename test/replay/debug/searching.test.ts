/** Searches of the debugger that find nothing, or are given up, leave one where one was; no place lies beyond the end. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Command, CommandError } from '../../../src/replay/debug/commands/command.js';
import { MOVEMENT } from '../../../src/replay/debug/commands/movement.js';
import { SEARCHING } from '../../../src/replay/debug/commands/searching.js';
import type { Debugger } from '../../../src/replay/debug/debugger.js';
import { ready } from '../../../src/replay/ready.js';
import { toEnd } from '../../../src/replay/toEnd.js';
import { openFirmware } from '../view/support/opened.js';

/** It counts in ECX. */
const SOURCE = 'start: xor ecx, ecx\nagain: inc ecx\n jmp again';

let debug: Debugger;
beforeAll(async () => {
  await ready();
  debug = openFirmware('pc', SOURCE, 400_000);
  debug.timeline.seek(100_000);
});

const run = (name: string, args: string) =>
  [...SEARCHING, ...MOVEMENT].find(({ names }: Command) => names.includes(name))!.run(debug, args);

describe('bisect', () => {
  it.each([
    [
      'ecx == 0ffffffffh',
      'it is not true at the end of the recording; for a while: watch PLACE if EXPRESSION',
    ],
    ['ecx + 1 > ecx', 'it is true at the beginning, at the end and wherever it was looked between them'],
  ])('of %s finds nothing, and stays', (expression, said) => {
    const { clock } = debug;
    expect(() => toEnd(run('bisect', expression))).toThrow(new CommandError(said));
    expect(debug.clock).toBe(clock);
  });

  it('that is given up stays', () => {
    const { clock } = debug;
    for (const steps of [1, 2, 5]) {
      const search = run('bisect', 'ecx > 1000');
      for (let i = 0; i < steps; i++) search.next();
      search.return([]);
      expect(debug.clock).toBe(clock);
    }
  });

  it('goes to what it finds', () => {
    toEnd(run('bisect', 'ecx > 1000'));
    expect(debug.registers.all.get('ecx')!()).toBe(1001);
    debug.timeline.stepBack();
    expect(debug.registers.all.get('ecx')!()).toBe(1000);
  });
});

describe('seek', () => {
  it('refuses a clock beyond the end, and says where that is', () => {
    const { clock, end } = debug;
    expect(() => toEnd(run('seek', '999999999999'))).toThrow(
      new CommandError(`clock 999999999999 is beyond the end of the recording, clock ${end}`),
    );
    expect(() => toEnd(run('seek', '100s'))).toThrow('beyond the end');
    expect(debug.clock).toBe(clock);
  });

  it('of an instruction beyond the end goes to the end, and says so', () => {
    expect(toEnd(run('seek', 'i:999999999'))[0]).toBe('the end of the recording');
    expect(debug.clock).toBe(debug.end);
    toEnd(run('seek', '50%'));
    toEnd(run('seek', '+999999999'));
    expect(debug.clock).toBe(debug.end);
  });
});
