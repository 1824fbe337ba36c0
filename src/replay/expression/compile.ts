/** Expressions as functions: every name is looked up once, so that evaluating only reads. */
import type { Machine } from '../../core/machine.js';
import type { Range } from '../../core/memory.js';
import type { GuestMemory } from '../guest/guestMemory.js';
import type { Registers } from '../guest/registers.js';
import { screenLines } from '../guest/screen.js';
import type { Named, Names } from './names.js';
import { BINARY, CASTS, truth, UNARY, type UnaryOperator, type Value } from './operators.js';
import type { MemoryNode, Node } from './parse.js';
import { ExpressionError } from './tokens.js';

/** Where video memory, ROMs and the RAM in their shadow change places. */
const ADAPTERS = { from: 0xa0000, to: 0x100000 };

export interface Scope {
  readonly machine: Machine;
  readonly memory: GuestMemory;
  readonly registers: Registers;
  readonly names: Names;
  /** Has the guest sent this text on its serial console so far? Undefined: nobody has listened. */
  readonly sent: ((text: string) => boolean) | undefined;
}

/** A part of an expression that the guest has a value for: a register, a field, memory. */
export interface Operand {
  /** As written. */
  readonly text: string;
  readonly read: () => Value;
  /** Of memory: where, linear or physical. */
  readonly address?: () => Value;
  readonly length?: number;
  readonly physical?: boolean;
}

/** Of an operand in memory. */
interface Where {
  readonly address: () => Value;
  readonly length: number;
  readonly physical: boolean;
}

export class Compilation {
  /** In the order in which they are written. */
  readonly operands: Operand[] = [];
  /** The memory at fixed places that it speaks of. */
  readonly #fixed: Range[] = [];
  /** It asks what the guest has sent. */
  asksForSent = false;
  /** It speaks of something else, too. */
  #other = false;
  readonly #source: string;
  readonly #scope: Scope;

  constructor(source: string, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  /** Where the value is, if it is all at fixed places in RAM; physical addresses, while paging is off. */
  get ranges(): readonly Range[] | undefined {
    return this.#other ? undefined : this.#fixed;
  }

  /** Throws an `ExpressionError` at a name that means nothing. */
  compile(node: Node): Named {
    switch (node.kind) {
      case 'number':
        return { signed: false, read: () => node.value };
      case 'name':
        return this.#name(node);
      case 'address':
        return this.#address(node);
      case 'memory':
        return this.#memory(node);
      case 'unary':
        return this.#unary(UNARY.get(node.op)!, node.operand);
      case 'cast':
        return this.#unary(CASTS.get(node.op)!, node.operand);
      case 'defined':
        return this.#defined(node.operand);
      case 'binary':
        return this.#binary(node);
      case 'both':
      case 'either':
        return this.#shortCircuit(node);
      case 'choice':
        return this.#choice(node);
      case 'has':
        return this.#has(node);
    }
  }

  #fail(at: number, what: string): never {
    throw new ExpressionError(this.#source, at, what);
  }

  #operand(node: Node, named: Named, where?: Where): Named {
    const text = this.#source.slice(node.at, node.end);
    if (!this.operands.some((known) => known.text === text)) {
      this.operands.push({ text, read: named.read, ...where });
    }
    return named;
  }

