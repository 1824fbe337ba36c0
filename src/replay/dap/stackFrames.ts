/** The request `stackTrace`. Frames have no sources, but instructions. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from '../debug/debugger.js';
import type { Arguments } from './arguments.js';
import { hex } from './references.js';

export function stackTrace(
  debug: Debugger,
  request: Arguments,
): NonNullable<DebugProtocol.StackTraceResponse['body']> {
  const all = [debug.pc];
  const start = Math.max(0, request.whole('startFrame', 0));
  const levels = request.whole('levels', 0) || all.length;
  const stackFrames = all.slice(start, start + levels).map((pc, i) => ({
    id: start + i + 1,
    name: debug.symbols.show(pc) ?? hex(pc),
    line: 0,
    column: 0,
    instructionPointerReference: hex(pc),
  }));
  return { stackFrames, totalFrames: all.length };
}
