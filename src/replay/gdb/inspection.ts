/**
 * What gdb asks of a target that stands still: registers, memory, threads and descriptions (GDB manual, appendix
 * E.2, E.4 and E.5). Addresses are linear, as everywhere in gdb. What would change the guest is refused.
 *
 * Left out: device memory, because reading it can change the device.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { Cr0, Flag } from '../../core/cpu/ia32/state.js';
import type { Debugger } from '../debug/debugger.js';
import type { AgentContext } from './agentExpression.js';
import { FileTransfer, SYMBOL_FILE } from './fileTransfer.js';
import { hexOf, hexOfText, numberOf, numbersOf } from './hex.js';
import { PACKET_SIZE, textOf } from './packets.js';
import { bytesOf, type Feature, featuresOf, type GdbRegister } from './registers.js';
import { THREAD } from './stopReply.js';
import { symbolFile } from './symbolFile.js';
import { memoryMapXml, targetXml } from './targetDescription.js';

const CHANGES_NOTHING = 'a recorded run cannot be changed; rewind86 branch makes another run of it';
const REFUSED: Readonly<Record<string, string>> = {
  G: `E.${CHANGES_NOTHING}`,
  P: `E.${CHANGES_NOTHING}`,
  M: `E.${CHANGES_NOTHING}`,
  X: `E.${CHANGES_NOTHING}`,
};
/** EFAULT, by gdb's numbers. */
const NO_MEMORY = 'E0e';
const NOT_UNDERSTOOD = 'E16';
const ADDRESSES = 2 ** 32;

export class Inspection implements AgentContext {
  readonly registers: readonly GdbRegister[];
  readonly #debug: Debugger;
  readonly #features: readonly Feature[];
  /**
   * Absent if no symbol is known, and where all code is 16-bit: gdb takes any such file to be of a 386, and would
   * disassemble accordingly.
   */
  readonly #symbols: FileTransfer | undefined;
  /** Where functions begin, according to that. */
  readonly #functions: ReadonlySet<number>;

  constructor(debug: Debugger) {
    this.#debug = debug;
    this.#features = featuresOf(debug.machine.cpu, debug.registers);
    const symbols = debug.machine.cpu instanceof Ia32 ? [...debug.symbols] : [];
    this.#functions = new Set(symbols.filter(({ kind }) => kind !== 'data').map(({ address }) => address));
    if (symbols.length > 0) this.#symbols = new FileTransfer(symbolFile(symbols));
    this.registers = this.#features.flatMap(({ registers }) => registers);
  }

  /** The answer to a packet; empty, as the protocol wants it, to one that it does not know. */
  of(packet: string): string {
    const [letter = '', rest] = [packet[0], packet.slice(1)];
    switch (letter) {
      case 'g':
        return this.registers.map(digitsOf).join('');
      case 'p':
        return this.#registerOf(rest);
      case 'm':
        return this.#bytes(rest, hexOf);
      case 'x':
        return this.#bytes(rest, (bytes) => `b${textOf(bytes)}`);
      case 'H':
        return isThread(rest.slice(1)) ? 'OK' : NOT_UNDERSTOOD;
      case 'T':
        return isThread(rest) ? 'OK' : NOT_UNDERSTOOD;
      case 'q':
        return this.#query(rest);
      case 'v':
        return rest.startsWith('File:') ? (this.#symbols?.of(rest.slice(5)) ?? '') : '';
    }
    return REFUSED[letter] ?? '';
  }

  register(number: number): bigint | undefined {
    const value = this.registers[number]?.read?.();
    return value === undefined ? undefined : BigInt(value);
  }

  memory(address: number, size: number): bigint | undefined {
    return this.#debug.memory.read(address, size);
  }

  isFunction(address: number): boolean {
    return this.#functions.has(address);
  }

  #registerOf(text: string): string {
    const register = this.registers[numberOf(text) ?? -1];
    return register ? digitsOf(register) : NOT_UNDERSTOOD;
  }

