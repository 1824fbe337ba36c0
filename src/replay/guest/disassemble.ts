/** Instructions as text, by iced-x86, as Intel's manuals write them or as AT&T's assembler, with the names of symbols. */
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
  /** Where a direct jump or call leads: a linear address. */
  readonly target: number | undefined;
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

export type Syntax = 'intel' | 'att';

const FORMATTERS: Readonly<Record<Syntax, FormatterSyntax>> = {
  intel: FormatterSyntax.Nasm,
  att: FormatterSyntax.Gas,
};

/** How instructions are to be read and written. */
export interface Manner {
  readonly syntax?: Syntax;
  /** What `cs` to `gs` add to an offset; nothing, unless given. */
  readonly base?: (segment: string) => number;
}

/** The instruction at a linear address; `bytes` begin there. Undefined if there are none. */
export function disassemble(
  bytes: Uint8Array,
  address: number,
  bitness: 16 | 32,
  symbols: Symbols,
  { syntax = 'intel', base = () => 0 }: Manner = {},
): Disassembled | undefined {
  if (bytes.length === 0) return undefined;
  const decoder = new Decoder(bitness, bytes, DecoderOptions.None);
  decoder.ip = BigInt((address - base('cs')) >>> 0);
  const instruction = decoder.decode();
  const formatter = new Formatter(FORMATTERS[syntax]);
  const own = bytes.slice(0, instruction.length);
  const target = targetOf(instruction, base('cs'));
  const named = target ?? placeOf(instruction, base);
  const out = {
    address,
    bytes: own,
    text: formatter.format(instruction),
    at: symbols.show(address),
    about: named === undefined ? undefined : symbols.show(named),
    target,
    flow: FLOWS.get(instruction.flowControl) ?? 'jump',
    isReturn: own.at(-1) === IRET && own.length <= 2,
  };
  for (const wasm of [instruction, formatter, decoder]) wasm.free();
  return out;
}

/** The linear address of a direct near jump or call. */
function targetOf(instruction: Instruction, base: number): number | undefined {
  const kind = instruction.opCount > 0 ? instruction.op0Kind : undefined;
  if (kind !== OpKind.NearBranch32 && kind !== OpKind.NearBranch16) return undefined;
  return (base + Number(BigInt.asUintN(32, instruction.nearBranchTarget))) >>> 0;
}

const SEGMENTS = new Map<Register, string>([
  [Register.ES, 'es'],
  [Register.CS, 'cs'],
  [Register.SS, 'ss'],
  [Register.DS, 'ds'],
  [Register.FS, 'fs'],
  [Register.GS, 'gs'],
]);

/** The linear address of memory at a fixed place. */
function placeOf(instruction: Instruction, base: (segment: string) => number): number | undefined {
  const { opCount, memoryBase, memoryIndex, memorySegment } = instruction;
  if (memoryBase !== Register.None || memoryIndex !== Register.None) return undefined;
  const kinds = Array.from({ length: opCount }, (_, i) => instruction.opKind(i));
  if (!kinds.includes(OpKind.Memory)) return undefined;
  const offset = Number(BigInt.asUintN(32, instruction.memoryDisplacement));
  return (base(SEGMENTS.get(memorySegment) ?? 'ds') + offset) >>> 0;
}
