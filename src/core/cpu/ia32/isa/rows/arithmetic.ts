/** Rows of integer arithmetic, logic, shifts and bit operations. */
import { Reg } from '../../state.js';
import * as ir from '../ir.js';
import { hex, type Row, row, type Shape } from '../row.js';
import * as arith from '../sem/arithmetic.js';
import * as bits from '../sem/bits.js';
import * as decimal from '../sem/decimal.js';
import { aad, aam, divide, imul, multiply } from '../sem/multiply.js';
import * as shift from '../sem/shift.js';
import type { Meaning } from '../shapes.js';
import { assign, test, update } from '../shapes.js';

/** The eight operations of opcodes 00..3F and of group 1. CMP writes nothing. */
const ALU: readonly (readonly [string, Meaning])[] = [
  ['ADD', arith.add],
  ['OR', arith.or],
  ['ADC', arith.adc],
  ['SBB', arith.sbb],
  ['AND', arith.and],
  ['SUB', arith.sub],
  ['XOR', arith.xor],
  ['CMP', arith.sub],
];

function aluRows(): Row[] {
  return ALU.flatMap(([name, meaning], i) => {
    const compares = name === 'CMP';
    const shape = compares ? test(meaning) : update(meaning);
    const lock = { lock: !compares };
    const toMemory = [1, compares ? 2 : 3] as const;
    const at = (n: number) => hex(i * 8 + n);
    return [
      row(name, at(0), 'Eb,Gb', shape, toMemory, lock),
      row(name, at(1), 'Ev,Gv', shape, toMemory, lock),
      row(name, at(2), 'Gb,Eb', shape, [1, 2]),
      row(name, at(3), 'Gv,Ev', shape, [1, 2]),
      row(name, at(4), 'AL,Ib', shape, 1),
      row(name, at(5), 'eAX,Iz', shape, 1),
      row(name, `80 /${i}`, 'Eb,Ib', shape, toMemory, lock),
      row(name, `81 /${i}`, 'Ev,Iz', shape, toMemory, lock),
      row(name, `82 /${i}`, 'Eb,Ib', shape, toMemory, lock),
      row(name, `83 /${i}`, 'Ev,Ibs', shape, toMemory, lock),
    ];
  });
}

/** Group 2; /6 is SHL again, undocumented until the SDM of 2018. Clocks: by 1, by immediate, by CL. */
const SHIFTS: readonly (readonly [string, Meaning, boolean])[] = [
  ['ROL', shift.rol, false],
  ['ROR', shift.ror, false],
  ['RCL', shift.rcl, true],
  ['RCR', shift.rcr, true],
  ['SHL', shift.shl, false],
  ['SHR', shift.shr, false],
  ['SHL', shift.shl, false],
  ['SAR', shift.sar, false],
];

function shiftRows(): Row[] {
  return SHIFTS.flatMap(([name, meaning, carry], i) => {
    const shape = update(meaning);
    const many = carry ? ([8, 9] as const) : ([3, 4] as const);
    return [
      row(name, `C0 /${i}`, 'Eb,Ib', shape, carry ? many : [2, 4]),
      row(name, `C1 /${i}`, 'Ev,Ib', shape, carry ? many : [2, 4]),
      row(name, `D0 /${i}`, 'Eb,1', shape, [3, 4]),
      row(name, `D1 /${i}`, 'Ev,1', shape, [3, 4]),
      row(name, `D2 /${i}`, 'Eb,CL', shape, many),
      row(name, `D3 /${i}`, 'Ev,CL', shape, many),
    ];
  });
}

function unaryRows(): Row[] {
  const group3 = (opcode: string, size: string): Row[] => {
    const e = `E${size}`;
    const [mul, div, idiv] = size === 'b' ? [13, 16, 19] : [18, 40, 43];
    return [
      row('TEST', `${opcode} /0`, `${e},I${size === 'b' ? 'b' : 'z'}`, test(arith.and), [1, 2]),
      row('TEST', `${opcode} /1`, `${e},I${size === 'b' ? 'b' : 'z'}`, test(arith.and), [1, 2]),
      row('NOT', `${opcode} /2`, e, update(arith.not), [1, 3], { lock: true }),
      row('NEG', `${opcode} /3`, e, update(arith.neg), [1, 3], { lock: true }),
      row('MUL', `${opcode} /4`, e, multiply(false), mul),
      row('IMUL', `${opcode} /5`, e, multiply(true), mul),
      row('DIV', `${opcode} /6`, e, divide(false), div),
      row('IDIV', `${opcode} /7`, e, divide(true), [idiv, idiv + 1]),
    ];
  };
  return [
    ...group3('F6', 'b'),
    ...group3('F7', 'v'),
    row('INC', '40+', 'Zv', update(arith.inc), 1),
    row('DEC', '48+', 'Zv', update(arith.dec), 1),
    row('INC', 'FE /0', 'Eb', update(arith.inc), [1, 3], { lock: true }),
    row('DEC', 'FE /1', 'Eb', update(arith.dec), [1, 3], { lock: true }),
    row('INC', 'FF /0', 'Ev', update(arith.inc), [1, 3], { lock: true }),
    row('DEC', 'FF /1', 'Ev', update(arith.dec), [1, 3], { lock: true }),
  ];
}

