/** What is found in a run, a line each, for people and as JSON. */
import type { Frequency } from '../../core/time.js';
import type { Code } from '../../replay/guest/code.js';
import { type Disassembled, disassemble } from '../../replay/guest/disassemble.js';
import { addressText, hexText } from '../../replay/guest/numbers.js';
import type { Symbols } from '../../replay/guest/symbols.js';
import type { Call, Finding, MemoryAccess } from '../../replay/query/run/question.js';

type Json = Readonly<Record<string, unknown>>;

const hex = (value: number | undefined): string => (value === undefined ? '?' : hexText(value));

export function secondsText(clock: number, { num, den }: Frequency): string {
  return `${((clock * den) / num).toFixed(6)} s`;
}

/** Registers in which compilers pass the first arguments of a function, where they do (regparm(3)). */
const REGISTER_ARGUMENTS = ['eax', 'edx', 'ecx'];

export function findingText(finding: Finding, symbols: Symbols, frequency: Frequency): string {
  const head = `${String(finding.clock).padStart(14)} ${secondsText(finding.clock, frequency)}`;
  return `${head}  ${bodyText(finding, symbols)}\n`;
}

function bodyText(finding: Finding, symbols: Symbols): string {
  const code = finding.code ? codeText(finding.code, symbols) : '';
  switch (finding.kind) {
    case 'execution':
      return `${code}  ${registersText(finding.registers)}`;
    case 'call':
      return callText(finding, symbols);
    case 'write':
    case 'read':
      return accessText(finding, code);
    case 'in':
    case 'out':
      return `${finding.kind.padEnd(3)} ${hex(finding.port)} ${widthText(finding.size)} ${hex(finding.value)}  ${code}`;
    case 'vector':
      return `vector ${hex(finding.vector)} ${finding.source}  at ${code || 'unknown code'}`;
    case 'interrupt':
      return `vector ${hex(finding.vector)} requested ${finding.requested}, served ${finding.served ?? 'not seen'}`;
    case 'sector':
      return `write ${finding.disk} ${finding.first} + ${finding.count}  ${code}`;
  }
}

function registersText(registers: Readonly<Record<string, number>>): string {
  return Object.entries(registers)
    .map(([name, value]) => `${name}=${hex(value)}`)
    .join(' ');
}

function callText({ code, registers, stack, returnAddress, how }: Call, symbols: Symbols): string {
  const words = stack.slice(1);
  const inRegisters = REGISTER_ARGUMENTS.filter((name) => name in registers);
  const named = inRegisters.map((name) => `${name}=${hex(registers[name])}`);
  const caller = symbols.show(returnAddress) ?? addressText(returnAddress);
  const jumped = how === 'jump' ? ', by a jump' : '';
  const name = code && (symbols.show(code.pc) ?? addressText(code.pc));
  return `${name}(${[...named, 'stack', ...words.map(hex)].join(' ')})  from ${caller}${jumped}`;
}

function accessText({ kind, address, length, before, value, by }: MemoryAccess, code: string): string {
  const what = kind === 'read' ? hex(value) : `${hex(before)} -> ${hex(value)}`;
  const who =
    by === 'instruction' ? code : by === 'interrupt' ? `entering a handler at ${code}` : 'bus master';
  return `${kind} ${addressText(address)} ${widthText(length)} ${what}  ${who}`;
}

function widthText(bytes: number): string {
  return { 1: 'byte', 2: 'word', 4: 'dword' }[bytes] ?? `${bytes} bytes`;
}

function codeText(code: Code, symbols: Symbols): string {
  const instruction = instructionOf(code, symbols);
  if (!instruction) return addressText(code.pc);
  return [addressText(code.pc), instruction.text, instruction.at].filter(Boolean).join('  ');
}

function instructionOf({ pc, bytes, bitness }: Code, symbols: Symbols): Disassembled | undefined {
  return disassemble(bytes, pc, bitness, symbols);
}

export function findingJson({ code, behind: _, ...finding }: Finding, symbols: Symbols): Json {
  if (!code) return finding;
  const instruction = instructionOf(code, symbols);
  const caller = finding.kind === 'call' ? finding.returnAddress : undefined;
  return {
    ...finding,
    ...(caller !== undefined && { from: symbols.show(caller) ?? null }),
    pc: code.pc,
    at: instruction?.at ?? null,
    instruction: instruction?.text ?? null,
  };
}
