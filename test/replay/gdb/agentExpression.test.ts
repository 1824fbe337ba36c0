/** Bytecode of conditions: each operation against a formula, programs that gdb has made, and what is no program. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AgentContext, holds } from '../../../src/replay/gdb/agentExpression.js';

const NOTHING: AgentContext = {
  register: () => undefined,
  memory: () => undefined,
  isFunction: () => false,
};

/** `const64 value`, as a program's bytes. */
const constant = (value: bigint): number[] => {
  const bytes = Array.from({ length: 8 }, (_, i) =>
    Number((BigInt.asUintN(64, value) >> BigInt(56 - 8 * i)) & 255n),
  );
  return [0x25, ...bytes];
};
const EQUAL = 0x13;
const END = 0x27;
const run = (program: number[], context = NOTHING) => holds(Uint8Array.from(program), context);

/** Does an operation leave `result`? Asked by comparing, so that a wrong result makes it false. */
function leaves(operation: number[], result: bigint, ...operands: bigint[]): boolean {
  return run([...operands.flatMap(constant), ...operation, ...constant(result), EQUAL, END]);
}

const word = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n)),
);
const u = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Opcodes as appendix F.2 of the GDB manual lists them; operands are signed. */
const BINARY: Readonly<Record<string, readonly [number, (a: bigint, b: bigint) => bigint]>> = {
  add: [0x02, (a, b) => a + b],
  sub: [0x03, (a, b) => a - b],
  mul: [0x04, (a, b) => a * b],
  div_signed: [0x05, (a, b) => a / b],
  div_unsigned: [0x06, (a, b) => u(a) / u(b)],
  rem_signed: [0x07, (a, b) => a % b],
  rem_unsigned: [0x08, (a, b) => u(a) % u(b)],
  lsh: [0x09, (a, b) => a * 2n ** (u(b) % 64n)],
  rsh_signed: [0x0a, (a, b) => a >> (u(b) % 64n)],
  rsh_unsigned: [0x0b, (a, b) => u(a) / 2n ** (u(b) % 64n)],
  bit_and: [0x0f, (a, b) => a & b],
  bit_or: [0x10, (a, b) => a | b],
  bit_xor: [0x11, (a, b) => a ^ b],
  equal: [0x13, (a, b) => (a === b ? 1n : 0n)],
  less_signed: [0x14, (a, b) => (a < b ? 1n : 0n)],
  less_unsigned: [0x15, (a, b) => (u(a) < u(b) ? 1n : 0n)],
  swap: [0x2b, (a) => a],
};

describe('operations', () => {
  it.each(Object.entries(BINARY))('%s', (name, [opcode, formula]) => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        fc.pre(b !== 0n || !/div|rem/.test(name));
        return leaves([opcode], formula(a, b), a, b) && !leaves([opcode], formula(a, b) + 1n, a, b);
      }),
    );
  });

  it('of one operand, and of widths', () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 1, max: 64 }), (a, bits) => {
        expect(leaves([0x12], -a - 1n, a)).toBe(true);
        expect(leaves([0x0e], a === 0n ? 1n : 0n, a)).toBe(true);
        const low = u(a) % 2n ** BigInt(bits);
        expect(leaves([0x2a, bits], low, a)).toBe(true);
        const negative = low >= 2n ** BigInt(bits - 1);
        expect(leaves([0x16, bits], negative ? low - 2n ** BigInt(bits) : low, a)).toBe(true);
      }),
    );
  });

  it('of the stack: dup, pop, pick, rot', () => {
    expect(leaves([0x28, 0x02], 14n, 7n)).toBe(true);
    expect(leaves([0x29], 1n, 1n, 2n)).toBe(true);
    expect(leaves([0x32, 2], 1n, 1n, 2n, 3n)).toBe(true);
    // rot: a b c becomes c a b.
    expect(leaves([0x33], 2n, 1n, 2n, 3n)).toBe(true);
    expect(leaves([0x33, 0x29], 1n, 1n, 2n, 3n)).toBe(true);
    expect(leaves([0x33, 0x29, 0x29], 3n, 1n, 2n, 3n)).toBe(true);
  });

  it('constants of all sizes, most significant byte first', () => {
    for (const [opcode, size] of [
      [0x22, 1],
      [0x23, 2],
      [0x24, 4],
      [0x25, 8],
    ] as const) {
      const bytes = [0x81, 2, 3, 4, 5, 6, 7, 8].slice(0, size);
      const value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
      expect(leaves([opcode, ...bytes], value)).toBe(true);
    }
  });

  it('jumps', () => {
    // const8 c; if_goto 8; const8 0; end; (8) const8 1; end
    const choose = (c: number) => [0x22, c, 0x20, 0, 8, 0x22, 0, END, 0x22, 1, END];
    expect(run(choose(5))).toBe(true);
    expect(run(choose(0))).toBe(false);
    expect(run([0x21, 0, 6, 0x22, 1, END, 0x22, 0, END])).toBe(false);
  });

  it('registers and memory', () => {
    const context: AgentContext = {
      ...NOTHING,
      register: (n) => (n === 0x0103 ? 0x80000000n : undefined),
      memory: (address, size) => (address === 0x1003ec ? 2n ** BigInt(8 * size) - 2n : undefined),
    };
    const is = (program: number[], value: bigint) =>
      run([...program, ...constant(value), EQUAL, END], context);
    expect(is([0x26, 1, 3], 0x80000000n)).toBe(true);
    for (const [opcode, size] of [
      [0x17, 1],
      [0x18, 2],
      [0x19, 4],
      [0x1a, 8],
    ] as const) {
      expect(is([...constant(0x1003ecn), opcode], 2n ** BigInt(8 * size) - 2n)).toBe(true);
      // An address has 32 bits.
      expect(is([...constant(0x1003ecn - 2n ** 32n), opcode], 2n ** BigInt(8 * size) - 2n)).toBe(true);
    }
  });
});

describe('what cannot be told counts as true', () => {
  it.each([
    ['nothing at all', []],
    ['no end', [0x22, 0]],
    ['an empty stack', [END]],
    ['an operation on nothing', [0x22, 0, 0x02, 0x22, 0, END]],
    ['no such operation', [0xff, 0x22, 0, END]],
    ['floating point', [0x22, 0, 0x01, 0x22, 0, END]],
    ['division by zero', [0x22, 1, 0x22, 0, 0x05, END]],
    ['memory that is not there', [0x22, 1, 0x19, 0x22, 0, END]],
    ['a register that is not there', [0x26, 0, 9, 0x22, 0, END]],
    ['a constant that is cut off', [0x25, 1, 2]],
    ['rot of two', [0x22, 0, 0x22, 0, 0x33, 0x22, 0, END]],
    ['a circle', [0x21, 0, 0]],
    ['a circle that fills the stack', [0x22, 0, 0x21, 0, 0]],
  ] as [string, number[]][])('%s', (_, program) => {
    expect(run(program)).toBe(true);
  });

  it('memory at a function, which gdb 13 says where it means the address', () => {
    const context: AgentContext = {
      ...NOTHING,
      memory: () => 0n,
      isFunction: (address) => address === 0x1000,
    };
    const at = (address: bigint) => run([...constant(address), 0x19, END], context);
    expect([at(0x1000n), at(0x1004n)]).toEqual([true, false]);
    // What was computed is meant.
    expect(run([...constant(0x0fffn), 0x22, 1, 0x02, 0x19, END], context)).toBe(false);
  });

  it('and nothing else happens, whatever the program', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (program) => {
        expect(typeof holds(program, NOTHING)).toBe('boolean');
      }),
    );
  });
});
