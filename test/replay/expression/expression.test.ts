/**
 * Expressions: precedence against JavaScript's own parser (whose operators are C's), arithmetic against a second
 * evaluator on the trees that are printed, names and memory against the manuals, and that looking changes nothing.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ia32 } from '../../../src/core/cpu/ia32/cpu.js';
import { Cr0, Cr4, Reg, Seg, slot } from '../../../src/core/cpu/ia32/state.js';
import type { Machine } from '../../../src/core/machine.js';
import { Expression } from '../../../src/replay/expression/expression.js';
import { ExpressionError } from '../../../src/replay/expression/tokens.js';
import { Symbols } from '../../../src/replay/guest/symbols.js';
import { ready } from '../../../src/replay/ready.js';
import { StateHasher } from '../../../src/replay/stateHash.js';
import { pcMachine } from '../../support/pc.js';
import { xtMachine } from '../../support/xt.js';

let machine: Machine;
let cpu: Ia32;

beforeAll(async () => {
  await ready();
  machine = pcMachine();
  machine.powerOn();
  cpu = machine.cpu as Ia32;
});

const symbols = new Symbols([
  { name: 'counter', address: 0x5000 },
  { name: 'worker_a.additions', address: 0x5008 },
]);
const value = (text: string) => new Expression(text, machine, { symbols }).value();
const M64 = (1n << 64n) - 1n;

/** The error's message and where its caret is. */
function wrong(text: string): string {
  try {
    new Expression(text, machine, { symbols });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    expect(error.message).not.toContain('\n');
    expect(error.caret.length).toBe(error.at + 1);
    return `${error.at}: ${error.message}`;
  }
  throw new Error(`${text} is accepted`);
}

