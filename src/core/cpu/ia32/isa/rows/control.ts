/** Rows that transfer control: jumps, calls, returns, loops, interrupts. */
import { Reg, Seg, Vector } from '../../state.js';
import type { Builder } from '../builder.js';
import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import { hex, type Row, row, type Shape } from '../row.js';
import { CONDITION_NAMES, condition } from '../sem/condition.js';

const relative = (b: Builder): Value => ir.add(b.nextIp(), ir.field('imm'));

/** A taken jump costs 2 clocks more than one that falls through (i486: 3 and 1). */
const jumpIf = (b: Builder, cond: Value, extra: number): void =>
  b.when(cond, () => b.jumpRelative(b.target(relative(b)), extra));

const jumpRelative: Shape = (b) => b.jumpRelative(b.target(relative(b)));
const jumpIndirect: Shape = (b, [e]) => b.jump(b.target(ir.zext(e!.read(), 32)));

/** The target is checked before the return address is pushed, which may fault too. */
const callTo = (b: Builder, ip: Value): Value => {
  const to = b.target(ip);
  b.push(b.let(ir.low(b.nextIp(), b.opsize)));
  return to;
};

const callRelative: Shape = (b) => b.jumpRelative(callTo(b, relative(b)));
const callIndirect: Shape = (b, [e]) => b.jump(callTo(b, ir.zext(e!.read(), 32)));

const returnNear: Shape = (b, [pops]) => {
  const ip = b.target(ir.zext(b.top(b.opsize), 32));
  b.drop(pops ? ir.add(ir.zext(pops.read(), 32), b.opsize / 8) : b.opsize / 8);
  b.jump(ip);
};

/** LOOPcc: the count is CX or ECX by address size; no flag changes. */
const loop =
  (also: () => Value | undefined): Shape =>
  (b) => {
    const left = b.let(ir.sub(b.reg(Reg.ecx, b.addrsize), 1));
    const nonZero = ir.ne(left, 0);
    const condValue = also();
    const cond = b.let(condValue ? ir.and(nonZero, condValue) : nonZero);
    const target = b.let(b.opsize === 16 ? ir.and(relative(b), 0xffff) : relative(b));
    const beyond = ir.ltu(ir.cell('limit', ir.constant(32, Seg.cs)), target);
    b.raiseIf(ir.and(cond, beyond), Vector.GP, 0);
    b.setReg(Reg.ecx, left);
    b.when(cond, () => b.jumpRelative(target, 1));
  };

const jcxz: Shape = (b) => jumpIf(b, ir.eq(b.reg(Reg.ecx, b.addrsize), 0), 3);

/** Far transfers hand operand size, target and return address to their helper. */
const farImmediate =
  (helper: string): Shape =>
  (b) => {
    const size = b.opsize / 8;
    const offset = b.opsize === 16 ? ir.and(ir.field('imm'), 0xffff) : ir.field('imm');
    b.call(helper, [ir.field('disp'), offset, size, b.nextIp()]);
    b.leave(true);
  };

const farIndirect =
  (helper: string): Shape =>
  (b) => {
    const w = b.opsize;
    const offset = b.load(b.seg, b.ea(), w);
    const selector = b.load(b.seg, b.let(ir.add(b.ea(), w / 8)), 16);
    b.call(helper, [selector, offset, w / 8, b.nextIp()]);
    b.leave(true);
  };

const returnFar: Shape = (b, [pops]) => {
  b.call('retFar', [b.opsize / 8, pops ? pops.read() : 0]);
  b.leave(true);
};

const interrupt =
  (helper: string, ...args: Value[]): Shape =>
  (b) => {
    b.call(helper, [...args, b.nextIp()]);
    b.leave(true);
  };

const into: Shape = (b) =>
  b.when(ir.flag('of'), () => {
    b.call('into', [b.nextIp()]);
    b.leave(true);
  });

const bound: Shape = (b, [g]) => {
  const index = b.let(g!.read());
  const lower = b.load(b.seg, b.ea(), g!.w);
  const upper = b.load(b.seg, b.let(ir.add(b.ea(), g!.w / 8)), g!.w);
  b.raiseIf(ir.or(ir.lts(index, lower), ir.lts(upper, index)), Vector.BR);
};

const zf = (): Value => ir.flag('zf');

export const CONTROL_ROWS: readonly Row[] = [
  ...CONDITION_NAMES.map((c, n) => row(`J${c}`, hex(0x70 + n), 'Jb', (b) => jumpIf(b, condition(n), 2), 1)),
  ...CONDITION_NAMES.map((c, n) =>
    row(`J${c}`, `0F ${hex(0x80 + n)}`, 'Jz', (b) => jumpIf(b, condition(n), 2), 1),
  ),
  row(
    'LOOPNE',
    'E0',
    'Jb',
    loop(() => ir.isZero(zf())),
    6,
  ),
  row('LOOPE', 'E1', 'Jb', loop(zf), 6),
  row(
    'LOOP',
    'E2',
    'Jb',
    loop(() => undefined),
    6,
  ),
  row('JCXZ', 'E3', 'Jb', jcxz, 5),
  row('CALL', 'E8', 'Jz', callRelative, 3),
  row('JMP', 'E9', 'Jz', jumpRelative, 3),
  row('JMP', 'EB', 'Jb', jumpRelative, 3),
  row('CALL', 'FF /2', 'Ev', callIndirect, 5),
  row('JMP', 'FF /4', 'Ev', jumpIndirect, 5),
  row('RET', 'C2', 'Iw', returnNear, 5),
  row('RET', 'C3', '', returnNear, 5),
  row('CALL', '9A', 'Ap', farImmediate('callFar'), 18),
  row('JMP', 'EA', 'Ap', farImmediate('jmpFar'), 17),
  row('CALL', 'FF /3 m', 'M', farIndirect('callFar'), 17),
  row('JMP', 'FF /5 m', 'M', farIndirect('jmpFar'), 13),
  row('RETF', 'CA', 'Iw', returnFar, 14),
  row('RETF', 'CB', '', returnFar, 13),
  row('INT3', 'CC', '', interrupt('int3'), 26),
  row('INT', 'CD', 'Ib', interrupt('int', ir.field('imm')), 30),
  row('INTO', 'CE', '', into, 3),
  row('INT1', 'F1', '', interrupt('int1'), 26),
  row(
    'IRET',
    'CF',
    '',
    (b) => {
      b.call('iret', [b.opsize / 8, b.nextIp()]);
      b.leave(true);
    },
    15,
  ),
  row('BOUND', '62 m', 'Gv,M', bound, 7),
];
