/**
 * The guest's registers in the order and the types in which gdb is shown them: the features
 * org.gnu.gdb.i386.core (GDB manual, appendix G.5, "i386 Features") and, with what a system programmer needs
 * besides, one of our own.
 *
 * `eip` is a linear address: the base of CS is added to it. gdb compares it with breakpoints, disassembles and
 * looks up symbols there, and knows nothing of segments. In flat code it is the register; elsewhere `ip` is what
 * the register holds. All others are what they are; `stack` is the stack pointer with the base of SS.
 *
 * Left out: SSE, which the core has no instructions of.
 */
import { Ia32 } from '../../core/cpu/ia32/cpu.js';
import { tagWord } from '../../core/cpu/ia32/helpers/x87/environment.js';
import { unitOf } from '../../core/cpu/ia32/helpers/x87/unit.js';
import { Seg } from '../../core/cpu/ia32/state.js';
import type { Cpu } from '../../core/cpu.js';
import type { Registers } from '../guest/registers.js';
import { littleEndian } from './hex.js';

export interface GdbRegister {
  readonly name: string;
  readonly bits: 32 | 64 | 80;
  /** One of gdb's, or of those that targetDescription.ts defines. */
  readonly type: string;
  readonly group?: 'float';
  /** Absent from registers that this CPU has not. */
  readonly read?: () => number | bigint;
}

export interface Feature {
  readonly name: string;
  readonly registers: readonly GdbRegister[];
}

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const POINTERS: readonly string[] = ['sp', 'bp'];
const SEGMENTS = ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const;
const FLOAT = ['fctrl', 'fstat', 'ftag', 'fiseg', 'fioff', 'foseg', 'fooff', 'fop'] as const;

/** Numbers that gdb is told of with every stop: it asks for them first. */
export const EXPEDITED = { esp: 4, ebp: 5, eip: 8 } as const;

export function featuresOf(cpu: Cpu, registers: Registers): readonly Feature[] {
  return [
    { name: 'org.gnu.gdb.i386.core', registers: core(cpu, registers) },
    { name: 'org.rewind86.system', registers: system(cpu, registers) },
  ];
}

/** As the protocol has it, with `xx` for bytes of a register that this CPU has not. */
export function bytesOf({ bits, read }: GdbRegister): Uint8Array | undefined {
  return read && littleEndian(read(), bits / 8);
}

function core(cpu: Cpu, registers: Registers): GdbRegister[] {
  const { all, pc } = registers;
  const named = (name: string, type: string, ...names: string[]): GdbRegister => {
    const read = names.map((n) => all.get(n)).find((found) => found !== undefined);
    return { name, bits: 32, type, ...(read && { read }) };
  };
  return [
    ...GENERAL.map((n) => named(`e${n}`, POINTERS.includes(n) ? 'data_ptr' : 'int32', `e${n}`, n)),
    { name: 'eip', bits: 32, type: 'code_ptr', read: pc },
    named('eflags', 'i386_eflags', 'eflags', 'flags'),
    ...SEGMENTS.map((name) => named(name, 'int32', name)),
    ...(cpu instanceof Ia32 ? x87(cpu) : noX87()),
  ];
}

function x87(cpu: Ia32): GdbRegister[] {
  const { s } = cpu;
  const unit = unitOf(s);
  const stack = Array.from({ length: 8 }, (_, i): GdbRegister => {
    const read = () => {
      const { se, hi, lo } = unit.raw(i);
      return (BigInt(se) << 64n) | (BigInt(hi) << 32n) | BigInt(lo);
    };
    return { name: `st${i}`, bits: 80, type: 'i387_ext', read };
  });
  const reads: Record<(typeof FLOAT)[number], () => number> = {
    fctrl: () => s.fpControl,
    fstat: () => s.fpStatus,
    ftag: () => tagWord(unit),
    fiseg: () => s.fpCs,
    fioff: () => s.fpIp,
    foseg: () => s.fpDs,
    fooff: () => s.fpDp,
    fop: () => s.fpOpcode,
  };
  return [...stack, ...FLOAT.map((name): GdbRegister => ({ ...float(name), read: reads[name] }))];
}

function noX87(): GdbRegister[] {
  const stack = Array.from({ length: 8 }, (_, i): GdbRegister => {
    return { name: `st${i}`, bits: 80, type: 'i387_ext' };
  });
  return [...stack, ...FLOAT.map(float)];
}

const float = (name: string): GdbRegister => ({ name, bits: 32, type: 'int', group: 'float' });

/** In the order of the manuals, and what the protocol could not tell otherwise: where in the run this is. */
function system(cpu: Cpu, registers: Registers): GdbRegister[] {
  const { segmentBase, stack, all } = registers;
  const bases = SEGMENTS.flatMap((name) => {
    const read = segmentBase(name);
    return read ? [register(`${name}_base`, 'uint32', read)] : [];
  });
  return [
    ...(cpu instanceof Ia32 ? protectedMode(cpu, registers) : []),
    ...bases,
    register('ip', 'uint32', all.get('eip') ?? all.get('ip')!),
    register('stack', 'data_ptr', stack),
    { ...register('clock', 'uint64', () => cpu.clock), bits: 64 },
    { ...register('retired', 'uint64', () => cpu.retired), bits: 64 },
  ];
}

function protectedMode({ s }: Ia32, { all }: Registers): GdbRegister[] {
  const typed: Readonly<Record<string, string>> = { cr0: 'cr0_bits', cr4: 'cr4_bits', cr2: 'data_ptr' };
  const names = ['cr0', 'cr2', 'cr3', 'cr4', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7', 'cpl'];
  return [
    ...names.map((name) => register(name, typed[name] ?? 'uint32', all.get(name)!)),
    register('gdt_base', 'data_ptr', () => s.gdtBase),
    register('gdt_limit', 'uint32', () => s.gdtLimit),
    register('idt_base', 'data_ptr', () => s.idtBase),
    register('idt_limit', 'uint32', () => s.idtLimit),
    register('ldtr', 'uint32', () => s.selector[Seg.ldtr]!),
    register('tr', 'uint32', () => s.selector[Seg.tr]!),
    register('tr_base', 'data_ptr', () => s.base[Seg.tr]!),
  ];
}

function register(name: string, type: string, read: () => number): GdbRegister {
  return { name, bits: 32, type, read };
}