describe('operators', () => {
  /** In JavaScript, ring operations on unbounded integers agree with those modulo 2^64. */
  const RING = ['+', '-', '*', '&', '|', '^'];
  const number = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, M64), fc.constantFrom(M64, 1n << 63n, 1n << 32n));
  const term = fc.tuple(fc.constantFrom('', '', '-', '~', '~-', '- -'), number);

  it('have the precedence that JavaScript, and so C, gives them', () => {
    const chain = fc.array(fc.tuple(fc.constantFrom(...RING), term), { maxLength: 12 });
    fc.assert(
      fc.property(term, chain, (first, rest) => {
        const write = ([sign, n]: [string, bigint], suffix: string) => `${sign}${n}${suffix}`;
        const text = (suffix: string) =>
          write(first, suffix) + rest.map(([op, t]) => ` ${op} ${write(t, suffix)}`).join('');
        const expected = new Function(`return ${text('n')}`)() as bigint;
        expect(value(text(''))).toBe(BigInt.asUintN(64, expected));
      }),
    );
  });

  it('compare, combine and choose with the precedence of C', () => {
    const small = fc.integer({ min: 0, max: 9 }).map(String);
    const op = fc.constantFrom(...'+ * << < > <= >= == != & ^ | && ||'.split(' '));
    const chain = fc.array(fc.tuple(op, small), { maxLength: 8 });
    fc.assert(
      fc.property(small, chain, small, small, (first, rest, yes, no) => {
        const text = first + rest.map(([o, n]) => ` ${o} ${n}`).join('');
        // Small enough not to leave 32 bits, where JavaScript's numbers wrap.
        fc.pre(rest.filter(([o]) => o === '<<' || o === '*').length <= 2);
        const truth = new Function(`return (${text}) ? 1 : 0`)() as number;
        expect(value(`!!(${text})`)).toBe(BigInt(truth));
        const choice = new Function(`return ${text} ? ${yes} : ${no}`)() as number;
        expect(value(`${text} ? ${yes} : ${no}`)).toBe(BigInt(choice));
      }),
    );
  });

  type Tree =
    | { readonly n: bigint }
    | { readonly op: string; readonly a: Tree; readonly b: Tree }
    | { readonly cast: string; readonly a: Tree };
  const tree = fc.letrec<{ tree: Tree; leaf: Tree; node: Tree; cast: Tree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, tie('leaf'), tie('node'), tie('cast')),
    leaf: number.map((n) => ({ n })),
    node: fc
      .tuple(fc.constantFrom(...'+ - * / % << >> < <= > >= == != & ^ |'.split(' ')), tie('tree'), tie('tree'))
      .map(([op, a, b]) => ({ op, a, b })),
    cast: fc
      .tuple(fc.constantFrom('s8', 's16', 's32', 's64', 'u8', 'u16', 'u32', 'u64'), tie('tree'))
      .map(([cast, a]) => ({ cast, a })),
  })).tree;

  const print = (t: Tree): string => {
    if ('n' in t) return `0x${t.n.toString(16)}`;
    return 'cast' in t ? `${t.cast}(${print(t.a)})` : `(${print(t.a)}${t.op}${print(t.b)})`;
  };

  /** Mathematical integers of 64 bits with or without a sign; wrapping is done by hand. */
  interface Number64 {
    readonly v: bigint;
    readonly signed: boolean;
  }
  function wrap(v: bigint, bits: number, signed: boolean): bigint {
    const size = 1n << BigInt(bits);
    const rest = ((v % size) + size) % size;
    return signed && rest >= size / 2n ? rest - size : rest;
  }
  const COMPARE: Record<string, (a: bigint, b: bigint) => boolean> = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
    '==': (a, b) => a === b,
    '!=': (a, b) => a !== b,
  };
  const COMPUTE: Record<string, (a: bigint, b: bigint) => bigint | undefined> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => (b === 0n ? undefined : a / b),
    '%': (a, b) => (b === 0n ? undefined : a - (a / b) * b),
    '&': (a, b) => a & b,
    '^': (a, b) => a ^ b,
    '|': (a, b) => a | b,
  };
  function evaluate(t: Tree): Number64 | undefined {
    if ('n' in t) return { v: t.n, signed: false };
    const a = evaluate(t.a);
    if (!a) return undefined;
    if ('cast' in t) {
      const signed = t.cast.startsWith('s');
      return { v: wrap(a.v, Number(t.cast.slice(1)), signed), signed };
    }
    const b = evaluate(t.b);
    if (!b) return undefined;
    if (t.op === '<<' || t.op === '>>') return shift(t.op, a, wrap(b.v, 64, false));
    const signed = a.signed || b.signed;
    const [x, y] = [wrap(a.v, 64, signed), wrap(b.v, 64, signed)];
    if (COMPARE[t.op]) return { v: COMPARE[t.op]!(x, y) ? 1n : 0n, signed: false };
    const v = COMPUTE[t.op]!(x, y);
    return v === undefined ? undefined : { v: wrap(v, 64, signed), signed };
  }
  /** By halves and doubles. */
  function shift(op: string, a: Number64, count: bigint): Number64 {
    let v = a.v;
    for (let i = 0n; i < count && i < 64n; i++) {
      if (op === '<<') v = wrap(v * 2n, 64, a.signed);
      else v = (v - (((v % 2n) + 2n) % 2n)) / 2n;
    }
    return { v, signed: a.signed };
  }

  it('compute on 64 bits, with signs where there are any', () => {
    fc.assert(
      fc.property(tree, (t) => {
        const expected = evaluate(t);
        expect(value(print(t))).toBe(expected && wrap(expected.v, 64, false));
      }),
      { numRuns: 500 },
    );
  });

  it('do not evaluate what is not needed, and have no value where something needed has none', () => {
    expect(value('0 && 1/0')).toBe(0n);
    expect(value('1 || 1/0')).toBe(1n);
    expect(value('1/0 || 1')).toBeUndefined();
    expect(value('0 ? 1/0 : 7')).toBe(7n);
    expect(value('defined(1/0)')).toBe(0n);
    expect(value('!(1/0)')).toBeUndefined();
    expect(value('-1 < 0')).toBe(1n);
    expect(value('0xffffffffffffffff < 0')).toBe(0n);
    expect(value('s32(0xffffffff) == -1')).toBe(1n);
  });
});

