/**
 * Control registers, the descriptor table registers, INVLPG and HLT (SDM volume 3A, 2.5 and 2.4;
 * volume 2, the instructions). Which bits exist depends on the model: writing a reserved bit of CR4
 * raises #GP(0), one of CR0 is ignored (volume 3A, 2.5, and the i486 manual, 4.1).
 *
 * Left out: checks of CPL, which the instruction table makes; caches, so CD, NW and WBINVD do nothing.
 */
import type { Context } from '../context.js';
import { Cr0, Cr4 } from '../state.js';
import { Feature, features } from './features.js';
import { generalProtection, undefinedOpcode } from './mode.js';

const CR0_386 = Cr0.PE | Cr0.MP | Cr0.EM | Cr0.TS | Cr0.ET | Cr0.PG;
const CR0_486 = CR0_386 | Cr0.NE | Cr0.WP | Cr0.AM | Cr0.NW | Cr0.CD;
/** Bits of CR0 that change what the TLB holds. */
const TRANSLATION = Cr0.PE | Cr0.PG | Cr0.WP;
const CR3_386 = 0xfffff000;
/** With PCD and PWT. */
const CR3_486 = 0xfffff018;
/** The bits LMSW reaches. */
const MSW = Cr0.PE | Cr0.MP | Cr0.EM | Cr0.TS;

/** Bits of CR4 that come with a feature. */
const CR4_OF_FEATURE: readonly (readonly [number, number])[] = [
  [Feature.VME, Cr4.VME | Cr4.PVI],
  [Feature.TSC, Cr4.TSD],
  [Feature.DE, Cr4.DE],
  [Feature.PSE, Cr4.PSE],
  [Feature.PGE, Cr4.PGE],
  [Feature.FXSR, Cr4.OSFXSR],
];

/** Bits of CR4 that exist in a CPU family; 0: there is no CR4. */
export function definedCr4(family: number): number {
  const present = features(family);
  return CR4_OF_FEATURE.reduce((bits, [feature, own]) => (present & feature ? bits | own : bits), 0);
}

export function readCr(cpu: Context, n: number): number {
  const { s } = cpu;
  if (n === 0) return s.cr0;
  if (n === 2) return s.cr2;
  if (n === 3) return s.cr3;
  if (n === 4 && definedCr4(cpu.family)) return s.cr4;
  throw undefinedOpcode();
}

export function writeCr(cpu: Context, n: number, value: number): void {
  if (n === 0) writeCr0(cpu, value);
  else if (n === 2) cpu.s.cr2 = value;
  else if (n === 3) writeCr3(cpu, value);
  else if (n === 4 && definedCr4(cpu.family)) writeCr4(cpu, value);
  else throw undefinedOpcode();
}

function writeCr0(cpu: Context, value: number): void {
  const { s, family } = cpu;
  const bits = family === 3 ? value & CR0_386 : (value & CR0_486) | Cr0.ET;
  if (bits & Cr0.PG && !(bits & Cr0.PE)) throw generalProtection();
  if (bits & Cr0.NW && !(bits & Cr0.CD)) throw generalProtection();
  const changed = s.cr0 ^ bits;
  s.cr0 = bits;
  cpu.modeChanged((changed & TRANSLATION) !== 0);
}

function writeCr3(cpu: Context, value: number): void {
  cpu.s.cr3 = value & (cpu.family === 3 ? CR3_386 : CR3_486);
  cpu.modeChanged(true);
}

function writeCr4(cpu: Context, value: number): void {
  if (value & ~definedCr4(cpu.family)) throw generalProtection();
  cpu.s.cr4 = value;
  cpu.modeChanged(true);
}

/** LMSW can set PE and not clear it. */
export function lmsw(cpu: Context, value: number): void {
  const { cr0 } = cpu.s;
  writeCr0(cpu, (cr0 & ~MSW) | (value & MSW) | (cr0 & Cr0.PE));
}

export function clts(cpu: Context): void {
  cpu.s.cr0 &= ~Cr0.TS;
  cpu.modeChanged(false);
}

/** A pseudo-descriptor: limit in 16 bits, then base, of which a 16-bit operand size takes 24 bits. */
function readPseudo(cpu: Context, seg: number, offset: number, size: number): [number, number] {
  const limit = cpu.read(seg, offset, 2);
  const base = cpu.read(seg, (offset + 2) >>> 0, 4);
  return [limit, size === 2 ? base & 0xffffff : base];
}

export function lgdt(cpu: Context, seg: number, offset: number, size: number): void {
  const [limit, base] = readPseudo(cpu, seg, offset, size);
  cpu.s.gdtLimit = limit;
  cpu.s.gdtBase = base;
}

export function lidt(cpu: Context, seg: number, offset: number, size: number): void {
  const [limit, base] = readPseudo(cpu, seg, offset, size);
  cpu.s.idtLimit = limit;
  cpu.s.idtBase = base;
}

/** Stores all 32 bits of the base whatever the operand size, as silicon does against the manual. */
export function sgdt(cpu: Context, seg: number, offset: number): void {
  cpu.write(seg, offset, cpu.s.gdtLimit, 2);
  cpu.write(seg, (offset + 2) >>> 0, cpu.s.gdtBase, 4);
}

export function sidt(cpu: Context, seg: number, offset: number): void {
  cpu.write(seg, offset, cpu.s.idtLimit, 2);
  cpu.write(seg, (offset + 2) >>> 0, cpu.s.idtBase, 4);
}

/** Drops one page from the TLB; the address is not checked against the segment. */
export function invlpg(cpu: Context, seg: number, offset: number): void {
  cpu.invalidatePage((cpu.s.base[seg]! + offset) >>> 0);
}

export function hlt(cpu: Context): void {
  cpu.s.halted = 1;
}

/** INVD and WBINVD: there is no cache to write back. */
export function wbinvd(): void {}
