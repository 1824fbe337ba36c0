/**
 * What a question found, as a line: the instruction, and what was there before and behind it. Reports of the command
 * line (replay/query) say more.
 */
import type { Expression } from '../../expression/expression.js';
import { hexText } from '../../guest/numbers.js';
import type { Debugger, Move } from '../debugger.js';

const text = (value: bigint | undefined): string => (value === undefined ? 'no value' : hexText(value));

/** What is read at the same place wherever the debugger stands: it is asked here where that is. */
function readerOf(debug: Debugger, source: string): () => bigint | undefined {
  const expression = debug.expression(source);
  const location = expression.location();
  if (!location) return () => expression.value();
  const { address, length, physical } = location;
  return () => debug.memory.read(address, length, physical);
}

/** Bytes of a variable, as far as is known. */
const VARIABLE = 4;

/** The source as it was asked for, and the symbol that is there. */
function named(debug: Debugger, source: string): string {
  const location = debug.expression(source).location();
  if (!location || location.physical) return source;
  const { name, offset } = debug.symbols.nearest(location.address) ?? {};
  if (name === undefined || name === source || offset! >= VARIABLE) return source;
  return `${source} (${debug.symbols.show(location.address)})`;
}

/**
 * Says of a search for the last write what it wrote. What is there before the search is what was written; it ends before
 * the instruction.
 */
export function written(debug: Debugger, source: string): () => string {
  const read = readerOf(debug, source);
  const name = named(debug, source);
  const after = read();
  return () => `${name}: ${text(read())} -> ${text(after)} by the next instruction, not executed yet`;
}

/** The debugger stands where it has become true; gives what the instruction before changed of what is asked about. */
export function* madeTrue(
  debug: Debugger,
  { source, operands }: Expression,
): Generator<number, string, void> {
  const { clock } = debug;
  debug.step('back');
  const by = debug.instruction()?.text ?? 'what is unreadable';
  const before = operands.map(({ read }) => read());
  yield* debug.seek(clock) satisfies Move;
  const changed = operands.flatMap(({ text: name, read }, i) => {
    const now = read();
    return now === before[i] ? [] : [`${name} ${text(before[i])} -> ${text(now)}`];
  });
  return `${changed.join(', ') || `${source}: true from here on`}, behind ${by}`;
}