describe('registers', () => {
  it('have the parts that the manual gives them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffffffff), { minLength: 8, maxLength: 8 }), (values) => {
        for (const [n, v] of values.entries()) cpu.s.gpr[slot(n)] = v;
        const [eax, ecx, edx, ebx, esp, , , edi] = values as [
          number,
          number,
          number,
          number,
          number,
          ...number[],
        ];
        expect(value('eax')).toBe(BigInt(eax!));
        expect(value('cx')).toBe(BigInt(ecx! % 65536));
        expect(value('dl')).toBe(BigInt(edx! % 256));
        expect(value('bh')).toBe(BigInt(Math.floor(ebx! / 256) % 256));
        expect(value(`sp == (esp & 0xffff) && esp == ${esp}`)).toBe(1n);
        expect(value('edi')).toBe(BigInt(edi!));
      }),
    );
  });

  it('are found by name: flags, segments, control', () => {
    // 0xa97: SF TF IF OF CF and PF, with AF set and ZF, DF clear.
    cpu.setFlags(0xa97 | (3 << 12));
    const names = ['cf', 'pf', 'af', 'zf', 'sf', 'tf', 'if', 'df', 'of', 'iopl'];
    expect(names.map(value)).toEqual([1n, 1n, 1n, 0n, 1n, 0n, 1n, 0n, 1n, 3n]);
    expect(value('eflags & 0xffff')).toBe(0x3a97n);
    cpu.reset();
    expect(['cs', 'eip', 'pc', 'ds', 'cr0', 'cpl'].map(value)).toEqual([
      0xf000n,
      0xfff0n,
      0xfffffff0n,
      0n,
      0x60000010n,
      0n,
    ]);
    expect(value('clock')).toBe(BigInt(machine.cpu.clock));
    expect(value('cpu.limit[1]')).toBe(0xffffn);
  });

  it('of the 8086 have its own names', () => {
    const xt = xtMachine();
    xt.powerOn();
    const ask = (text: string) => new Expression(text, xt).value();
    expect(['cs', 'ip', 'pc', 'if'].map(ask)).toEqual([0xffffn, 0n, 0xffff0n, 0n]);
    // The reset vector is a far jump.
    expect(ask('byte[cs:ip]')).toBe(0xean);
    expect(ask('byte[cs:ip + 0x10000]')).toBe(0xean);
    expect(() => new Expression('eax', xt)).toThrow('no register, symbol or device field');
    expect(() => new Expression('[fs:0]', xt)).toThrow('no segment register fs');
  });
});

describe('memory', () => {
  const bytes = [0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88];

  it('is read little-endian, in four sizes, also across pages', () => {
    for (const at of [0x5000, 0x5ffd, 0x5ffa]) {
      for (const [i, byte] of bytes.entries()) machine.memory.write(at + i, byte, 1);
      const read = (size: string) => value(`${size}[${at}]`);
      expect(['byte', 'word', '', 'dword', 'qword', 'phys word', 'phys'].map(read)).toEqual([
        0x11n,
        0x2211n,
        0x44332211n,
        0x44332211n,
        0x8877665544332211n,
        0x2211n,
        0x44332211n,
      ]);
    }
  });

  it('has symbols, by value and by address', () => {
    machine.memory.write(0x5000, 41, 4);
    machine.memory.write(0x5008, 42, 4);
    expect(value('counter < worker_a.additions')).toBe(1n);
    expect(value('[&counter + 8] == worker_a.additions && &worker_a.additions == 0x5008')).toBe(1n);
  });

  it('has no value where there is none, nor where reading would touch a device', () => {
    expect(value('[0x3000000]')).toBeUndefined();
    expect(value('byte[0xb8000]')).toBeUndefined();
    expect(new Expression('[0x3000000] == 0 || 1', machine).holds()).toBe(false);
  });

  it('is read through paging as the processor would, without a trace of it', () => {
    const m = pcMachine();
    m.powerOn();
    const { s } = m.cpu as Ia32;
    const poke = (at: number, v: number) => m.memory.write(at, v, 4);
    // Page directory at 10000h: linear 0 by a table at 11000h, linear 400000h a large page at 0.
    poke(0x10000, 0x11000 | 1);
    poke(0x10004, 0 | 0x81);
    poke(0x11000 + 4 * 5, 0x20000 | 1);
    poke(0x11000 + 4 * 6, 0x30000);
    poke(0x20ffc, 0xcafe);
    s.cr3 = 0x10000;
    s.cr4 = Cr4.PSE;
    s.cr0 |= Cr0.PG | Cr0.PE;
    s.base[Seg.ss] = 0x1000;
    s.gpr[slot(Reg.esp)] = 0x4ffc;
    m.cpu.dropCaches();
    const before = new StateHasher(m).hash();
    const ask = (text: string) => new Expression(text, m).value();
    expect(ask('[0x5ffc]')).toBe(0xcafen);
    expect(ask('[ss:esp]')).toBe(0xcafen);
    expect(ask('[0x420ffc]')).toBe(0xcafen);
    expect(ask('phys[0x20ffc]')).toBe(0xcafen);
    expect(ask('[0x6000]')).toBeUndefined();
    expect(ask('[0x5ffe]')).toBeUndefined();
    expect(ask('[0x900000]')).toBeUndefined();
    s.cr4 = 0;
    expect(ask('[0x420ffc]')).toBeUndefined();
    s.cr4 = Cr4.PSE;
    expect(new StateHasher(m).hash()).toBe(before);
    expect(m.memory.read(0x10000, 4)).toBe(0x11001);
    expect(m.memory.read(0x11000 + 20, 4)).toBe(0x20001);
  });
});