  #bytes(text: string, show: (bytes: Uint8Array) => string): string {
    const [address, length] = numbersOf(text, 2) ?? [];
    if (length === undefined) return NOT_UNDERSTOOD;
    if (length === 0) return show(new Uint8Array());
    if (address! >= ADDRESSES) return NO_MEMORY;
    const bytes = this.#debug.memory.bytes(address!, Math.min(length, PACKET_SIZE / 2 - 1));
    return bytes.length === 0 ? NO_MEMORY : show(bytes);
  }

  #query(query: string): string {
    switch (query.split(/[:,]/)[0]) {
      case 'C':
        return `QC${THREAD}`;
      case 'fThreadInfo':
        return `m${THREAD}`;
      case 'sThreadInfo':
        return 'l';
      case 'ThreadExtraInfo':
        return isThread(query.split(',')[1] ?? '') ? hexOfText(`CPU 0, ${this.#mode()}`) : NOT_UNDERSTOOD;
      // gdb leaves a process that it has attached to, and would end another.
      case 'Attached':
        return '1';
      case 'Symbol':
        return 'OK';
      case 'Xfer':
        return this.#transfer(query);
    }
    return '';
  }

  #transfer(query: string): string {
    const [, object, , annex, span] = query.split(':');
    const [offset, length] = numbersOf(span ?? '', 2) ?? [];
    const document = this.#document(object, annex);
    // No such annex; an empty answer: no such object.
    if (document === undefined) return object === 'features' ? 'E00' : '';
    if (length === undefined) return NOT_UNDERSTOOD;
    const part = document.slice(offset, offset! + Math.min(length, PACKET_SIZE / 2));
    return (offset! + part.length < document.length ? 'm' : 'l') + part;
  }

  #document(object: string | undefined, annex: string | undefined): string | undefined {
    const { cpu, memory } = this.#debug.machine;
    const { lineEnd } = this.#debug.registers;
    if (object === 'exec-file') return this.#symbols && SYMBOL_FILE;
    if (object === 'features' && annex === 'target.xml') {
      return targetXml(this.#architecture, this.#features);
    }
    if (object !== 'memory-map') return undefined;
    return memoryMapXml(memory, !(cpu instanceof Ia32) || (cpu.s.cr0 & Cr0.PG) === 0, lineEnd);
  }

  /**
   * Where gdb gets a file of a 386 it takes the target for one, too, whatever it says; but only of an i8086 lets it
   * its user say `set architecture i8086`, and see 16-bit code as what it is.
   */
  get #architecture(): 'i386' | 'i8086' {
    return this.#debug.machine.cpu instanceof Ia32 && !this.hasSymbols ? 'i386' : 'i8086';
  }

  /** Is there a file with symbols for gdb? */
  get hasSymbols(): boolean {
    return this.#symbols !== undefined;
  }

  /** The processor's mode, as `info threads` shows it. */
  #mode(): string {
    const { cpu } = this.#debug.machine;
    if (!(cpu instanceof Ia32)) return '8086';
    const { s } = cpu;
    const halted = s.halted ? ', halted' : '';
    if (!(s.cr0 & Cr0.PE)) return `real mode${halted}`;
    if (s.eflags & Flag.VM) return `virtual-8086 mode${halted}`;
    const paging = s.cr0 & Cr0.PG ? ', paging' : '';
    return `${this.#debug.bitness}-bit protected mode, ring ${s.cpl}${paging}${halted}`;
  }
}

/** Unavailable digits for a register that this CPU has not. */
function digitsOf(register: GdbRegister): string {
  const bytes = bytesOf(register);
  return bytes ? hexOf(bytes) : 'xx'.repeat(register.bits / 8);
}

/** All threads, any, or the only one. */
const isThread = (text: string): boolean => /^(-1|0*[01])$/.test(text);
