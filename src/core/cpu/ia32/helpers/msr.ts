/**
 * Model-specific registers: RDMSR, WRMSR, and the time-stamp counter with RDTSC (SDM volume 4, and
 * volume 3B, 17.17). A register that is not listed raises #GP(0).
 *
 * Left out: machine check, memory types, performance counters, and the local APIC, whose base register
 * reads as the board wired it and cannot be written.
 */
import type { Context } from '../context.js';
import { Cr4, Reg, slot } from '../state.js';
import { Feature, hasFeature } from './features.js';
import { generalProtection } from './mode.js';

interface Msr {
  readonly exists: (family: number) => boolean;
  readonly read: (cpu: Context) => bigint;
  /** Absent: writing raises #GP(0). */
  readonly write?: (cpu: Context, value: bigint) => void;
}

const I686 = 6;
const p6 = (family: number): boolean => family >= I686;
const withSep = (family: number): boolean => hasFeature(family, Feature.SEP);
const low = (value: bigint): number => Number(value & 0xffffffffn);

const MSRS: ReadonlyMap<number, Msr> = new Map([
  [
    0x10, // IA32_TIME_STAMP_COUNTER
    {
      exists: (family) => hasFeature(family, Feature.TSC),
      read: timeStamp,
      // These families take the low half only and clear the high one (volume 3B, 17.17.3).
      write: (cpu, value) => setTimeStamp(cpu, value & 0xffffffffn),
    },
  ],
  // IA32_PLATFORM_ID: operating systems read it before they can catch a fault, to choose microcode.
  [0x17, { exists: p6, read: () => 0n }],
  [0x1b, { exists: p6, read: (cpu) => BigInt(cpu.s.apicBase) }], // IA32_APIC_BASE
  // IA32_BIOS_SIGN_ID: no microcode update is loaded. Software clears it before CPUID fills it.
  [0x8b, { exists: p6, read: () => 0n, write: () => {} }],
  [
    0x174, // IA32_SYSENTER_CS
    {
      exists: withSep,
      read: (cpu) => BigInt(cpu.s.sysenterCs),
      write: (cpu, value) => {
        cpu.s.sysenterCs = low(value);
      },
    },
  ],
  [
    0x175, // IA32_SYSENTER_ESP
    {
      exists: withSep,
      read: (cpu) => BigInt(cpu.s.sysenterEsp),
      write: (cpu, value) => {
        cpu.s.sysenterEsp = low(value);
      },
    },
  ],
  [
    0x176, // IA32_SYSENTER_EIP
    {
      exists: withSep,
      read: (cpu) => BigInt(cpu.s.sysenterEip),
      write: (cpu, value) => {
        cpu.s.sysenterEip = low(value);
      },
    },
  ],
] satisfies [number, Msr][]);

function timeStamp(cpu: Context): bigint {
  return BigInt.asUintN(64, BigInt(cpu.clock) + cpu.s.tscOffset);
}

function setTimeStamp(cpu: Context, value: bigint): void {
  cpu.s.tscOffset = BigInt.asUintN(64, value - BigInt(cpu.clock));
}

/** The register ECX names. */
function selected(cpu: Context): Msr {
  const msr = MSRS.get(cpu.s.gpr[slot(Reg.ecx)]!);
  if (!msr?.exists(cpu.family)) throw generalProtection();
  return msr;
}

/** EDX:EAX = value. */
function toPair(cpu: Context, value: bigint): void {
  cpu.s.gpr[slot(Reg.eax)] = low(value);
  cpu.s.gpr[slot(Reg.edx)] = low(value >> 32n);
}

export function rdmsr(cpu: Context): void {
  toPair(cpu, selected(cpu).read(cpu));
}

export function wrmsr(cpu: Context): void {
  const { write } = selected(cpu);
  if (!write) throw generalProtection();
  const { gpr } = cpu.s;
  write(cpu, (BigInt(gpr[slot(Reg.edx)]!) << 32n) | BigInt(gpr[slot(Reg.eax)]!));
}

/** CR4.TSD keeps the counter from programs (SDM volume 2, RDTSC). */
export function rdtsc(cpu: Context): void {
  if (cpu.s.cr4 & Cr4.TSD && cpu.s.cpl > 0) throw generalProtection();
  if (cpu.s.tscOffset !== 0n) return toPair(cpu, timeStamp(cpu));
  // Nobody has written the counter: no need for 64-bit arithmetic, in what guests spin on.
  const { clock } = cpu;
  cpu.s.gpr[slot(Reg.eax)] = clock % 2 ** 32;
  cpu.s.gpr[slot(Reg.edx)] = clock / 2 ** 32;
}

/** There are no performance counters, so every number in ECX is out of range. */
export function rdpmc(): void {
  throw generalProtection();
}
