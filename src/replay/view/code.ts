/**
 * The code around a place, a line an instruction. Instructions before it are found backwards
 * (query/instructionsBefore.ts); those behind it follow, in step with where the debugger stands.
 */
import type { Debugger } from '../debug/debugger.js';
import type { Disassembled } from '../guest/disassemble.js';
import { instructionsBefore, stretchBefore } from '../guest/instructionsBefore.js';
import { addressOf } from './expressions.js';
import { pastOf } from './past.js';
import { hexBytes, plain } from './plain.js';
import type { CodeLine, CodeWanted } from './view.js';

/** The share of the lines that lie above the place. */
const ABOVE = 1 / 3;

/** What can be told of a line by itself. */
interface Line {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly instruction?: Disassembled;
}

export function codeOf(debug: Debugger, wanted: CodeWanted): CodeLine[] {
  const place = wanted.at === undefined ? { value: BigInt(debug.pc) } : addressOf(debug, wanted.at);
  if ('error' in place) return [nothing(debug.pc, place.error)];
  const address = Number(BigInt.asUintN(32, place.value));
  const rows = Math.max(1, wanted.rows);
  const before = linesBefore(debug, wanted, address, Math.floor(rows * ABOVE));
  const behind = linesFrom(debug, wanted, address, rows - before.length);
  return described(debug, [...before, ...behind]);
}

const nothing = (address: number, text: string): CodeLine => {
  return { address, bytes: '', text: plain(text), here: false, previous: false };
};

function linesBefore(debug: Debugger, { syntax }: CodeWanted, end: number, count: number): Line[] {
  const bytes = debug.memory.bytesBefore(end, stretchBefore(count));
  const executed = new Set(pastOf(debug)?.trail.map(({ pc }) => pc)).add(debug.pc);
  const isExecuted = (address: number) => executed.has(address);
  const starts = instructionsBefore(bytes, end, count, debug.bitness, debug.symbols, isExecuted);
  return starts.flatMap((at) => {
    const instruction = debug.instruction(at, syntax);
    return instruction ? [{ ...instruction, instruction }] : [];
  });
}

function linesFrom(debug: Debugger, wanted: CodeWanted, start: number, count: number): Line[] {
  const out: Line[] = [];
  for (let address = start; out.length < count; ) {
    const line = lineAt(debug, wanted, address);
    out.push(line);
    address += line.bytes.length;
    if (line.bytes.length === 0 || address >= debug.registers.lineEnd) break;
  }
  return out;
}

function lineAt(debug: Debugger, { syntax }: CodeWanted, address: number): Line {
  const instruction = debug.instruction(address, syntax);
  if (!instruction) return { address, bytes: new Uint8Array(0), text: '(no memory)' };
  const { bytes, text } = instruction;
  const isWithin = debug.pc > address && debug.pc < address + bytes.length;
  if (!isWithin) return { address, bytes, text, instruction };
  // Another reading of the bytes than the processor's.
  return { address, bytes: bytes.slice(0, debug.pc - address), text: '(not in step)' };
}

function described(debug: Debugger, lines: readonly Line[]): CodeLine[] {
  const trail = pastOf(debug)?.trail ?? [];
  const previous = trail.at(-1)?.pc;
  const clocks = new Map(trail.map((one) => [one.pc, one.clocks]));
  const index = new Map(lines.map(({ address }, i) => [address, i]));
  return lines.map(({ address, bytes, text, instruction }) => {
    const label = labelAt(debug, address);
    const { about, flow, target } = instruction ?? {};
    const jumpsTo = flow === 'jump' && target !== undefined ? index.get(target) : undefined;
    const breakpoint = breakpointAt(debug, address);
    const took = clocks.get(address);
    return {
      address,
      bytes: hexBytes(bytes),
      text,
      here: address === debug.pc,
      previous: address === previous,
      ...(label !== undefined && { label }),
      ...(about !== undefined && { about: plain(about) }),
      ...(jumpsTo !== undefined && { jumpsTo }),
      ...(breakpoint !== undefined && { breakpoint }),
      ...(took !== undefined && { clocks: took }),
    };
  });
}

function labelAt({ symbols }: Debugger, address: number): string | undefined {
  const symbol = symbols.nearest(address);
  return symbol?.offset === 0 ? plain(symbol.name) : undefined;
}

function breakpointAt({ breakpoints }: Debugger, address: number): number | undefined {
  const here = breakpoints.all.find(({ target }) => target.kind === 'execute' && target.address === address);
  return here?.number;
}