/** A bit string in memory: the register's higher bits, signed, move the address by whole operands. */
const bitInMemory =
  (meaning: Meaning, writes: boolean): Shape =>
  (b, [e, g]) => {
    const index = b.let(g!.read());
    if (b.form === 'reg') {
      const r = meaning(b.let, e!.read(), index);
      if (writes) e!.write(b.let(r.value));
      return b.flags(r.flags!);
    }
    const bytes = e!.w === 16 ? 1 : 2;
    const step = ir.shl(ir.sar(ir.sext(index, 32), e!.w === 16 ? 4 : 5), bytes);
    const moved = ir.add(b.ea(), step);
    const off = b.let(b.form === 'm16' ? ir.and(moved, 0xffff) : moved);
    const r = meaning(b.let, b.load(b.seg, off, e!.w, writes ? 'rw' : 'r'), index);
    if (writes) b.store(b.seg, off, b.let(r.value));
    return b.flags(r.flags!);
  };

function bitRows(): Row[] {
  const one = (name: string, meaning: Meaning, register: string, digit: number): Row[] => {
    const writes = name !== 'BT';
    const lock = { lock: writes };
    return [
      row(name, register, 'Ev,Gv', bitInMemory(meaning, writes), writes ? [6, 13] : [3, 8], lock),
      row(
        name,
        `0F BA /${digit}`,
        'Ev,Ib',
        writes ? update(meaning) : test(meaning),
        writes ? [6, 8] : 3,
        lock,
      ),
    ];
  };
  return [
    ...one('BT', bits.bt, '0F A3', 4),
    ...one('BTS', bits.bts, '0F AB', 5),
    ...one('BTR', bits.btr, '0F B3', 6),
    ...one('BTC', bits.btc, '0F BB', 7),
    row('BSF', '0F BC', 'Gv,Ev', update(bits.bsf), [6, 7]),
    row('BSR', '0F BD', 'Gv,Ev', update(bits.bsr), [6, 7]),
    row('BSWAP', '0F C8+', 'Zv', update(bits.bswap), 1, { since: 4 }),
  ];
}

/** CMPXCHG: the accumulator decides; the destination is written either way, as the bus sees it. */
const cmpxchg: Shape = (b, [e, g]) => {
  const old = b.let(e!.read('rw'));
  const accumulator = b.let(b.reg(Reg.eax, e!.w));
  const compared = arith.sub(b.let, accumulator, old);
  const equal = b.let(ir.eq(accumulator, old));
  e!.write(b.let(ir.select(equal, g!.read(), old)));
  b.when(ir.isZero(equal), () => b.setReg(Reg.eax, old));
  b.flags(compared.flags!);
};

const xadd: Shape = (b, [e, g]) => {
  const old = b.let(e!.read('rw'));
  const { value, flags } = arith.add(b.let, old, g!.read());
  // Memory first, for it can fault; for XADD r,r the sum must be written last.
  if (b.form !== 'reg') e!.write(value);
  g!.write(old);
  if (b.form === 'reg') e!.write(value);
  b.flags(flags!);
};

/** EDX:EAX against 8 bytes in memory; only ZF changes. */
const cmpxchg8b: Shape = (b) => {
  const upper = b.let(ir.add(b.ea(), 4));
  const low = b.load(b.seg, b.ea(), 32, 'rw');
  const high = b.load(b.seg, upper, 32, 'rw');
  const [eax, edx] = [b.let(b.reg(Reg.eax, 32)), b.let(b.reg(Reg.edx, 32))];
  const zf = b.let(ir.and(ir.eq(low, eax), ir.eq(high, edx)));
  b.store(b.seg, b.ea(), b.let(ir.select(zf, b.reg(Reg.ebx, 32), low)));
  b.store(b.seg, upper, b.let(ir.select(zf, b.reg(Reg.ecx, 32), high)));
  b.when(ir.isZero(zf), () => {
    b.setReg(Reg.eax, low);
    b.setReg(Reg.edx, high);
  });
  b.flags({ zf });
};

export const ARITHMETIC_ROWS: readonly Row[] = [
  ...aluRows(),
  ...shiftRows(),
  ...unaryRows(),
  ...bitRows(),
  row('TEST', '84', 'Eb,Gb', test(arith.and), [1, 2]),
  row('TEST', '85', 'Ev,Gv', test(arith.and), [1, 2]),
  row('TEST', 'A8', 'AL,Ib', test(arith.and), 1),
  row('TEST', 'A9', 'eAX,Iz', test(arith.and), 1),
  row('IMUL', '69', 'Gv,Ev,Iz', assign(imul), 18),
  row('IMUL', '6B', 'Gv,Ev,Ibs', assign(imul), 18),
  row('IMUL', '0F AF', 'Gv,Ev', update(imul), 18),
  row('SHLD', '0F A4', 'Ev,Gv,Ib', update(shift.shld), [2, 3]),
  row('SHLD', '0F A5', 'Ev,Gv,CL', update(shift.shld), [3, 4]),
  row('SHRD', '0F AC', 'Ev,Gv,Ib', update(shift.shrd), [2, 3]),
  row('SHRD', '0F AD', 'Ev,Gv,CL', update(shift.shrd), [3, 4]),
  row('CMPXCHG', '0F B0', 'Eb,Gb', cmpxchg, [6, 8], { since: 4, lock: true }),
  row('CMPXCHG', '0F B1', 'Ev,Gv', cmpxchg, [6, 8], { since: 4, lock: true }),
  row('XADD', '0F C0', 'Eb,Gb', xadd, [3, 4], { since: 4, lock: true }),
  row('XADD', '0F C1', 'Ev,Gv', xadd, [3, 4], { since: 4, lock: true }),
  row('CMPXCHG8B', '0F C7 /1 m', 'M', cmpxchg8b, 10, { since: 5, lock: true }),
  row('DAA', '27', '', decimal.daa, 2),
  row('DAS', '2F', '', decimal.das, 2),
  row('AAA', '37', '', decimal.aaa, 3),
  row('AAS', '3F', '', decimal.aas, 3),
  row('AAM', 'D4', 'Ib', aam, 15),
  row('AAD', 'D5', 'Ib', aad, 14),
];
