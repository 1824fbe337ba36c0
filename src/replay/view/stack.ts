/** The stack from where SS:SP points on, a word a line, and the functions whose frames it holds. */
import type { Debugger } from '../debug/debugger.js';
import { callBefore, LONGEST_CALL } from '../guest/callSites.js';
import { callStack } from '../guest/callStack.js';
import { currentSegments, type Segment } from '../guest/segments.js';
import { once } from './once.js';
import { hex, plain } from './plain.js';
import { aboutAddress } from './pointees.js';
import type { FrameLine, StackLine } from './view.js';

export function stackOf(debug: Debugger, rows: number): StackLine[] {
  const { code, stack } = currentSegments(debug.machine);
  const { all, lineEnd } = debug.registers;
  const size = code.wide ? 4 : 2;
  const offset = (register: string) => (all.get(stack.wide ? `e${register}` : register)?.() ?? 0) >>> 0;
  const top = offset('sp');
  const span = stack.wide ? 2 ** 32 : 2 ** 16;
  return Array.from({ length: Math.max(0, rows) }, (_, i) => {
    const at = (top + i * size) % span;
    const address = (stack.base + at) % lineEnd;
    const note = at === offset('bp') ? framePointer(code) : undefined;
    return lineAt(debug, address, code, note);
  });
}

const framePointer = ({ wide }: Segment): string => (wide ? 'ebp' : 'bp');

function lineAt(debug: Debugger, address: number, code: Segment, pointer: string | undefined): StackLine {
  const size = code.wide ? 4 : 2;
  const word = debug.memory.read(address, size);
  if (word === undefined) return { address, value: '?'.repeat(2 * size) };
  const value = Number(word);
  const meaning = returnText(debug, value, code) ?? (code.wide ? aboutAddress(debug, value) : undefined);
  const note = [pointer && `<- ${pointer}`, meaning].filter(Boolean).join(' ');
  return { address, value: hex(value, 2 * size), ...(note !== '' && { note: plain(note) }) };
}

/** If a near call ends there: it may be where a function goes on. */
function returnText(debug: Debugger, offset: number, { base, wide }: Segment): string | undefined {
  const address = (base + offset) % debug.registers.lineEnd;
  const site = callBefore(debug.memory.bytesBefore(address, LONGEST_CALL), offset, wide);
  if (site?.kind !== 'near') return undefined;
  return `returns to ${debug.symbols.show(address) ?? hex(address)}`;
}

/** The function where execution is first, then its callers. */
export function framesOf(debug: Debugger): FrameLine[] {
  return once(debug, 'frames', () => callStack(debug.machine, debug.symbols)).map((frame) => {
    const interrupted = frame.left === 'interrupt' ? ' (interrupted)' : '';
    const name = plain(`${frame.at ?? hex(frame.pc)}${interrupted}`);
    return { pc: frame.pc, name, certain: frame.certainty === 'certain' };
  });
}
