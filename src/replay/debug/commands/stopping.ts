/** Commands that say where to stop: breakpoints, watchpoints, catchpoints. */
import type { VectorSource } from '../../../core/cpu.js';
import type { EventKind } from '../../events.js';
import { NOTE_KINDS } from '../../noteDigest.js';
import { CONTROLS, type Control } from '../../timeline/stops.js';
import type { Access, Breakpoint, Target } from '../breakpoints.js';
import type { Debugger } from '../debugger.js';
import { addressOf, type Command, CommandError, hex, look } from './command.js';

/** What stands before and behind ` if `. */
function conditional(
  debug: Debugger,
  args: string,
): [what: string, condition: ReturnType<Debugger['expression']> | undefined] {
  const [, what = '', , condition] = /^(.*?)(\s+if\s+(.*))?$/.exec(args.trim()) ?? [];
  return [what.trim(), condition === undefined ? undefined : debug.expression(condition)];
}

function add(debug: Debugger, args: string, name: string, targetOf: (what: string) => Target): string[] {
  const [what, condition] = conditional(debug, args);
  if (what === '') throw new CommandError(`${name}: what to stop at is missing`);
  return [breakpointText(debug.breakpoints.add(targetOf(what), `${name} ${what}`, condition))];
}

function breakpointText({ number, text, condition, enabled, target }: Breakpoint): string {
  const where = target.kind === 'execute' || target.kind === 'watch' ? ` at ${hex(target.address)}` : '';
  const only = condition ? ` if ${condition.source}` : '';
  return `${number}: ${text}${where}${only}${enabled ? '' : ' (disabled)'}`;
}

const watch =
  (access: Access, changes: boolean) =>
  (debug: Debugger, what: string): Target => {
    const location = debug.expression(what).location();
    if (!location)
      throw new CommandError(`"${what}" is no place in memory here, such as dword[0x1000] or a symbol`);
    return { kind: 'watch', access, changes, ...location };
  };

const watching = (names: Command['names'], help: string, access: Access, changes: boolean): Command =>
  look(names, 'PLACE [if EXPRESSION]', help, (debug, args) =>
    add(debug, args, names[0], (what) => watch(access, changes)(debug, what)),
  );

const SOURCES: Readonly<Record<string, VectorSource>> = {
  interrupt: 'external',
  exception: 'exception',
  int: 'software',
};
const CATCHES =
  'interrupt, exception, int or vector, with a NUMBER or any; port FIRST[-LAST]; cr0, cr3, cr4, cpl; a kind of event';

function caught(debug: Debugger, what: string): Target {
  const [kind = '', detail = ''] = what.split(/\s+/, 2);
  const vector = () => (detail === '' ? undefined : vectorOf(debug, detail));
  const source = SOURCES[kind];
  if (source) return { kind: 'vector', vector: vector(), source };
  if (kind === 'vector') return { kind: 'vector', vector: vector() };
  if (kind === 'port') return ports(debug, detail);
  if ((CONTROLS as readonly string[]).includes(kind)) return { kind: 'control', control: kind as Control };
  const events: readonly string[] = [...NOTE_KINDS, 'input'];
  if (events.includes(kind)) return { kind: 'event', event: kind as EventKind };
  throw new CommandError(`catch knows ${CATCHES} (${events.join(', ')})`);
}

function vectorOf(debug: Debugger, text: string): number {
  const vector = addressOf(debug, text);
  if (vector > 0xff) throw new CommandError(`"${text}" is no vector, 0 to 0xff`);
  return vector;
}

function ports(debug: Debugger, text: string): Target {
  const [first = '', last = first] = text.split('-');
  const [from, to] = [addressOf(debug, first), addressOf(debug, last)];
  if (text === '' || to < from || to > 0xffff) throw new CommandError(`"${text}" are no ports`);
  return { kind: 'port', first: from, last: to };
}

/** Does something to the breakpoints whose numbers are given. */
function forEach(numbers: string, change: (number: number) => boolean): [] {
  for (const word of numbers.split(/\s+/).filter(Boolean)) {
    if (!change(Number(word))) throw new CommandError(`there is no breakpoint ${word}`);
  }
  return [];
}

export const STOPPING: readonly Command[] = [
  look(
    ['break', 'b', 'hbreak'],
    '[[phys] ADDRESS] [if EXPRESSION]',
    'stop before an instruction',
    (debug, args) =>
      add(debug, args === '' ? hex(debug.pc) : args, 'break', (what) => {
        const [, physical, address] = /^(phys\s+)?(.*)$/.exec(what)!;
        return { kind: 'execute', address: addressOf(debug, address!), physical: physical !== undefined };
      }),
  ),
  watching(['watch', 'w'], 'stop where the value of memory changes', 'write', true),
  watching(['wwatch'], 'stop where memory is written, with whatever', 'write', false),
  watching(['rwatch'], 'stop where memory is read', 'read', false),
  watching(['awatch'], 'stop where memory is read or written', 'access', false),
  look(['catch'], 'WHAT [if EXPRESSION]', `stop at ${CATCHES}`, (debug, args) =>
    add(debug, args, 'catch', (what) => caught(debug, what)),
  ),
  look(['breakpoints', 'bl'], '', 'all of them', ({ breakpoints }) => {
    return breakpoints.all.length > 0 ? breakpoints.all.map(breakpointText) : ['no breakpoints'];
  }),
  look(['delete', 'd'], '[NUMBER...]', 'forget breakpoints; all of them without a number', (debug, args) => {
    if (args === '') debug.breakpoints.clear();
    return forEach(args, (number) => debug.breakpoints.remove(number));
  }),
  look(['enable'], 'NUMBER...', 'stop at them again', (debug, args) =>
    forEach(args, (number) => debug.breakpoints.enable(number, true)),
  ),
  look(['disable'], 'NUMBER...', 'do not stop at them', (debug, args) =>
    forEach(args, (number) => debug.breakpoints.enable(number, false)),
  ),
];
