/**
 * Rows of the string instructions, alone and repeated. The source segment can be overridden, the
 * destination is always in ES. Addresses and the count are 16 or 32 bits by address size.
 */
import { Flag, Reg, Seg } from '../../state.js';
import type { Builder } from '../builder.js';
import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import type { Width } from '../ops.js';
import { hex, type Row, row, type Shape } from '../row.js';
import { sub } from '../sem/arithmetic.js';

interface StringOp {
  /** One iteration. */
  readonly body: (b: Builder, w: Width) => void;
  /** Clocks of each iteration when repeated. */
  readonly each: number;
  /** Stops on ZF (REPE, REPNE) as well as on the count. */
  readonly compares?: boolean;
  /** Touches ports. */
  readonly io?: boolean;
}

const source = (b: Builder): Value => b.let(ir.zext(b.reg(Reg.esi, b.addrsize), 32));
const destination = (b: Builder): Value => b.let(ir.zext(b.reg(Reg.edi, b.addrsize), 32));

/** Moves an index register by one element, up or down by DF. */
function advance(b: Builder, register: number, w: Width): void {
  const down = ir.and(ir.cell('eflags'), Flag.DF);
  const size = b.addrsize;
  const step = ir.select(down, ir.constant(size, -w / 8), w / 8);
  b.setReg(register, b.let(ir.add(b.reg(register, size), step)));
}

const MOVS: StringOp = {
  each: 3,
  body(b, w) {
    const v = b.load(b.seg, source(b), w);
    b.store(Seg.es, destination(b), v);
    advance(b, Reg.esi, w);
    advance(b, Reg.edi, w);
  },
};

const CMPS: StringOp = {
  each: 7,
  compares: true,
  body(b, w) {
    const x = b.load(b.seg, source(b), w);
    const y = b.load(Seg.es, destination(b), w);
    advance(b, Reg.esi, w);
    advance(b, Reg.edi, w);
    b.flags(sub(b.let, x, y).flags!);
  },
};

const STOS: StringOp = {
  each: 4,
  body(b, w) {
    b.store(Seg.es, destination(b), b.let(b.reg(Reg.eax, w)));
    advance(b, Reg.edi, w);
  },
};

const LODS: StringOp = {
  each: 4,
  body(b, w) {
    b.setReg(Reg.eax, b.load(b.seg, source(b), w));
    advance(b, Reg.esi, w);
  },
};

const SCAS: StringOp = {
  each: 5,
  compares: true,
  body(b, w) {
    const x = b.let(b.reg(Reg.eax, w));
    const y = b.load(Seg.es, destination(b), w);
    advance(b, Reg.edi, w);
    b.flags(sub(b.let, x, y).flags!);
  },
};

/** The destination is probed before the port is read, so that a page fault loses no input. */
const INS: StringOp = {
  each: 8,
  io: true,
  body(b, w) {
    const to = destination(b);
    b.load(Seg.es, to, w, 'rw');
    b.store(Seg.es, to, b.let(b.callFor(w, 'in', [b.reg(Reg.edx, 16), w / 8])));
    advance(b, Reg.edi, w);
  },
};

const OUTS: StringOp = {
  each: 5,
  io: true,
  body(b, w) {
    const v = b.load(b.seg, source(b), w);
    b.call('out', [b.reg(Reg.edx, 16), v, w / 8]);
    advance(b, Reg.esi, w);
  },
};

const shape =
  (op: StringOp, byte: boolean): Shape =>
  (b) => {
    const w = byte ? 8 : b.opsize;
    if (b.rep === 'none') {
      op.body(b, w);
      if (op.io) b.leave();
      return;
    }
    const zf = op.compares ? (b.rep === 'rep' ? 1 : 0) : undefined;
    b.repeat({ zf, clocks: op.each, leaves: op.io ?? false }, () => op.body(b, w));
  };

/** Name, byte opcode (the other size follows), operation, clocks when not repeated. */
const STRINGS: readonly (readonly [string, number, StringOp, number])[] = [
  ['INS', 0x6c, INS, 17],
  ['OUTS', 0x6e, OUTS, 17],
  ['MOVS', 0xa4, MOVS, 7],
  ['CMPS', 0xa6, CMPS, 8],
  ['STOS', 0xaa, STOS, 5],
  ['LODS', 0xac, LODS, 5],
  ['SCAS', 0xae, SCAS, 6],
];

export const STRING_ROWS: readonly Row[] = STRINGS.flatMap(([name, opcode, op, clocks]) => [
  row(name, hex(opcode), 'Yb', shape(op, true), clocks),
  row(name, hex(opcode + 1), 'Yv', shape(op, false), clocks),
]);
