/**
 * Many results of one instruction quickly: a guest loop in flat 32-bit code applies it to every pair of
 * bytes and stores AX, the flags that LAHF gives, and OF, after setting all six flags beforehand.
 */

import type { EngineName } from '../../../../../src/core/cpu/ia32/cpu.js';
import { Cr0, Flag, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import { bench } from './bench.js';

const CODE = 0x1000;
const RESULTS = 0x80000;
const PAIRS = 0x10000;
const FLAT = 0xffffffff;
const CODE32 = 0xc09b;
const DATA32 = 0xc093;
const { CF, PF, AF, ZF, SF, OF } = Flag;

export interface Outcome {
  readonly ax: number;
  /** Of the six arithmetic flags. */
  readonly flags: number;
}

/** What is done with each pair (a, b). */
export interface Trial {
  /** Bytes of the instruction, with `a` in AL, `b` in BL and CL, and AX, if `wide`, as a * 256 + b. */
  readonly code: readonly number[];
  readonly wide?: boolean;
  /** The six flags before. */
  readonly flags: number;
}

const STORE = [0x66, 0x89, 0x07]; // mov [edi], ax
const STORE_FLAGS = [0x9f, 0x88, 0x67, 0x02, 0x0f, 0x90, 0x47, 0x03]; // lahf; mov [edi+2], ah; seto [edi+3]
const ADVANCE = [0x83, 0xc7, 0x04, 0x66, 0x43, 0x4e]; // add edi, 4; inc bx; dec esi
const HLT = 0xf4;

function program({ code, wide, flags }: Trial): number[] {
  const overflow = flags & OF ? [0xb0, 0x7f, 0xfe, 0xc0] : [0x30, 0xc0]; // mov al, 7Fh; inc al or xor al, al
  const others = [0xb4, (flags & 0xff) | 2, 0x9e]; // mov ah, flags; sahf
  const operands = wide ? [0x66, 0x89, 0xd8, 0x88, 0xd9] : [0x66, 0xb8, 0, 0, 0x88, 0xf8, 0x88, 0xd9]; // mov ax, bx or mov ax, 0; mov al, bh; then mov cl, bl
  const body = [...overflow, ...others, ...operands, ...code, ...STORE, ...STORE_FLAGS, ...ADVANCE];
  const back = -(body.length + 6);
  return [...body, 0x0f, 0x85, back & 0xff, (back >> 8) & 0xff, 0xff, 0xff, HLT]; // jnz
}

export class Loops {
  readonly #bench;

  constructor(engine: EngineName) {
    this.#bench = bench(engine, 'i686');
  }

  /** Regions compiled so far. */
  get regions(): number {
    return this.#bench.cpu.regions;
  }

  /** The outcome for every pair, at index a * 256 + b. */
  run(trial: Trial): (a: number, b: number) => Outcome {
    const { cpu, memory } = this.#bench;
    const { s } = cpu;
    cpu.reset();
    memory.writeBytes(CODE, Uint8Array.from(program(trial)));
    for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
      s.base[seg] = 0;
      s.limit[seg] = FLAT;
      s.access[seg] = seg === Seg.cs ? CODE32 : DATA32;
    }
    s.cr0 |= Cr0.PE;
    s.eip = CODE;
    s.gpr[12] = PAIRS; // ESI
    s.gpr[14] = RESULTS; // EDI
    cpu.dropCaches();
    const stop = cpu.run(s.clock + PAIRS * 1000);
    if (stop !== 'halted') throw new Error(`the loop ended with ${stop}`);
    return (a, b) => outcome(memory.ram, RESULTS + (a * 256 + b) * 4);
  }
}

function outcome(ram: Uint8Array, at: number): Outcome {
  const flags = (ram[at + 2]! & (CF | PF | AF | ZF | SF)) | (ram[at + 3]! ? OF : 0);
  return { ax: ram[at]! | (ram[at + 1]! << 8), flags };
}
