/** Instructions as text, by iced-x86, in the manual's order of operands (Intel's), with the names of symbols. */
import {
  Decoder,
  DecoderOptions,
  FlowControl,
  Formatter,
  FormatterSyntax,
  type Instruction,
  OpKind,
  Register,
} from 'iced-x86';
import type { Symbols } from './symbols.js';

export interface Disassembled {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The symbol that the address belongs to. */
  readonly at: string | undefined;
  /** What it jumps to or names in memory, if that has a name. */
  readonly about: string | undefined;
  /** How execution goes on behind it. */
  readonly flow: Flow;
  /** IRET: execution goes on where an interrupt came. */
  readonly isReturn: boolean;
}

/** `interrupt`: INT n, INT3, INTO; `return` is that of any kind. */
export type Flow = 'next' | 'jump' | 'call' | 'return' | 'interrupt';

const FLOWS = new Map<FlowControl, Flow>([
  [FlowControl.Next, 'next'],
  [FlowControl.Call, 'call'],
  [FlowControl.IndirectCall, 'call'],
  [FlowControl.Return, 'return'],
  [FlowControl.Interrupt, 'interrupt'],
]);

const IRET = 0xcf;

/** The instruction at a linear address; `bytes` begin there. Undefined if there are none. */
export function disassemble(
  bytes: Uint8Array,
  address: number,
  bitness: 16 | 32,
  symbols: Symbols,
): Disassembled | undefined {
  if (bytes.length === 0) return undefined;
  const decoder = new Decoder(bitness, bytes, DecoderOptions.None);
  decoder.ip = BigInt(address);
  const instruction = decoder.decode();
  const formatter = new Formatter(FormatterSyntax.Nasm);
  const own = bytes.slice(0, instruction.length);
  const named = targetOf(instruction);
  const out = {
    address,
    bytes: own,
    text: formatter.format(instruction),
    at: symbols.show(address),
    about: named === undefined ? undefined : symbols.show(named),
    flow: FLOWS.get(instruction.flowControl) ?? 'jump',
    isReturn: own.at(-1) === IRET && own.length <= 2,
  };
  for (const wasm of [instruction, formatter, decoder]) wasm.free();
  return out;
}

/** The address of a direct jump, or of memory at a fixed place. */
function targetOf(instruction: Instruction): number | undefined {
  for (let i = 0; i < instruction.opCount; i++) {
    const kind = instruction.opKind(i);
    if (kind === OpKind.NearBranch32 || kind === OpKind.NearBranch16) {
      return Number(BigInt.asUintN(32, instruction.nearBranchTarget));
    }
    const fixed = instruction.memoryBase === Register.None && instruction.memoryIndex === Register.None;
    if (kind === OpKind.Memory && fixed) return Number(BigInt.asUintN(32, instruction.memoryDisplacement));
  }
  return undefined;
}
