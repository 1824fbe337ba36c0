/** Commands that say where to stop: breakpoints, watchpoints, catchpoints. */
import type { VectorSource } from '../../../core/cpu.js';
import type { EventKind } from '../../events.js';
import { hexText, wholeFrom } from '../../guest/numbers.js';
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
  const temporary = name === 'tbreak';
  return [breakpointText(debug.breakpoints.add(targetOf(what), `${name} ${what}`, condition, temporary))];
}

const listed = (all: readonly Breakpoint[], nothing: string): readonly string[] =>
  all.length > 0 ? all.map(breakpointText) : [nothing];

export const breakpointsOf = ({ breakpoints }: Debugger): readonly string[] =>
  listed(breakpoints.all, 'no breakpoints');

export const watchpointsOf = ({ breakpoints }: Debugger): readonly string[] =>
  listed(
    breakpoints.all.filter(({ target }) => target.kind === 'watch'),
    'no watchpoints',
  );

function breakpointText({ number, text, condition, enabled, target }: Breakpoint): string {
  const where = target.kind === 'execute' || target.kind === 'watch' ? ` at ${hex(target.address)}` : '';
  const only = condition ? ` if ${condition.source}` : '';
  return `${number}: ${text}${where}${only}${enabled ? '' : ' (disabled)'}`;
}

const watch =
  (access: Access, changes: boolean) =>
  (debug: Debugger, what: string): Target => {
    // As gdb's users write what is at an address.
    const place = what.replace(/^\*\s*(.*)$/, 'dword[$1]');
    const expression = debug.expression(place);
    const location = expression.location();
    if (!location) throw new CommandError(noPlace(debug, place, expression.value()));
    return { kind: 'watch', access, changes, ...location };
  };

/** What is there to be watched instead: memory at a register's value, or at a number. */
function noPlace({ registers }: Debugger, what: string, value: bigint | undefined): string {
  if (registers.all.has(what.replace('$', ''))) {
    return `only memory is watched; that at the value of ${what}: watch dword[${what}]`;
  }
  if (!/^\w+$/.test(what) || value === undefined) {
    return `"${what}" is no place in memory here, such as dword[1000h] or a symbol`;
  }
  const address = hexText(BigInt.asUintN(32, value));
  return `"${what}" is a number; the memory there: watch dword[${address}], or byte[${address}]`;
}

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

/** Does something to the breakpoints whose numbers are given, as `2`, or `4-6`; those that there are. */
function forEach(debug: Debugger, numbers: string, done: string, change: (number: number) => void): string[] {
  const wanted = numbers
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap((word) => numbersIn(debug, word));
  for (const number of wanted) change(number);
  if (wanted.length === 1) return [`breakpoint ${wanted[0]} ${done}`];
  return [wanted.length === 0 ? 'no breakpoints' : `${wanted.length} breakpoints ${done}`];
}

function numbersIn({ breakpoints }: Debugger, word: string): number[] {
  const [first, last = first] = word.split('-').map(wholeFrom);
  const known = breakpoints.all.map(({ number }) => number);
  const meant = known.filter((number) => number >= (first ?? Infinity) && number <= (last ?? -1));
  if (meant.length > 0) return meant;
  throw new CommandError(
    `there is no breakpoint ${word}${known.length > 0 ? `; there are ${known.join(', ')}` : ''}`,
  );
}

/** `break`, and `tbreak`. */
function breaking(debug: Debugger, args: string, name: string): string[] {
  return add(debug, args === '' ? hex(debug.pc) : args, name, (what) => {
    const [, physical, address] = /^(phys\s+)?\*?(.*)$/.exec(what)!;
    return { kind: 'execute', address: addressOf(debug, address!), physical: physical !== undefined };
  });
}

export const STOPPING: readonly Command[] = [
  look(
    ['break', 'b', 'hbreak'],
    '[[phys] ADDRESS] [if EXPRESSION]',
    'stop before an instruction',
    (debug, args) => breaking(debug, args, 'break'),
  ),
  look(['tbreak', 'tb'], '[[phys] ADDRESS] [if EXPRESSION]', 'the same, once', (debug, args) =>
    breaking(debug, args, 'tbreak'),
  ),
  watching(['watch', 'w'], 'stop where the value of memory changes', 'write', true),
  watching(['wwatch'], 'stop where memory is written, with whatever', 'write', false),
  watching(['rwatch'], 'stop where memory is read', 'read', false),
  watching(['awatch'], 'stop where memory is read or written', 'access', false),
  look(['catch'], 'WHAT [if EXPRESSION]', `stop at ${CATCHES}`, (debug, args) =>
    add(debug, args, 'catch', (what) => caught(debug, what)),
  ),
  look(['breakpoints', 'bl'], '', 'all of them', breakpointsOf),
  look(
    ['delete', 'd'],
    '[NUMBER | 4-6 ...]',
    'forget breakpoints; all of them without a number',
    (debug, args) => {
      const all = debug.breakpoints.all.map(({ number }) => number).join(' ');
      return forEach(debug, args || all, 'deleted', (number) => debug.breakpoints.remove(number));
    },
  ),
  look(['enable'], '[NUMBER | 4-6 ...]', 'stop at them again', (debug, args) =>
    forEach(debug, args, 'enabled', (number) => debug.breakpoints.enable(number, true)),
  ),
  look(['disable'], '[NUMBER | 4-6 ...]', 'do not stop at them', (debug, args) =>
    forEach(debug, args, 'disabled', (number) => debug.breakpoints.enable(number, false)),
  ),
];
