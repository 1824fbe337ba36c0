/** What a register points to, as far as that can be told: a place on the stack, a symbol, a text. */
import type { Debugger } from '../debug/debugger.js';

/** Registers that addresses are made of in 16-bit code, and the segments that they go with. */
const SEGMENT_16: Readonly<Record<string, string>> = { bx: 'ds', si: 'ds', di: 'ds', bp: 'ss' };
const SEGMENT_32: Readonly<Record<string, string>> = { ebp: 'ss' };
const GENERAL = /^e?(ax|bx|cx|dx|si|di|bp)$/;
/** Above the stack pointer, this much is called the stack. */
const STACK = 0x1000;
/** Smaller numbers are hardly ever addresses. */
const LEAST = 0x100;
const TEXT_LEAST = 4;
const TEXT_MOST = 24;

/** Of a general register or the instruction pointer, by its name. */
export function pointee(debug: Debugger, name: string): string | undefined {
  if (name === 'eip' || name === 'ip') return debug.symbols.show(debug.pc);
  const linear = linearOf(debug, name);
  return linear === undefined ? undefined : aboutAddress(debug, linear);
}

/** Of anything that may be a linear address. */
export function aboutAddress(debug: Debugger, linear: number): string | undefined {
  const above = linear - debug.registers.stack();
  if (above >= 0 && above < STACK) return `stack+${above.toString(16)}h`;
  return debug.symbols.show(linear) ?? textAt(debug, linear);
}

function linearOf({ registers, bitness }: Debugger, name: string): number | undefined {
  if (!GENERAL.test(name)) return undefined;
  const value = registers.all.get(name)!();
  const wide = bitness === 32;
  const short = name.replace('e', '');
  const segment = wide ? (SEGMENT_32[name] ?? 'ds') : SEGMENT_16[short];
  if (segment === undefined || value < LEAST) return undefined;
  const base = registers.segmentBase(segment)!();
  return (base + (wide ? value : value & 0xffff)) % registers.lineEnd;
}

/** The characters at an address, if there are some in a row. */
function textAt({ memory }: Debugger, linear: number): string | undefined {
  const bytes = memory.bytes(linear, TEXT_MOST + 1);
  const end = bytes.findIndex((byte) => !isPrintable(byte));
  const length = end < 0 ? bytes.length : end;
  if (length < TEXT_LEAST) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, Math.min(length, TEXT_MOST)));
  return length > TEXT_MOST ? `"${text}..."` : `"${text}"`;
}

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;
