/**
 * Questions about a guest's state, in the language of docs/expressions.md: parsed once, asked often. Asking
 * changes nothing: not the machine, not a device, no bit of a page table.
 */
import type { Machine } from '../../core/machine.js';
import type { Range } from '../../core/memory.js';
import { GuestMemory } from '../guest/guestMemory.js';
import { registersOf } from '../guest/registers.js';
import { Symbols } from '../guest/symbols.js';
import { Compilation, type Operand } from './compile.js';
import { Names } from './names.js';
import type { Value } from './operators.js';
import { parse } from './parse.js';

export interface ExpressionOptions {
  readonly symbols?: Symbols;
  /** Has the guest sent this text on its serial console so far? */
  readonly sent?: (text: string) => boolean;
}

export class Expression {
  readonly source: string;
  /** The registers, fields and places in memory that it speaks of. */
  readonly operands: readonly Operand[];
  /**
   * If its value follows from these bytes alone, while paging is off: which. Addresses are physical. Undefined if
   * it depends on anything else.
   */
  readonly ranges: readonly Range[] | undefined;
  /** It asks what the guest has sent so far. */
  readonly asksForSent: boolean;
  readonly #read: () => Value;

  /** Throws an `ExpressionError`. It is about this machine, wherever it stands when it is asked. */
  constructor(source: string, machine: Machine, options: ExpressionOptions = {}) {
    this.source = source;
    const memory = new GuestMemory(machine);
    const registers = registersOf(machine.cpu);
    const names = new Names(machine, registers, options.symbols ?? new Symbols(), memory);
    const compilation = new Compilation(source, { machine, memory, registers, names, sent: options.sent });
    this.#read = compilation.compile(parse(source)).read;
    this.operands = compilation.operands;
    this.ranges = compilation.ranges;
    this.asksForSent = compilation.asksForSent;
  }

  /** If it is nothing but a place in memory that has an address here: which. Linear unless `physical`. */
  location(): (Range & { readonly physical: boolean }) | undefined {
    const operand = this.operands.find(({ text }) => text === this.source.trim());
    const address = operand?.address?.();
    if (address === undefined) return undefined;
    return { address: Number(address), length: operand!.length!, physical: operand!.physical! };
  }

  /** Unsigned 64 bits; undefined where it has no value. */
  value(): bigint | undefined {
    return this.#read();
  }

  /** What has no value is not true. */
  holds(): boolean {
    const value = this.#read();
    return value !== undefined && value !== 0n;
  }
}
