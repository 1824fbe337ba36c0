/**
 * Which features each CPU model has, as the bits of CPUID leaf 1's EDX (SDM volume 2, table 3-11). The
 * i386 has no CPUID; its features are none.
 *
 * The i486 is a late one with CPUID, like the DX4; the i586 a Pentium without MMX; the i686 a Pentium II
 * (Deschutes) without MMX, machine check, MTRR, PAE and local APIC.
 */
export const Feature = {
  FPU: 1 << 0,
  VME: 1 << 1,
  DE: 1 << 2,
  PSE: 1 << 3,
  TSC: 1 << 4,
  MSR: 1 << 5,
  CX8: 1 << 8,
  SEP: 1 << 11,
  PGE: 1 << 13,
  CMOV: 1 << 15,
  FXSR: 1 << 24,
} as const;

const I486 = Feature.FPU;
const I586 = I486 | Feature.VME | Feature.DE | Feature.PSE | Feature.TSC | Feature.MSR | Feature.CX8;
const I686 = I586 | Feature.SEP | Feature.PGE | Feature.CMOV | Feature.FXSR;

/** The feature bits of a CPU family. */
export function features(family: number): number {
  if (family >= 6) return I686;
  if (family === 5) return I586;
  return family === 4 ? I486 : 0;
}

export const hasFeature = (family: number, feature: number): boolean => (features(family) & feature) !== 0;
