/** Rows that move data: MOV, stack, exchanges, extensions, addresses. */
import { Reg, Seg, Vector } from '../../state.js';
import * as ir from '../ir.js';
import { hex, type Row, row, type Shape } from '../row.js';
import { move } from '../sem/arithmetic.js';
import { CONDITION_NAMES, condition } from '../sem/condition.js';
import { assign } from '../shapes.js';

const mov = assign(move);

/** MOV r/m, Sreg: memory gets 16 bits, a register the operand size, zero-extended. */
const movFromSegment: Shape = (b) => {
  const selector = ir.low(ir.cell('selector', ir.field('reg')), 16);
  b.raiseIf(ir.ltu(ir.constant(32, Seg.gs), ir.field('reg')), Vector.UD);
  if (b.form === 'reg') b.setGpr(ir.field('rm'), ir.zext(selector, b.opsize));
  else b.store(b.seg, b.ea(), selector);
};

/** MOV Sreg, r/m: CS cannot be loaded; SS holds back interrupts for one instruction. */
const movToSegment: Shape = (b, [, e]) => {
  const seg = ir.field('reg');
  b.raiseIf(ir.or(ir.eq(seg, Seg.cs), ir.ltu(ir.constant(32, Seg.gs), seg)), Vector.UD);
  b.call('loadSegment', [seg, e!.read()]);
  b.when(ir.eq(seg, Seg.ss), () => b.setCell('shadow', 2));
  b.leave();
};

const pushSegment =
  (seg: number): Shape =>
  (b) =>
    b.push(b.let(ir.low(ir.cell('selector', ir.constant(32, seg)), b.opsize)));

const popSegment =
  (seg: number): Shape =>
  (b) => {
    const selector = b.let(ir.low(b.top(b.opsize), 16));
    // POP SS: ESP moves with the width of the old stack segment, but only once the load has succeeded.
    const esp = b.dropped(b.opsize / 8);
    b.call('loadSegment', [seg, selector]);
    b.setReg(Reg.esp, esp);
    if (seg === Seg.ss) b.setCell('shadow', 2);
    b.leave();
  };

const push: Shape = (b, [x]) => b.push(b.let(x!.read()));

const popRegister: Shape = (b, [x]) => {
  const v = b.top(x!.w);
  b.drop(x!.w / 8);
  x!.write(v);
};

/** POP r/m: an address based on ESP uses ESP as it is after the pop. */
const popMemory: Shape = (b, [x]) => {
  if (b.form === 'reg') return popRegister(b, [x!]);
  const v = b.top(x!.w);
  const onStack = ir.eq(ir.field('base'), Reg.esp * 8);
  const moved = ir.add(b.ea(), ir.select(onStack, ir.constant(32, x!.w / 8), 0));
  b.store(b.seg, b.let(b.form === 'm16' ? b.ea() : moved), v);
  b.drop(x!.w / 8);
};

const leave: Shape = (b) => {
  const mask = b.let(ir.cell('stackMask'));
  const off = b.let(ir.and(b.reg(Reg.ebp, 32), mask));
  const frame = b.load(Seg.ss, off, b.opsize);
  const moved = ir.and(ir.add(off, b.opsize / 8), mask);
  b.setReg(Reg.esp, b.let(ir.or(ir.and(b.reg(Reg.esp, 32), ir.not(mask)), moved)));
  b.setReg(Reg.ebp, frame);
};

const exchange: Shape = (b, [x, y]) => {
  const [old, other] = [b.let(x!.read('rw')), b.let(y!.read())];
  x!.write(other);
  y!.write(old);
};

const lea: Shape = (_, [g, m]) => g!.write(ir.low(m!.read(), g!.w));

const extend =
  (signed: boolean): Shape =>
  (b, [to, from]) => {
    const v = from!.read();
    to!.write(b.let(signed ? ir.sext(v, to!.w) : ir.zext(v, to!.w)));
  };

/** CBW, CWDE: AL to AX, AX to EAX. */
const cbw: Shape = (b) => {
  const w = b.opsize;
  b.setReg(Reg.eax, b.let(ir.sext(b.reg(Reg.eax, w === 32 ? 16 : 8), w)));
};

/** CWD, CDQ: the sign of the accumulator into rDX. */
const cwd: Shape = (b) => b.setReg(Reg.edx, b.let(ir.sar(b.reg(Reg.eax, b.opsize), b.opsize - 1)));

const xlat: Shape = (b) => {
  const at = ir.add(b.reg(Reg.ebx, b.addrsize), ir.zext(b.reg(Reg.eax, 8), b.addrsize));
  b.setReg(Reg.eax, b.load(b.seg, b.let(ir.zext(at, 32)), 8));
};