describe('devices', () => {
  it('have their fields by the names of their layouts', () => {
    expect(value('pic1.imr')).toBe(BigInt(machine.io.read(0x21, 1)));
    machine.io.write(0x3fb, 0x1b, 1);
    expect(value('com1.lcr')).toBe(0x1bn);
    expect(value('rtc.cmos[0x0f] == rtc.cmos[15]')).toBe(1n);
    expect(value('rtc.cmos[128]')).toBeUndefined();
    expect(value('system_control.a')).toBeTypeOf('bigint');
  });
});

describe('errors', () => {
  it.each([
    ['', '0: an expression is missing, at column 1'],
    ['eax +', '5: a value was expected instead of the end, at column 6'],
    ['eax = 1', '4: to compare is written ==, at column 5'],
    ['(eax', '4: ")" was expected instead of the end, at column 5'],
    ['eax ebx', '4: an operator was expected before "ebx", at column 5'],
    [
      '1 + cuonter',
      '4: no register, symbol or device field is called "cuonter"; did you mean "counter"?, at column 5',
    ],
    ['com1.lrc', '0: "com1" has no field "lrc"; did you mean "lcr"?, at column 1'],
    ['&countre', '0: no symbol is called "countre"; did you mean "counter"?, at column 1'],
    ['08x', '0: "08x" is no number; there are 12, 0x1f, 1fh and 0b101, at column 1'],
    ['0x10000000000000000', '0: the number has more than 64 bits, at column 1'],
    ['f(1)', '0: "f" is no function; there are s8, u8, s16, u16, s32, u32, s64, u64, defined, at column 1'],
    ['rtc.cmos', '0: "rtc.cmos" is an array: an index is missing, at column 1'],
    ['eax[1]', '0: "eax" is no array, at column 1'],
    ['screen has x', '11: a text in double quotes was expected, not "x", at column 12'],
    ['screen has "x', '11: a text without its closing quote, at column 12'],
    ['serial has "x"', '0: what the guest has sent is only known along a recorded run, at column 1'],
    ['eax # 1', '4: "#" has no meaning here, at column 5'],
  ])('%s', (text, expected) => {
    expect(wrong(text)).toBe(expected);
  });

  it('are all that any text leads to', () => {
    const words = 'eax counter ( ) [ ] byte phys & && ? : - 1 "x" screen has s32( ss: . com1.lcr $'.split(
      ' ',
    );
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 20 }).map((w) => w.join(' '));
    const deep = fc.tuple(fc.constantFrom('(', '-', '[', '1?'), fc.nat(5000)).map(([w, n]) => w.repeat(n));
    fc.assert(
      fc.property(fc.oneof(soup, deep, fc.string({ unit: 'binary' })), (text) => {
        try {
          new Expression(text, machine, { symbols }).holds();
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
