/** The request `stackTrace`: who called whom, as far as the stack tells. Frames have no sources, but instructions. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from '../debug/debugger.js';
import { callStack, type Frame } from '../guest/callStack.js';
import type { Arguments } from './arguments.js';
import { hex } from './references.js';

export function stackTrace(
  debug: Debugger,
  request: Arguments,
): NonNullable<DebugProtocol.StackTraceResponse['body']> {
  const all = callStack(debug.machine, debug.symbols);
  const start = Math.max(0, request.whole('startFrame', 0));
  const levels = request.whole('levels', 0) || all.length;
  const stackFrames = all.slice(start, start + levels).map((frame, i) => stackFrame(frame, start + i));
  return { stackFrames, totalFrames: all.length };
}

function stackFrame(frame: Frame, index: number): DebugProtocol.StackFrame {
  const { pc, at = hex(pc), left, certainty } = frame;
  const doubtful = certainty === 'possible';
  const remarks = [left === 'interrupt' && 'interrupted', doubtful && 'possibly'].filter(Boolean).join(', ');
  return {
    id: index + 1,
    name: remarks ? `${at} (${remarks})` : at,
    line: 0,
    column: 0,
    instructionPointerReference: hex(pc),
    ...(doubtful && { presentationHint: 'subtle' as const }),
  };
}
