/** Rows of flags, ports and system instructions, and the encodings declared invalid. */
import { Flag, Reg, Seg, Vector } from '../../state.js';
import type { Builder } from '../builder.js';
import type { Value } from '../ir.js';
import * as ir from '../ir.js';
import { type Row, row, type Shape } from '../row.js';

const bit = (n: 0 | 1): Value => ir.constant(32, n);
const setCf =
  (f: () => Value): Shape =>
  (b) =>
    b.flags({ cf: b.let(f()) });

const setEflags = (b: Builder, set: number, clear: number): void =>
  b.setCell('eflags', b.let(ir.or(ir.and(ir.cell('eflags'), ~clear), set)));

/** CLI needs its helper only where CPL > IOPL or in virtual-8086 mode. */
const cli: Shape = (b) => {
  const iopl = ir.and(ir.shr(ir.cell('eflags'), 12), 3);
  const plain = b.let(ir.and(ir.leu(ir.cell('cpl'), iopl), ir.isZero(ir.and(ir.cell('eflags'), Flag.VM))));
  b.when(ir.isZero(plain), () => b.call('cli', []));
  b.when(plain, () => setEflags(b, 0, Flag.IF));
};

const sti: Shape = (b) => {
  b.call('sti', []);
  b.leave();
};

const pushf: Shape = (b) => b.push(b.let(ir.low(b.callFor(32, 'pushf', [b.opsize / 8]), b.opsize)));

const popf: Shape = (b) => {
  const v = b.top(b.opsize);
  b.call('popf', [v, b.opsize / 8]);
  b.drop(b.opsize / 8);
  b.leave();
};

/** SAHF and LAHF: SF ZF AF PF CF in bits 7 6 4 2 0 of AH. */
const AH_BITS = [
  ['sf', 7],
  ['zf', 6],
  ['af', 4],
  ['pf', 2],
  ['cf', 0],
] as const;

const sahf: Shape = (b) => {
  const ah = b.let(ir.zext(b.reg(4, 8), 32));
  b.flags(Object.fromEntries(AH_BITS.map(([name, n]) => [name, ir.bit(ah, n)])));
};

const lahf: Shape = (b) => {
  const bits = AH_BITS.map(([name, n]) => ir.shl(ir.flag(name), n));
  b.setReg(4, b.let(ir.low(ir.or(bits.reduce(ir.or), 2), 8)));
};

/** SALC: AL = FFh if CF, else 0. */
const salc: Shape = (b) => b.setReg(Reg.eax, b.let(ir.neg(ir.low(ir.flag('cf'), 8))));

const portIn: Shape = (b, [to, port]) => {
  const at = ir.zext(port!.read(), 32);
  to!.write(b.let(b.callFor(to!.w, 'in', [at, to!.w / 8])));
  b.leaveIfNeeded();
};

const portOut: Shape = (b, [port, from]) => {
  b.call('out', [ir.zext(port!.read(), 32), from!.read(), from!.w / 8]);
  b.leaveIfNeeded();
};

/** A helper that takes nothing and must run at privilege level 0. */
const privileged =
  (helper: string): Shape =>
  (b) => {
    b.requirePrivilege0();
    b.call(helper, []);
    b.leave();
  };

const plain =
  (helper: string): Shape =>
  (b) =>
    b.call(helper, []);

const transfer =
  (helper: string): Shape =>
  (b) => {
    b.call(helper, []);
    b.leave(true);
  };

/** SLDT, STR, SMSW: a register gets the operand size, memory 16 bits. */
const storeWord =
  (value: () => Value, protectedOnly: boolean): Shape =>
  (b) => {
    if (protectedOnly) b.requireProtected();
    const v = b.let(value());
    if (b.form === 'reg') b.setGpr(ir.field('rm'), ir.low(v, b.opsize));
    else b.store(b.seg, b.ea(), ir.low(v, 16));
  };

const selectorOf = (seg: number): Value => ir.cell('selector', ir.constant(32, seg));