/** LDS and its kin: offset first, selector behind it. */
const loadFarPointer =
  (seg: number): Shape =>
  (b, [g]) => {
    const offset = b.load(b.seg, b.ea(), g!.w);
    const selector = b.load(b.seg, b.let(ir.add(b.ea(), g!.w / 8)), 16);
    b.call('loadSegment', [seg, selector]);
    g!.write(offset);
    b.leave();
  };

const cmov =
  (n: number): Shape =>
  (b, [to, from]) => {
    const v = b.let(from!.read());
    to!.write(b.let(ir.select(condition(n), v, to!.read())));
  };

const PUSH_POP_SEGMENTS: readonly (readonly [string, string | undefined, number])[] = [
  ['06', '07', Seg.es],
  ['0E', undefined, Seg.cs],
  ['16', '17', Seg.ss],
  ['1E', '1F', Seg.ds],
  ['0F A0', '0F A1', Seg.fs],
  ['0F A8', '0F A9', Seg.gs],
];

const FAR_POINTERS: readonly (readonly [string, string, number])[] = [
  ['LES', 'C4 m', Seg.es],
  ['LDS', 'C5 m', Seg.ds],
  ['LSS', '0F B2 m', Seg.ss],
  ['LFS', '0F B4 m', Seg.fs],
  ['LGS', '0F B5 m', Seg.gs],
];

export const DATA_ROWS: readonly Row[] = [
  row('MOV', '88', 'Eb,Gb', mov, 1),
  row('MOV', '89', 'Ev,Gv', mov, 1),
  row('MOV', '8A', 'Gb,Eb', mov, 1),
  row('MOV', '8B', 'Gv,Ev', mov, 1),
  row('MOV', '8C', 'Ev,Sw', movFromSegment, 3),
  row('MOV', '8E', 'Sw,Ew', movToSegment, 9),
  row('MOV', 'A0', 'AL,Ob', mov, 1),
  row('MOV', 'A1', 'eAX,Ov', mov, 1),
  row('MOV', 'A2', 'Ob,AL', mov, 1),
  row('MOV', 'A3', 'Ov,eAX', mov, 1),
  row('MOV', 'B0+', 'Zb,Ib', mov, 1),
  row('MOV', 'B8+', 'Zv,Iz', mov, 1),
  row('MOV', 'C6 /0', 'Eb,Ib', mov, 1),
  row('MOV', 'C7 /0', 'Ev,Iz', mov, 1),
  row('PUSH', '50+', 'Zv', push, 1),
  row('POP', '58+', 'Zv', popRegister, 1),
  row('PUSH', '68', 'Iz', push, 1),
  row('PUSH', '6A', 'Ibs', push, 1),
  row('PUSH', 'FF /6', 'Ev', push, [1, 4]),
  row('POP', '8F /0', 'Ev', popMemory, [1, 5]),
  ...PUSH_POP_SEGMENTS.flatMap(([pushOpcode, popOpcode, seg]) => [
    row('PUSH', pushOpcode, '', pushSegment(seg), 3),
    ...(popOpcode ? [row('POP', popOpcode, '', popSegment(seg), 9)] : []),
  ]),
  row('LEAVE', 'C9', '', leave, 5),
  row('XCHG', '86', 'Eb,Gb', exchange, [3, 5], { lock: true }),
  row('XCHG', '87', 'Ev,Gv', exchange, [3, 5], { lock: true }),
  row('NOP', '90', '', () => {}, 1),
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => row('XCHG', hex(0x90 + n), 'Zv,eAX', exchange, 3)),
  row('LEA', '8D m', 'Gv,M', lea, 1),
  row('MOVZX', '0F B6', 'Gv,Eb', extend(false), 3),
  row('MOVZX', '0F B7', 'Gv,Ew', extend(false), 3),
  row('MOVSX', '0F BE', 'Gv,Eb', extend(true), 3),
  row('MOVSX', '0F BF', 'Gv,Ew', extend(true), 3),
  row('CBW', '98', '', cbw, 3),
  row('CWD', '99', '', cwd, 3),
  row('XLAT', 'D7', '', xlat, 4),
  ...FAR_POINTERS.map(([name, opcode, seg]) => row(name, opcode, 'Gv,M', loadFarPointer(seg), 6)),
  ...CONDITION_NAMES.map((c, n) => row(`CMOV${c}`, `0F ${hex(0x40 + n)}`, 'Gv,Ev', cmov(n), 1, { since: 6 })),
  ...CONDITION_NAMES.map((c, n) =>
    row(`SET${c}`, `0F ${hex(0x90 + n)}`, 'Eb', (b, [e]) => e!.write(b.let(ir.low(condition(n), 8))), [4, 3]),
  ),
];
