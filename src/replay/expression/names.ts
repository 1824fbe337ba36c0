/**
 * What a name in an expression stands for, in this order: a register, `clock` and `retired`, a symbol (the
 * dword there), a field of a device's state. Found once, when the expression is parsed.
 */
import type { Field, State } from '../../core/layout.js';
import type { Machine } from '../../core/machine.js';
import type { GuestMemory } from '../guest/guestMemory.js';
import type { Registers } from '../guest/registers.js';
import type { Symbols } from '../guest/symbols.js';
import { guess } from './guess.js';
import { unsigned, type Value } from './operators.js';

export interface Named {
  readonly signed: boolean;
  readonly read: () => Value;
  /** Of a symbol: where its dword is. */
  readonly address?: number;
}

/** The elements of an array field; undefined behind its end. */
interface NamedArray {
  readonly signed: boolean;
  readonly element: (index: bigint) => Value;
}

/** Of a name without a meaning: what to say about it. */
interface Unknown {
  readonly unknown: string;
}

export class Names {
  readonly #machine: Machine;
  readonly #registers: Registers;
  readonly #symbols: Symbols;
  readonly #memory: GuestMemory;

  constructor(machine: Machine, registers: Registers, symbols: Symbols, memory: GuestMemory) {
    this.#machine = machine;
    this.#registers = registers;
    this.#symbols = symbols;
    this.#memory = memory;
  }

  find(name: string): Named | NamedArray | Unknown {
    // As gdb's users write it.
    const register = this.#registers.all.get(name.replace(/^\$/, ''));
    if (register) return { signed: false, read: () => BigInt(register()) };
    const { cpu } = this.#machine;
    if (name === 'clock') return { signed: false, read: () => BigInt(cpu.clock) };
    if (name === 'retired') return { signed: false, read: () => BigInt(cpu.retired) };
    const address = this.#symbols.address(name);
    if (address !== undefined) return { signed: false, read: () => this.#memory.read(address, 4), address };
    return this.#fieldOf(name) ?? { unknown: this.#nothing(name) };
  }

  address(name: string): bigint | Unknown {
    const address = this.#symbols.address(name);
    if (address !== undefined) return BigInt(address);
    return { unknown: `no symbol is called "${name}"${guess(name, [...this.#symbols.names])}` };
  }

  /** Names of devices have `_` for `-` here. */
  #parts(): [string, State][] {
    const { cpu, devices } = this.#machine;
    return [
      ['cpu', cpu.state],
      ...devices.map((d): [string, State] => [d.name.replaceAll('-', '_'), d.state]),
    ];
  }

  #fieldOf(name: string): Named | NamedArray | Unknown | undefined {
    const dot = name.indexOf('.');
    const state = this.#parts().find(([device]) => device === name.slice(0, dot))?.[1];
    if (dot < 0 || !state) return undefined;
    const wanted = name.slice(dot + 1);
    const { fields } = state.layout;
    const field = fields.find((f) => f.name === wanted);
    if (field) return field.array ? this.#array(state, field) : this.#scalar(state, field);
    const names = fields.map((f) => f.name);
    const device = name.slice(0, dot);
    const hint = guess(wanted, names) || `; it has ${names.join(', ') || 'none'}`;
    return { unknown: `"${device}" has no field "${wanted}"${hint}` };
  }

  #scalar(state: State, field: Field): Named {
    const record = state as unknown as Readonly<Record<string, number | bigint>>;
    const settle = this.#settling(state);
    const read = () => {
      settle();
      return whole(record[field.name]!);
    };
    return { signed: field.type === 'i32', read };
  }

  #array(state: State, field: Field): NamedArray {
    const array = (state as unknown as Readonly<Record<string, ArrayLike<number | bigint>>>)[field.name]!;
    const settle = this.#settling(state);
    const element = (index: bigint) => {
      settle();
      return index < field.length ? whole(array[Number(index)]!) : undefined;
    };
    return { signed: field.type === 'i32', element };
  }

  /** A core may keep some of its state elsewhere while it runs. */
  #settling(state: State): () => void {
    const { cpu } = this.#machine;
    return state === cpu.state ? () => cpu.settle() : () => {};
  }

  #nothing(name: string): string {
    const known = [...this.#registers.all.keys(), 'clock', 'retired', ...this.#symbols.names];
    const fields = this.#parts().flatMap(([device, { layout }]) => {
      return layout.fields.map((f) => `${device}.${f.name}`);
    });
    return `no register, symbol or device field is called "${name}"${guess(name, [...known, ...fields])}`;
  }
}

/** A field's value; undefined of one that holds no whole number, such as the clock of an idle timer. */
function whole(value: number | bigint): Value {
  if (typeof value === 'bigint') return value;
  return Number.isSafeInteger(value) ? unsigned(BigInt(value)) : undefined;
}
