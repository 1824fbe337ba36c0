/**
 * `byte[0x1234] = 0x55`, `eax = eax + 1`, `pic1.imr = 0`: changes as people write them, in the language of
 * docs/expressions.md. Both sides are about the machine as it stands; addresses are looked up at once, so that
 * what is recorded needs neither symbols nor page tables.
 */
import type { Field } from '../../core/layout.js';
import type { Machine } from '../../core/machine.js';
import { type Change, ELEMENT_BITS } from '../changes.js';
import { Expression } from '../expression/expression.js';
import { type Node, parse } from '../expression/parse.js';
import { ExpressionError } from '../expression/tokens.js';
import { ChangeError } from '../guest/changeError.js';
import { GuestMemory } from '../guest/guestMemory.js';
import type { Symbols } from '../guest/symbols.js';
import { writableBits } from '../guest/writeRegister.js';

/** An equals sign that is no part of a comparison. */
const ASSIGNS = /(?<![=<>!])=(?!=)/;

/** What an assignment means here. Throws an `ExpressionError` or a `ChangeError`. */
export function changesOf(assignment: string, machine: Machine, symbols: Symbols): Change[] {
  const at = assignment.search(ASSIGNS);
  if (at < 0) throw new ExpressionError(assignment, assignment.length, '"=" and a value are missing');
  const left = assignment.slice(0, at).trim();
  const value = evaluated(assignment.slice(at + 1).trim(), machine, symbols);
  return new Assignment(left, machine, symbols).changes(value);
}

function evaluated(source: string, machine: Machine, symbols: Symbols): bigint {
  const value = new Expression(source, machine, { symbols }).value();
  if (value === undefined) throw new ChangeError(`"${source}" has no value here`);
  return value;
}

class Assignment {
  readonly #source: string;
  readonly #machine: Machine;
  readonly #symbols: Symbols;

  constructor(source: string, machine: Machine, symbols: Symbols) {
    this.#source = source;
    this.#machine = machine;
    this.#symbols = symbols;
  }

  changes(value: bigint): Change[] {
    const node = parse(this.#source);
    const { operands } = new Expression(this.#source, this.#machine, { symbols: this.#symbols });
    const address = operands[0]?.address?.();
    if (node.kind === 'memory') return this.#memory(address, node.size, node.physical, value);
    if (node.kind !== 'name') throw new ExpressionError(this.#source, node.at, 'a value cannot be put there');
    if (operands[0]?.address) return this.#memory(address, 4, false, value);
    return [this.#isField(node.name) ? this.#field(node, value) : this.#register(node.name, value)];
  }

  #fit(value: bigint, bits: number): bigint {
    const whole = BigInt(2) ** BigInt(bits);
    const signed = BigInt.asIntN(64, value);
    const isNegative = signed < 0n && signed >= -whole / 2n;
    if (value >= whole && !isNegative)
      throw new ChangeError(`${value} is too much for ${this.#source}, which has ${bits} bits`);
    return BigInt.asUintN(bits, value);
  }

  #memory(address: bigint | undefined, size: number, physical: boolean, value: bigint): Change[] {
    if (address === undefined) throw new ChangeError(`the address in ${this.#source} has no value here`);
    const memory = new GuestMemory(this.#machine);
    const bytes = this.#fit(value, 8 * size);
    const pieces: { address: number; data: number[] }[] = [];
    for (let i = 0; i < size; i++) {
      const linear = Number(BigInt.asUintN(32, address + BigInt(i)));
      const at = physical ? linear : memory.translate(linear);
      if (at === undefined) throw new ChangeError(`no page maps linear address ${linear.toString(16)}h`);
      const last = pieces.at(-1);
      const byte = Number((bytes >> BigInt(8 * i)) & 0xffn);
      if (last && last.address + last.data.length === at) last.data.push(byte);
      else pieces.push({ address: at, data: [byte] });
    }
    return pieces.map((piece) => ({ kind: 'memory', ...piece, data: Uint8Array.from(piece.data) }));
  }

  #register(name: string, value: bigint): Change {
    const bits = writableBits(this.#machine.cpu, name);
    if (bits === undefined) throw new ChangeError(`${name} cannot be written`);
    return { kind: 'register', name, value: this.#fit(value, bits) };
  }

  #isField(name: string): boolean {
    return writableBits(this.#machine.cpu, name) === undefined && name.includes('.');
  }

  #field({ name, index: indexed }: Node & { readonly kind: 'name' }, value: bigint): Change {
    const { device, field } = this.#find(name);
    const index = indexed ? this.#index(indexed, field) : 0;
    return {
      kind: 'state',
      device,
      field: field.name,
      index,
      value: this.#fit(value, ELEMENT_BITS[field.type]),
    };
  }

  /** Names of devices have `_` for `-` in expressions. */
  #find(name: string): { readonly device: string; readonly field: Field } {
    const [prefix, wanted] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    const device = this.#machine.devices.find((d) => d.name.replaceAll('-', '_') === prefix);
    const field = device?.state.layout.fields.find((f) => f.name === wanted);
    if (!device || !field) throw new ChangeError(`${name} cannot be written: of the CPU, only its registers`);
    return { device: device.name, field };
  }

  #index(node: Node, { name, length }: Field): number {
    const index = evaluated(this.#source.slice(node.at, node.end), this.#machine, this.#symbols);
    if (index >= length) throw new ChangeError(`${name} has ${length} elements: there is no [${index}]`);
    return Number(index);
  }
}
