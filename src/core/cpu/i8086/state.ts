/**
 * The state of an 8086 or 8088 between two instructions, and the numbers its parts go by. The registers are
 * those of Intel's iAPX 86/88 User's Manual; the internal ones (IND, OPR, tmpa, tmpb, tmpc and the latches) are
 * named as in the published disassemblies of the chip's microcode. They outlive an instruction, and some
 * undocumented forms show them, so they are state.
 */
import { layout } from '../../layout.js';

/** General register numbers as instructions encode them. */
export const Reg = { ax: 0, cx: 1, dx: 2, bx: 3, sp: 4, bp: 5, si: 6, di: 7 } as const;
/** Segment register numbers as instructions encode them; `none` is the zero base of vectors and ports. */
export const Seg = { es: 0, cs: 1, ss: 2, ds: 3, none: 4 } as const;

/** Bits of the flags register; bit 1 and bits 12 to 15 read as ones. */
export const Flag = {
  CF: 0x001,
  PF: 0x004,
  AF: 0x010,
  ZF: 0x040,
  SF: 0x080,
  TF: 0x100,
  IF: 0x200,
  DF: 0x400,
  OF: 0x800,
} as const;
export const FLAGS_STORED = 0xfd5;
export const FLAGS_ONES = 0xf002;
export const ARITHMETIC = Flag.OF | Flag.SF | Flag.ZF | Flag.AF | Flag.PF | Flag.CF;

/** S2..S0 as the chip drives them. */
export const BusStatus = {
  inta: 0,
  ioRead: 1,
  ioWrite: 2,
  halt: 3,
  code: 4,
  memoryRead: 5,
  memoryWrite: 6,
  passive: 7,
} as const;

/** Where the bus interface is in a bus cycle. */
export const T = { idle: 0, t1: 1, t2: 2, t3: 3, t4: 4, wait: 5 } as const;

/** QS1, QS0. */
export const QueueOp = { none: 0, first: 1, empty: 2, subsequent: 3 } as const;

/** What the loader has ready to start at the boundary. */
export const Next = { opcode: 0, trap: 1, nmi: 2, intr: 3 } as const;

/** Where the execution unit is at the boundary. */
export const Phase = { start: 0, repeat: 1, halted: 2 } as const;

export const I8086 = layout('i8086', {
  /** AX CX DX BX SP BP SI DI. */
  gpr: ['u16', 8],
  /** ES CS SS DS, and a zero. */
  sreg: ['u16', 5],
  flags: 'u16',
  /** The address of the next byte to prefetch; the program's IP is behind it by what the queue holds. */
  pc: 'u16',
  ind: 'u16',
  opr: 'u16',
  tmpa: 'u16',
  tmpb: 'u16',
  tmpc: 'u16',
  /** The ALU's flags, as the microcode's conditions see them. */
  latch: 'u16',
  /** `Phase`. */
  phase: 'u8',
  /** `Next`. */
  next: 'u8',
  /** The byte the loader has read, if `next` says so. */
  nextOpcode: 'u8',
  /** Of the last instruction; of the one under way while it repeats. */
  opcode: 'u8',
  modrm: 'u8',
  /** 1 if waking from HLT takes a clock longer. */
  slowWake: 'u8',
  /** 1 if its operands are words. */
  word: 'u8',
  /** 1 if the loader has the next opcode, or has seen that an interrupt comes first. */
  loaded: 'u8',
  /** 1 if the instruction at the boundary has had a prefix. */
  prefixed: 'u8',
  /** 1 if there are prefixes to forget when the next instruction begins. */
  hasPrefixes: 'u8',
  /** Segment override, or 255; and the segment that an access uses without one. */
  override: 'u8',
  segment: 'u8',
  /** 1 after REP or REPNE. */
  f1: 'u8',
  /** 1 after REPNE. */
  repne: 'u8',
  /** LOCK#: 1 while asserted. */
  lock: 'u8',
  /** 1 if the instruction began with TF set: single step is due. */
  trapping: 'u8',
  /** All interrupts wait until the next boundary, after a load of a segment register. */
  shadow: 'u8',
  /** INTR waits until the next boundary, after STI. */
  stiShadow: 'u8',
  /** Level of INTR, and NMI's latch. */
  intr: 'u8',
  nmi: 'u8',
  /** Prefetch queue, the next byte first. */
  queue: ['u8', 8],
  queueCount: 'u8',
  /** 1 while prefetching waits for room. */
  queueFilled: 'u8',
  /** 0 while prefetching is suspended; it goes on in the next clock if `flushing`. */
  prefetching: 'u8',
  flushing: 'u8',
  /** `T` of the current clock. */
  t: 'u8',
  /** 1 in the clock after a T4. */
  afterT4: 'u8',
  /** `BusStatus` of the cycle under way or about to start; passive from T3 on. */
  ioType: 'u8',
  /** `BusStatus` of the last cycle. */
  cycleType: 'u8',
  /** 1 if the cycle transfers a word. */
  ioWord: 'u8',
  ioSegment: 'u8',
  /** Bytes of a code fetch that enter the queue at the end of T4. */
  fetchBytes: 'u8',
  ioData: 'u16',
  ioAddress: 'u32',
  /** Wait states that are still to come in this bus cycle. */
  waits: 'u32',
  /** 0 while the bus cycle is held in T3 or a wait state. */
  ready: 'u8',
  /** A bus master wants the bus for this many clocks. */
  stealAsked: 'u32',
  /** A bus master has the bus for this many more clocks. */
  stealLeft: 'u32',
  /** What the pins QS1 and QS0 tell in this clock, and the byte. */
  queueOp: 'u8',
  queueByte: 'u8',
  /** Clocks and instructions since power-on. */
  clock: 'f64',
  retired: 'f64',
});

export type I8086State = ReturnType<typeof I8086.create>;

/** What tells where the program stands: of the state, and of a chip that runs. */
interface Fetched {
  readonly pc: number;
  readonly queueCount: number;
  readonly loaded: number | boolean;
  readonly next: number;
  readonly phase: number;
}

/** The loader has taken the first byte of the next instruction from the queue. */
export function isOpcodeLoaded({ loaded, next }: Pick<Fetched, 'loaded' | 'next'>): boolean {
  return Boolean(loaded) && next === Next.opcode;
}

/**
 * IP of the instruction at the boundary: behind PC by what has been fetched. Before an iteration of a repeated one what
 * the chip would come back to behind an interrupt: its last prefix (RPTI, routines/string.ts).
 */
export function instructionPointer(of: Fetched): number {
  const ahead = isOpcodeLoaded(of) ? 1 : 0;
  const behind = of.phase === Phase.repeat ? 2 : 0;
  return (of.pc - of.queueCount - ahead - behind) & 0xffff;
}
