/**
 * Conditions of breakpoints as gdb hands them to a target: bytecode for a stack machine of 64-bit words (GDB manual,
 * appendix F, "The GDB Agent Expression Mechanism"). To evaluate them here saves a packet and, backwards, a whole
 * search for each time that a condition does not hold.
 *
 * Left out: floating point, tracing, trace state variables and printf. What cannot be evaluated counts as true: gdb
 * looks at the condition again wherever it is stopped.
 */

export interface AgentContext {
  /** By gdb's number; undefined if there is none. */
  register(number: number): bigint | undefined;
  /** Little-endian; undefined where there is no memory. */
  memory(address: number, size: number): bigint | undefined;
  /** Has gdb been told that a function begins there? */
  isFunction(address: number): boolean;
}

/** A condition that goes round in circles is not waited for. */
const MAX_STEPS = 10_000;
const MAX_STACK = 256;

type Binary = (a: bigint, b: bigint) => bigint;

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const truth = (value: boolean): bigint => (value ? 1n : 0n);
const SHIFT_MASK = 63n;

/** Of the word below the top, and the top. */
const BINARY: Readonly<Record<number, Binary>> = {
  2: (a, b) => a + b,
  3: (a, b) => a - b,
  4: (a, b) => a * b,
  5: (a, b) => signed(a) / signed(b),
  6: (a, b) => a / b,
  7: (a, b) => signed(a) % signed(b),
  8: (a, b) => a % b,
  9: (a, b) => a << (b & SHIFT_MASK),
  10: (a, b) => signed(a) >> (b & SHIFT_MASK),
  11: (a, b) => a >> (b & SHIFT_MASK),
  15: (a, b) => a & b,
  16: (a, b) => a | b,
  17: (a, b) => a ^ b,
  19: (a, b) => truth(a === b),
  20: (a, b) => truth(signed(a) < signed(b)),
  21: (a, b) => truth(a < b),
};

const UNARY: Readonly<Record<number, (a: bigint) => bigint>> = {
  14: (a) => truth(a === 0n),
  18: (a) => ~a,
};

/** Bytes that `ref8` to `ref64` read, and that follow `const8` to `const64`. */
const REFERENCE: Readonly<Record<number, number>> = { 23: 1, 24: 2, 25: 4, 26: 8 };
const CONSTANT: Readonly<Record<number, number>> = { 34: 1, 35: 2, 36: 4, 37: 8 };

const Op = {
  ext: 22,
  ifGoto: 32,
  goto: 33,
  reg: 38,
  end: 39,
  dup: 40,
  pop: 41,
  zeroExt: 42,
  swap: 43,
  pick: 50,
  rot: 51,
} as const;

/** It cannot be evaluated. */
class Unable extends Error {
  override name = 'Unable';
}

/** Is it true, or beyond what can be told here? */
export function holds(code: Uint8Array, context: AgentContext): boolean {
  try {
    return new Evaluation(code, context).run() !== 0n;
  } catch (error) {
    if (error instanceof Unable || error instanceof RangeError) return true;
    throw error;
  }
}

class Evaluation {
  readonly #code: Uint8Array;
  readonly #context: AgentContext;
  readonly #stack: bigint[] = [];
  #at = 0;
  /** The operation before. */
  #last: number = Op.end;

  constructor(code: Uint8Array, context: AgentContext) {
    this.#code = code;
    this.#context = context;
  }

  run(): bigint {
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const op = this.#operand(1);
      if (op === Op.end) return this.#pop();
      this.#step(op);
      this.#last = op;
    }
    throw new Unable();
  }

  #step(op: number): void {
    const [binary, unary, size, constant] = [BINARY[op], UNARY[op], REFERENCE[op], CONSTANT[op]];
    if (binary) {
      const b = this.#pop();
      this.#push(binary(this.#pop(), b));
    } else if (unary) this.#push(unary(this.#pop()));
    else if (size) this.#push(this.#reference(size));
    else if (constant) this.#push(this.#constant(constant));
    else this.#other(op);
  }

  /**
   * Where `&f` stands for the address of a function without debugging information, gdb 13 has the code fetch what is
   * at the address instead; it cannot be told from code that means it.
   */
  #reference(size: number): bigint | undefined {
    const address = Number(BigInt.asUintN(32, this.#pop()));
    if (this.#last in CONSTANT && this.#context.isFunction(address)) throw new Unable();
    return this.#context.memory(address, size);
  }

  #other(op: number): void {
    switch (op) {
      case Op.ext:
        return this.#push(BigInt.asIntN(this.#operand(1), this.#pop()));
      case Op.zeroExt:
        return this.#push(BigInt.asUintN(this.#operand(1), this.#pop()));
      case Op.reg:
        return this.#push(this.#context.register(this.#operand(2)));
      case Op.ifGoto: {
        const target = this.#operand(2);
        if (this.#pop() !== 0n) this.#at = target;
        return;
      }
      case Op.goto:
        this.#at = this.#operand(2);
        return;
      case Op.pop:
        this.#pop();
        return;
      case Op.dup:
        return this.#push(this.#stack.at(-1));
      case Op.pick:
        return this.#push(this.#stack.at(-1 - this.#operand(1)));
      case Op.swap:
        return this.#rotate(2);
      case Op.rot:
        return this.#rotate(3);
    }
    throw new Unable();
  }

  /** The word on top goes below the `count` - 1 others. */
  #rotate(count: number): void {
    const top = this.#pop();
    if (this.#stack.length < count - 1) throw new Unable();
    this.#stack.splice(this.#stack.length - (count - 1), 0, top);
  }

  /** Most significant byte first. */
  #operand(size: number): number {
    return Number(this.#constant(size));
  }

  #constant(size: number): bigint {
    let value = 0n;
    for (let i = 0; i < size; i++) {
      const byte = this.#code[this.#at++];
      if (byte === undefined) throw new Unable();
      value = value * 256n + BigInt(byte);
    }
    return value;
  }

  #push(value: bigint | undefined): void {
    if (value === undefined || this.#stack.length >= MAX_STACK) throw new Unable();
    this.#stack.push(BigInt.asUintN(64, value));
  }

  #pop(): bigint {
    const value = this.#stack.pop();
    if (value === undefined) throw new Unable();
    return value;
  }
}
