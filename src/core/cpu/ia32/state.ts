/**
 * The ia32 core's state. Follows Intel SDM volume 3A, chapter 2, for the registers' contents.
 *
 * Registers are 64-bit slots, so that long mode can be an addition. The state block lies at the base of
 * the core's WebAssembly memory; the general registers come first, because a decoded instruction holds
 * their byte offsets in 8 bits. XMM registers have their place and no instructions yet.
 */
import { layout } from '../../layout.js';

/** Segment register numbers as instructions encode them; LDTR and TR share the descriptor arrays. */
export const Seg = { es: 0, cs: 1, ss: 2, ds: 3, fs: 4, gs: 5, ldtr: 6, tr: 7 } as const;

/** General register numbers as instructions encode them. */
export const Reg = { eax: 0, ecx: 1, edx: 2, ebx: 3, esp: 4, ebp: 5, esi: 6, edi: 7 } as const;

/** Index of register `n`'s low half in `gpr`. */
export const slot = (n: number): number => n * 2;

export const IA32 = layout('ia32', {
  /** 16 slots of 64 bits, low half first: register n's 32 bits are gpr[2 * n]. */
  gpr: ['u32', 32],
  /** Always zero: the base or index of an address that has none. */
  zero: ['u32', 2],
  eip: 'u32',
  /** The EFLAGS register; its arithmetic bits (OSZAPC) are only valid when settled, see `flagResult`. */
  eflags: 'u32',
  /** Arithmetic flags: ZF is flagResult = 0; SF its bit 31 xor flagCarry bit 0; PF the parity of its low byte xor flagCarry bits 8..15. */
  flagResult: 'u32',
  /** CF is bit 31, OF bit 31 xor bit 30, AF bit 3. */
  flagCarry: 'u32',
  /** Selector, and the hidden descriptor, of es cs ss ds fs gs ldtr tr. */
  selector: ['u32', 8],
  base: ['u32', 8],
  /** In bytes, granularity applied. */
  limit: ['u32', 8],
  /** Descriptor bits 40..55 in place: bits 0-3 type, 4 S, 5-6 DPL, 7 P, 12 AVL, 14 D/B, 15 G. P clear: unusable. */
  access: ['u32', 8],
  gdtBase: 'u32',
  gdtLimit: 'u32',
  idtBase: 'u32',
  idtLimit: 'u32',
  cr0: 'u32',
  cr2: 'u32',
  cr3: 'u32',
  cr4: 'u32',
  dr: ['u32', 8],
  /** Current privilege level; 0 in real mode, 3 in virtual-8086 mode. */
  cpl: 'u32',
  /** 1 while in HLT. */
  halted: 'u32',
  /** Interrupt shadow: 1 after STI, 2 after MOV SS or POP SS (which holds back #DB and NMI too). */
  shadow: 'u32',
  /** Level of INTR. */
  intr: 'u32',
  nmiPending: 'u32',
  /** NMI is masked from its delivery to the next IRET. */
  nmiBlocked: 'u32',
  /** DR6 bits of traps to deliver at the next boundary (data breakpoints, task switch with T). */
  debugPending: 'u32',
  /** A20 gate: 1 lets address bit 20 through. */
  a20: 'u32',
  sysenterCs: 'u32',
  sysenterEsp: 'u32',
  sysenterEip: 'u32',
  apicBase: 'u32',
  /** TSC = clock + tscOffset (modulo 2^64). */
  tscOffset: 'u64',
  /** Clocks and instructions since power-on. */
  clock: 'f64',
  retired: 'f64',
  // ---- x87 (SDM volume 1, chapter 8) ----
  /** Physical registers R0..R7: significand, and sign with exponent in 16 bits. */
  fpSignificand: ['u64', 8],
  fpExponent: ['u16', 8],
  fpControl: 'u16',
  /** Status word, TOP in its place. */
  fpStatus: 'u16',
  /** Bit n is set if R n is not empty (the FXSAVE form; the full tag word is derived). */
  fpTags: 'u16',
  /** Last opcode, 11 bits. */
  fpOpcode: 'u16',
  fpIp: 'u32',
  fpCs: 'u32',
  fpDp: 'u32',
  fpDs: 'u32',
  /** Level of FERR#, which the board wires to IRQ 13. */
  fpError: 'u32',
  mxcsr: 'u32',
  xmm: ['u64', 16],
});

export type Ia32State = ReturnType<typeof IA32.create>;

/** EFLAGS bits (SDM volume 1, 3.4.3). */
export const Flag = {
  CF: 1 << 0,
  PF: 1 << 2,
  AF: 1 << 4,
  ZF: 1 << 6,
  SF: 1 << 7,
  TF: 1 << 8,
  IF: 1 << 9,
  DF: 1 << 10,
  OF: 1 << 11,
  IOPL: 3 << 12,
  NT: 1 << 14,
  RF: 1 << 16,
  VM: 1 << 17,
  AC: 1 << 18,
  VIF: 1 << 19,
  VIP: 1 << 20,
  ID: 1 << 21,
} as const;
export const ARITHMETIC = Flag.OF | Flag.SF | Flag.ZF | Flag.AF | Flag.PF | Flag.CF;

/** Control register bits (SDM volume 3A, 2.5). */
export const Cr0 = {
  PE: 1 << 0,
  MP: 1 << 1,
  EM: 1 << 2,
  TS: 1 << 3,
  ET: 1 << 4,
  NE: 1 << 5,
  WP: 1 << 16,
  AM: 1 << 18,
  NW: 1 << 29,
  CD: 1 << 30,
  PG: 0x80000000,
} as const;
export const Cr4 = {
  VME: 1 << 0,
  PVI: 1 << 1,
  TSD: 1 << 2,
  DE: 1 << 3,
  PSE: 1 << 4,
  PAE: 1 << 5,
  MCE: 1 << 6,
  PGE: 1 << 7,
  PCE: 1 << 8,
  OSFXSR: 1 << 9,
  OSXMMEXCPT: 1 << 10,
} as const;

/** Exception vectors (SDM volume 3A, table 6-1). */
export const Vector = {
  DE: 0,
  DB: 1,
  NMI: 2,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  NM: 7,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
  MF: 16,
  AC: 17,
} as const;

/** CPU models; each has what the earlier ones have. The number is CPUID's family. */
export const Model = { i386: 3, i486: 4, i586: 5, i686: 6 } as const;
export type ModelName = keyof typeof Model;

/** An exception raised while an instruction executes; nothing of the instruction may have been committed. */
export class Fault {
  readonly vector: number;
  /** Undefined for vectors that push no error code. */
  readonly error: number | undefined;
  /** For #PF: the linear address. */
  readonly address: number;

  constructor(vector: number, error?: number, address = 0) {
    this.vector = vector;
    this.error = error;
    this.address = address;
  }
}
