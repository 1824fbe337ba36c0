/**
 * CPUID (SDM volume 2, CPUID, tables 3-8 to 3-12). A leaf beyond the last gives the data of the last
 * basic leaf, as Intel's processors do.
 */
import type { Context } from '../context.js';
import { Reg, slot } from '../state.js';
import { features } from './features.js';

/** EAX, EBX, ECX, EDX. */
type Leaf = readonly [number, number, number, number];

/** Type, family, model and stepping: DX4 step 0, Pentium (P54C) step 12, Pentium II (Deschutes) step 2. */
const SIGNATURES: Readonly<Record<number, number>> = { 4: 0x480, 5: 0x52c, 6: 0x652 };
/** Leaf 2 of a Pentium II: 4 KiB and 4 MiB TLBs, 512 KiB L2, 16 KiB L1 each for code and data. */
const CACHES: Leaf = [0x03020101, 0, 0, 0x0c040843];
const VENDOR = 'GenuineIntel';
const BRAND = 'Rewind86';

const EXTENDED = 0x80000000;
const LAST_EXTENDED = 0x80000004;
const FIRST_BRAND = 0x80000002;

/** Four characters as a little-endian doubleword, padded with NUL. */
function chars(text: string, at: number): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = (value << 8) | (text.charCodeAt(at + i) || 0);
  return value >>> 0;
}

function basicLeaf(family: number, leaf: number): Leaf {
  const last = family >= 6 ? 2 : 1;
  if (leaf === 0) return [last, chars(VENDOR, 0), chars(VENDOR, 8), chars(VENDOR, 4)];
  if (leaf === 1 || last === 1) return [SIGNATURES[family] ?? 0, 0, 0, features(family)];
  return CACHES;
}

function extendedLeaf(leaf: number): Leaf {
  if (leaf === EXTENDED) return [LAST_EXTENDED, 0, 0, 0];
  if (leaf < FIRST_BRAND) return [0, 0, 0, 0];
  const at = (leaf - FIRST_BRAND) * 16;
  return [chars(BRAND, at), chars(BRAND, at + 4), chars(BRAND, at + 8), chars(BRAND, at + 12)];
}

/** The leaf a CPU family answers for EAX = `leaf`. */
function cpuidLeaf(family: number, leaf: number): Leaf {
  const extended = family >= 6 && leaf >= EXTENDED && leaf <= LAST_EXTENDED;
  return extended ? extendedLeaf(leaf) : basicLeaf(family, leaf);
}

export function cpuid(cpu: Context): void {
  const { gpr } = cpu.s;
  const [eax, ebx, ecx, edx] = cpuidLeaf(cpu.family, gpr[slot(Reg.eax)]!);
  gpr[slot(Reg.eax)] = eax;
  gpr[slot(Reg.ebx)] = ebx;
  gpr[slot(Reg.ecx)] = ecx;
  gpr[slot(Reg.edx)] = edx;
}
