/** The request `completions`: what a word of the debug console could become. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { COMMANDS } from '../debug/commands/index.js';
import type { Debugger } from '../debug/debugger.js';
import type { Arguments } from './arguments.js';

type Item = DebugProtocol.CompletionItem;

/** More are of no help. */
const MOST = 100;
const WORD = /[\w$@.-]*$/;

/** Columns are counted from `base` on. */
export function completions(debug: Debugger, request: Arguments, base: 0 | 1): { readonly targets: Item[] } {
  const before = request.text('text').slice(0, Math.max(0, request.whole('column') - base));
  const word = WORD.exec(before)![0];
  const at = before.length - word.length;
  const isCommand = before.slice(0, at).trim() === '';
  const place = { start: at + base, length: word.length };
  const targets: Item[] = [];
  for (const [label, type] of candidates(debug, isCommand)) {
    if (!label.startsWith(word)) continue;
    targets.push({ label, type, ...place });
    if (targets.length === MOST) break;
  }
  return { targets };
}

function* candidates(debug: Debugger, withCommands: boolean): Iterable<[string, Item['type']]> {
  if (withCommands) for (const { names } of COMMANDS) yield [names[0], 'keyword'];
  for (const name of debug.registers.all.keys()) yield [name, 'variable'];
  for (const name of debug.symbols.names) yield [name, 'function'];
}
