/** Commands that show where the debugger stands: registers, memory, code, devices, the screen. */
import { callStack } from '../../guest/callStack.js';
import { screenLines } from '../../guest/screen.js';
import type { Debugger } from '../debugger.js';
import { valueText } from '../valueText.js';
import {
  addressOf,
  type Command,
  CommandError,
  count,
  hereText,
  hex,
  instructionText,
  look,
} from './command.js';
import { marksOf } from './marking.js';
import { breakpointsOf, watchpointsOf } from './stopping.js';

const BYTES_A_LINE = 16;
const MOST_BYTES = 4096;
const MOST_INSTRUCTIONS = 256;

function print(debug: Debugger, text: string): string[] {
  if (text === '') throw new CommandError('print: an expression is missing, see docs/expressions.md');
  return [valueText(debug.expression(text).value())];
}

/** `x/32 ADDRESS` and `x ADDRESS`; `xp` at physical addresses. */
function memory(debug: Debugger, args: string, physical: boolean): string[] {
  const [, length = '', place = ''] = /^(?:\/(\d+)\w*\s*)?(.*)$/.exec(args) ?? [];
  const bytes = Math.min(MOST_BYTES, count(length, 'number of bytes', 4 * BYTES_A_LINE));
  const start = addressOf(debug, place);
  const lines: string[] = [];
  for (let at = 0; at < bytes; at += BYTES_A_LINE) {
    lines.push(memoryLine(debug, (start + at) >>> 0, Math.min(BYTES_A_LINE, bytes - at), physical));
  }
  return lines;
}

function memoryLine(debug: Debugger, address: number, length: number, physical: boolean): string {
  const bytes = Array.from({ length }, (_, i) => debug.memory.read((address + i) >>> 0, 1, physical));
  const digits = bytes.map((byte) => byte?.toString(16).padStart(2, '0') ?? '??').join(' ');
  const text = bytes.map((byte) => {
    return byte !== undefined && byte > 0x1fn && byte < 0x7fn ? String.fromCharCode(Number(byte)) : '.';
  });
  return `${hex(address)}  ${digits.padEnd(3 * BYTES_A_LINE)} ${text.join('')}`;
}

function code(debug: Debugger, args: string): string[] {
  const [, number = '', place = ''] = /^(?:\/(\d+)\s*)?(.*)$/.exec(args) ?? [];
  const lines: string[] = [];
  let address = addressOf(debug, place);
  for (let left = Math.min(MOST_INSTRUCTIONS, count(number, 'number of instructions', 8)); left > 0; left--) {
    const instruction = debug.instruction(address);
    if (!instruction) return [...lines, `${hex(address)}  unreadable`];
    lines.push(`${address === debug.pc ? '>' : ' '} ${instructionText(instruction)}`);
    address = (address + instruction.bytes.length) >>> 0;
  }
  return lines;
}

function registers(debug: Debugger): string[] {
  const { all, main } = debug.registers;
  const texts = main.map((name) => `${name.padEnd(6)} ${hex(all.get(name)!())}`);
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += 4) lines.push(texts.slice(i, i + 4).join('   '));
  return lines;
}

function backtrace(debug: Debugger): string[] {
  return callStack(debug.machine, debug.symbols).map(({ pc, at, left, certainty }, i) => {
    const how = left === 'interrupt' ? ', interrupted' : '';
    return `#${i}  ${hex(pc)}  ${at ?? ''}${how}${certainty === 'certain' ? '' : ` (${certainty})`}`.trimEnd();
  });
}

function devices(debug: Debugger, name: string): string[] {
  const { devices } = debug.machine;
  if (name === '') return [devices.map((device) => device.name).join(' ')];
  const device = devices.find((one) => one.name === name);
  if (!device) throw new CommandError(`no device is called "${name}"; see info devices`);
  const values = device.state as unknown as Readonly<Record<string, number | bigint | ArrayLike<number>>>;
  return device.state.layout.fields.map((field) => {
    const value = values[field.name]!;
    if (typeof value === 'number' || typeof value === 'bigint') return `${field.name} ${scalarText(value)}`;
    return `${field.name} [${Array.from(value).slice(0, 32).map(scalarText).join(' ')}${value.length > 32 ? ' ...' : ''}]`;
  });
}

function scalarText(value: number | bigint): string {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? valueText(BigInt(value)) : 'not set';
}

function position(debug: Debugger): string[] {
  const { num, den } = debug.machine.frequency;
  const seconds = ((debug.clock * den) / num).toFixed(6);
  return [`${seconds} s of ${((debug.end * den) / num).toFixed(6)} s`, hereText(debug)];
}

function when({ clock, end, retired, machine }: Debugger): string[] {
  const { num, den } = machine.frequency;
  const seconds = ((clock * den) / num).toFixed(6);
  const percent = ((100 * clock) / Math.max(end, 1)).toFixed(2);
  return [`clock ${clock} of ${end}, i:${retired}, ${seconds}s, ${percent}%`];
}

export const LOOKING: readonly Command[] = [
  look(
    ['where', 'info', 'i'],
    '',
    'the position in the run; info breakpoints, registers, ... as in gdb',
    (debug, args) => {
      const [what = '', ...rest] = args.split(/\s+/);
      return what === '' ? position(debug) : about(debug, what, rest.join(' '));
    },
  ),
  look(['when'], '', 'the same in all units that seek takes', when),
  look(['print', 'p'], 'EXPRESSION', 'its value here (docs/expressions.md)', print),
  look(['x'], '[/BYTES] [ADDRESS]', 'memory at a linear address', (debug, args) =>
    memory(debug, args, false),
  ),
  look(['xp'], '[/BYTES] ADDRESS', 'memory at a physical address', (debug, args) =>
    memory(debug, args, true),
  ),
  look(['disassemble', 'u'], '[/COUNT] [ADDRESS]', 'instructions', code),
  look(['registers', 'r'], '', 'the registers', registers),
  look(['backtrace', 'bt'], '', 'who called whom, as the stack tells', backtrace),
  look(['devices', 'dev'], '[NAME]', 'the devices, or the state of one', devices),
  look(['screen'], '', 'the text on the screen', (debug) => screenLines(debug.machine)),
];

/** gdb's way to ask. */
function about(debug: Debugger, what: string, rest: string): readonly string[] {
  const topics: Readonly<Record<string, () => readonly string[]>> = {
    registers: () => registers(debug),
    devices: () => devices(debug, rest),
    device: () => devices(debug, rest),
    screen: () => screenLines(debug.machine),
    breakpoints: () => breakpointsOf(debug),
    watchpoints: () => watchpointsOf(debug),
    marks: () => marksOf(debug),
  };
  const topic = topics[Object.keys(topics).find((name) => name.startsWith(what)) ?? ''];
  if (!topic) throw new CommandError(`info knows ${Object.keys(topics).join(', ')}`);
  return topic();
}