const loadSystem =
  (helper: string, privilege0: boolean): Shape =>
  (b, [e]) => {
    b.requireProtected();
    if (privilege0) b.requirePrivilege0();
    b.call(helper, [e!.read()]);
    b.leave();
  };

/**
 * LAR, LSL: the helper sets ZF and gives the destination's new (or old) value. It reads a descriptor, from
 * wherever that may be: what a device does when it is read is looked at before the next instruction.
 */
const loadAccess =
  (helper: string): Shape =>
  (b, [g]) => {
    b.requireProtected();
    const selector = b.form === 'reg' ? ir.gpr(16, ir.field('rm')) : b.load(b.seg, b.ea(), 16);
    g!.write(b.let(b.callFor(g!.w, helper, [selector, g!.read(), g!.w / 8])));
    b.leave();
  };

const tableAccess =
  (helper: string, privilege0: boolean): Shape =>
  (b) => {
    if (privilege0) b.requirePrivilege0();
    b.call(helper, [b.seg, b.ea(), b.opsize / 8]);
    b.leave();
  };

const invlpg: Shape = (b) => {
  b.requirePrivilege0();
  b.call('invlpg', [b.seg, b.ea()]);
  b.leave();
};

const lmsw: Shape = (b, [e]) => {
  b.requirePrivilege0();
  b.call('lmsw', [e!.read()]);
  b.leave();
};

const readSpecial =
  (helper: string): Shape =>
  (b) => {
    b.requirePrivilege0();
    b.setGpr(ir.field('rm'), b.let(b.callFor(32, helper, [ir.field('reg')])));
  };

const writeSpecial =
  (helper: string): Shape =>
  (b) => {
    b.requirePrivilege0();
    b.call(helper, [ir.field('reg'), ir.gpr(32, ir.field('rm'))]);
    b.leave();
  };

/** ARPL: raises the RPL of the destination to the source's; a destination that need not change may be read-only. */
const arpl: Shape = (b, [e, g]) => {
  b.requireProtected();
  const to = b.let(e!.read());
  const from = b.let(g!.read());
  const lower = b.let(ir.ltu(ir.and(to, 3), ir.and(from, 3)));
  const adjusted = b.let(ir.or(ir.and(to, 0xfffc), ir.and(from, 3)));
  b.when(lower, () => e!.write(adjusted));
  b.flags({ zf: lower });
};

const enter: Shape = (b) => {
  b.call('enter', [ir.and(ir.field('imm'), 0xffff), ir.and(ir.field('disp'), 31), b.opsize / 8]);
  b.leave();
};

const bySize =
  (helper: string): Shape =>
  (b) => {
    b.call(helper, [b.opsize / 8]);
    b.leave();
  };

const invalid: Shape = (b) => b.raiseIf(ir.constant(32, 1), Vector.UD);
const nothing: Shape = () => {};