  #name(node: Node & { kind: 'name' }): Named {
    const found = this.#scope.names.find(node.name);
    if ('unknown' in found) this.#fail(node.at, found.unknown);
    if ('read' in found) {
      if (node.index) this.#fail(node.at, `"${node.name}" is no array`);
      const { address } = found;
      if (address === undefined) this.#other = true;
      else this.#at(address, 4);
      if (address === undefined) return this.#operand(node, found);
      return this.#operand(node, found, { address: () => BigInt(address), length: 4, physical: false });
    }
    this.#other = true;
    if (!node.index) this.#fail(node.at, `"${node.name}" is an array: an index is missing`);
    const { read: index } = this.#apart(node.index);
    const read = () => {
      const n = index();
      return n === undefined ? undefined : found.element(n);
    };
    return this.#operand(node, { signed: found.signed, read });
  }

  #address(node: Node & { kind: 'address' }): Named {
    const found = this.#scope.names.address(node.name);
    if (typeof found !== 'bigint') this.#fail(node.at, found.unknown);
    return { signed: false, read: () => found };
  }

  /** Bytes whose kind of memory or place in it can change without a write are not fixed. */
  #at(address: number, length: number): void {
    const end = address + length;
    const changing = end > ADAPTERS.from && address < ADAPTERS.to;
    const beyond = end > this.#scope.registers.lineEnd;
    if (changing || beyond) this.#other = true;
    else this.#fixed.push({ address, length });
  }

  /** A part whose own operands nobody asks for: they say where, not what. */
  #apart(node: Node): Named {
    const { length } = this.operands;
    const compiled = this.compile(node);
    this.operands.length = length;
    return compiled;
  }

  #memory(node: MemoryNode): Named {
    const { memory } = this.#scope;
    const { size, physical } = node;
    const { length } = this.#fixed;
    const other = this.#other;
    this.#other = false;
    const address = this.#addressIn(node);
    const depends = this.#other || this.#fixed.length > length || node.segment !== undefined;
    this.#other = other || depends;
    const at = depends ? undefined : address();
    if (at !== undefined) this.#at(Number(at), size);
    const read = () => {
      const at = address();
      return at === undefined ? undefined : memory.read(Number(at), size, physical);
    };
    return this.#operand(node, { signed: false, read }, { address, length: size, physical });
  }

  /** Addresses are modulo 2^32; offsets in a segment modulo what the CPU has. */
  #addressIn(node: MemoryNode): () => Value {
    const { registers } = this.#scope;
    const { read } = this.#apart(node.address);
    if (node.segment === undefined) {
      return () => {
        const at = read();
        return at === undefined ? undefined : BigInt.asUintN(32, at);
      };
    }
    const base = registers.segmentBase(node.segment);
    if (!base) this.#fail(node.at, `this CPU has no segment register ${node.segment}`);
    const mask = BigInt(registers.offsetMask);
    return () => {
      const offset = read();
      return offset === undefined ? undefined : BigInt.asUintN(32, BigInt(base()) + (offset & mask));
    };
  }

  #unary({ signed, apply }: UnaryOperator, node: Node): Named {
    const operand = this.compile(node);
    const read = () => {
      const value = operand.read();
      return value === undefined ? undefined : apply(value);
    };
    return { signed: signed(operand.signed), read };
  }

  #defined(node: Node): Named {
    const { read } = this.compile(node);
    return { signed: false, read: () => truth(read() !== undefined) };
  }

  #binary(node: Node & { kind: 'binary' }): Named {
    const { apply, signed } = BINARY.get(node.op)!;
    const left = this.compile(node.left);
    const right = this.compile(node.right);
    const withSigns = node.op === '>>' ? left.signed : left.signed || right.signed;
    const read = () => {
      const a = left.read();
      if (a === undefined) return undefined;
      const b = right.read();
      return b === undefined ? undefined : apply(a, b, withSigns);
    };
    return { signed: signed(left.signed, right.signed), read };
  }

  #shortCircuit(node: Node & { kind: 'both' | 'either' }): Named {
    const left = this.compile(node.left);
    const right = this.compile(node.right);
    const enough = node.kind === 'either';
    const read = () => {
      const a = left.read();
      if (a === undefined) return undefined;
      if ((a !== 0n) === enough) return truth(enough);
      const b = right.read();
      return b === undefined ? undefined : truth(b !== 0n);
    };
    return { signed: false, read };
  }

  #choice(node: Node & { kind: 'choice' }): Named {
    const condition = this.compile(node.condition);
    const yes = this.compile(node.yes);
    const no = this.compile(node.no);
    const read = () => {
      const holds = condition.read();
      return holds === undefined ? undefined : (holds !== 0n ? yes : no).read();
    };
    return { signed: yes.signed || no.signed, read };
  }

  #has(node: Node & { kind: 'has' }): Named {
    this.#other = true;
    const { machine, sent } = this.#scope;
    const { where, text, at } = node;
    if (where === 'screen') {
      return { signed: false, read: () => truth(screenLines(machine).join('\n').includes(text)) };
    }
    if (!sent) this.#fail(at, 'what the guest has sent is only known along a recorded run');
    this.asksForSent = true;
    return { signed: false, read: () => truth(sent(text)) };
  }
}
