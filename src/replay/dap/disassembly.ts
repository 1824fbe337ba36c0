/** The request `disassemble`: instructions around an address, before it as well; and `readMemory`. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Debugger } from '../debug/debugger.js';
import type { Disassembled } from '../guest/disassemble.js';
import { instructionsBefore, stretchBefore } from '../guest/instructionsBefore.js';
import { type Arguments, RequestError } from './arguments.js';
import { hex, referenceIn } from './references.js';

type Line = DebugProtocol.DisassembledInstruction;

const MAX_INSTRUCTIONS = 4096;
const ADDRESSES = 2 ** 32;

/** As many lines as were asked for: what is no instruction, or not there, is a line of its own. */
export function disassembly(debug: Debugger, request: Arguments): { readonly instructions: Line[] } {
  const address = referenceIn(debug, request, 'memoryReference');
  const first = request.whole('instructionOffset', 0);
  const count = request.whole('instructionCount');
  if (count < 0 || count > MAX_INSTRUCTIONS || Math.abs(first) > MAX_INSTRUCTIONS) {
    throw new RequestError(`at most ${MAX_INSTRUCTIONS} instructions at a time`);
  }
  const before = first < 0 ? linesBefore(debug, address, -first) : [];
  const behind = linesFrom(debug, address, Math.max(0, first + count));
  return { instructions: [...before, ...behind.slice(Math.max(0, first))].slice(0, count) };
}

function linesFrom(debug: Debugger, address: number, count: number): Line[] {
  const out: Line[] = [];
  for (let at = address; out.length < count; ) {
    const instruction = at >= 0 && at < ADDRESSES ? debug.instruction(at) : undefined;
    out.push(instruction ? line(instruction, debug) : nothing(at));
    at += instruction?.bytes.length ?? 1;
  }
  return out;
}

function linesBefore(debug: Debugger, end: number, count: number): Line[] {
  const bytes = debug.memory.bytesBefore(end, stretchBefore(count));
  const starts = instructionsBefore(bytes, end, count, debug.bitness, debug.symbols);
  const lines = starts.map((at) => line(debug.instruction(at)!, debug));
  const first = starts[0] ?? end;
  const missing = Array.from({ length: count - lines.length }, (_, i) => nothing(first - 1 - i));
  return [...missing.reverse(), ...lines];
}

function line({ address, bytes, text, at, about }: Disassembled, debug: Debugger): Line {
  const instruction = about === undefined ? text : `${text}  ; ${about}`;
  const begins = debug.symbols.nearest(address)?.offset === 0;
  const spaced = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return {
    address: hex(address),
    instructionBytes: spaced,
    instruction,
    ...(begins && { symbol: at }),
    ...(text === BAD && { presentationHint: 'invalid' as const }),
  };
}

/** What the disassembler makes of bytes that are no instruction. */
const BAD = '(bad)';

/** Clients want an address even beyond the ends of the line. */
function nothing(address: number): Line {
  return { address: hex(Math.max(0, address)), instruction: '(no memory)', presentationHint: 'invalid' };
}