export const SYSTEM_ROWS: readonly Row[] = [
  row(
    'CLC',
    'F8',
    '',
    setCf(() => bit(0)),
    2,
  ),
  row(
    'STC',
    'F9',
    '',
    setCf(() => bit(1)),
    2,
  ),
  row(
    'CMC',
    'F5',
    '',
    setCf(() => ir.isZero(ir.flag('cf'))),
    2,
  ),
  row('CLD', 'FC', '', (b) => setEflags(b, 0, Flag.DF), 2),
  row('STD', 'FD', '', (b) => setEflags(b, Flag.DF, 0), 2),
  row('CLI', 'FA', '', cli, 5),
  row('STI', 'FB', '', sti, 5),
  row('PUSHF', '9C', '', pushf, 4),
  row('POPF', '9D', '', popf, 9),
  row('SAHF', '9E', '', sahf, 2),
  row('LAHF', '9F', '', lahf, 3),
  row('SALC', 'D6', '', salc, 2),
  row('IN', 'E4', 'AL,Ib', portIn, 14),
  row('IN', 'E5', 'eAX,Ib', portIn, 14),
  row('IN', 'EC', 'AL,DX', portIn, 14),
  row('IN', 'ED', 'eAX,DX', portIn, 14),
  row('OUT', 'E6', 'Ib,AL', portOut, 16),
  row('OUT', 'E7', 'Ib,eAX', portOut, 16),
  row('OUT', 'EE', 'DX,AL', portOut, 16),
  row('OUT', 'EF', 'DX,eAX', portOut, 16),
  row('HLT', 'F4', '', privileged('hlt'), 4),
  row('ENTER', 'C8', 'Iw,Ib', enter, 14),
  row('PUSHA', '60', '', bySize('pusha'), 11),
  row('POPA', '61', '', bySize('popa'), 9),
  row('ARPL', '63', 'Ew,Gw', arpl, 9),
  row(
    'SLDT',
    '0F 00 /0',
    'Ev',
    storeWord(() => selectorOf(Seg.ldtr), true),
    2,
  ),
  row(
    'STR',
    '0F 00 /1',
    'Ev',
    storeWord(() => selectorOf(Seg.tr), true),
    2,
  ),
  row('LLDT', '0F 00 /2', 'Ew', loadSystem('lldt', true), 11),
  row('LTR', '0F 00 /3', 'Ew', loadSystem('ltr', true), 20),
  row('VERR', '0F 00 /4', 'Ew', loadSystem('verr', false), 11),
  row('VERW', '0F 00 /5', 'Ew', loadSystem('verw', false), 11),
  row('SGDT', '0F 01 /0 m', 'M', tableAccess('sgdt', false), 10),
  row('SIDT', '0F 01 /1 m', 'M', tableAccess('sidt', false), 10),
  row('LGDT', '0F 01 /2 m', 'M', tableAccess('lgdt', true), 11),
  row('LIDT', '0F 01 /3 m', 'M', tableAccess('lidt', true), 11),
  row(
    'SMSW',
    '0F 01 /4',
    'Ev',
    storeWord(() => ir.cell('cr0'), false),
    2,
  ),
  row('LMSW', '0F 01 /6', 'Ew', lmsw, 13),
  row('INVLPG', '0F 01 /7 m', 'M', invlpg, 12, { since: 4 }),
  row('LAR', '0F 02', 'Gv,Ew', loadAccess('lar'), 11),
  row('LSL', '0F 03', 'Gv,Ew', loadAccess('lsl'), 10),
  row('CLTS', '0F 06', '', privileged('clts'), 7),
  row('INVD', '0F 08', '', privileged('wbinvd'), 4, { since: 4 }),
  row('WBINVD', '0F 09', '', privileged('wbinvd'), 5, { since: 4 }),
  row('UD2', '0F 0B', '', invalid, 1),
  row('MOV', '0F 20', 'Rd,Cd', readSpecial('readCr'), 4),
  row('MOV', '0F 21', 'Rd,Dd', readSpecial('readDr'), 10),
  row('MOV', '0F 22', 'Cd,Rd', writeSpecial('writeCr'), 16),
  row('MOV', '0F 23', 'Dd,Rd', writeSpecial('writeDr'), 11),
  row('WRMSR', '0F 30', '', privileged('wrmsr'), 30, { since: 5 }),
  row('RDTSC', '0F 31', '', plain('rdtsc'), 6, { since: 5 }),
  row('RDMSR', '0F 32', '', privileged('rdmsr'), 20, { since: 5 }),
  row('RDPMC', '0F 33', '', plain('rdpmc'), 6, { since: 6 }),
  row('SYSENTER', '0F 34', '', transfer('sysenter'), 12, { since: 6 }),
  row('SYSEXIT', '0F 35', '', transfer('sysexit'), 12, { since: 6 }),
  row('CPUID', '0F A2', '', plain('cpuid'), 14, { since: 4 }),
  row('UD1', '0F B9', 'Gv,Ev', invalid, 1),
  row('UD0', '0F FF', 'Gv,Ev', invalid, 1, { since: 6 }),
  ...['18', '19', '1A', '1B', '1C', '1D', '1E', '1F'].map((o) =>
    row('NOP', `0F ${o}`, 'Ev', nothing, 1, { since: 6 }),
  ),
];
