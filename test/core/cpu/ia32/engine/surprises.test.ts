/**
 * Surprises in the middle of compiled code: what a device, another mapping or the processor itself does to
 * code while it runs. Small programs in flat 32-bit code, the same in every engine; the evaluator, which
 * looks at the machine before every instruction, says what is right.
 */
import { describe, expect, it } from 'vitest';
import { Cr0, Flag, Seg } from '../../../../../src/core/cpu/ia32/state.js';
import type { Stop } from '../../../../../src/core/cpu.js';
import { type Bench, bench } from '../support/bench.js';

const GDT = 0x1000;
const IDT = 0x2000;
const PAGE_DIRECTORY = 0x4000;
const PAGE_TABLE = 0x5000;
const HANDLER = 0x8000;
const STACK = 0x9000;
const CODE = 0x10000;
const PORT = 0x80;
const CLOCKS = 4000;

const dword = (v: number): number[] => [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];

/** A code segment of 4 GiB. */
const codeAt = (base: number): number[] => {
  const [b0, b1, b2, b3] = dword(base) as [number, number, number, number];
  return [0xff, 0xff, b0, b1, b2, 0x9b, 0xcf, b3];
};

interface Program {
  readonly code: readonly number[];
  /** Where it lies; CODE if not given. */
  readonly at?: number;
  readonly setUp?: (b: Bench) => void;
}

interface End {
  readonly stop: Stop;
  readonly state: Uint8Array;
  readonly ram: Buffer;
}

/** Flat protected mode, every vector to HANDLER: inc edi; iretd. */
function prepare({ cpu, memory, wires }: Bench, { code, at = CODE, setUp }: Program): void {
  const { s } = cpu;
  const poke = (address: number, bytes: readonly number[]) =>
    memory.writeBytes(address, Uint8Array.from(bytes));
  poke(GDT + 8, codeAt(0));
  poke(GDT + 16, codeAt(CODE));
  poke(GDT + 24, codeAt(CODE + 0x800));
  for (let n = 0; n < 256; n++) poke(IDT + n * 8, [HANDLER & 0xff, HANDLER >>> 8, 8, 0, 0, 0x8e, 0, 0]);
  poke(HANDLER, [0x47, 0xcf]);
  poke(at, code);
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    s.base[seg] = 0;
    s.limit[seg] = 0xffffffff;
    s.access[seg] = seg === Seg.cs ? 0xc09b : 0xc093;
    s.selector[seg] = 8;
  }
  Object.assign(s, { gdtBase: GDT, gdtLimit: 0x1f, idtBase: IDT, idtLimit: 0x7ff, eip: at });
  s.gpr[8] = STACK;
  s.cr0 |= Cr0.PE;
  wires.vector = 0x20;
  setUp?.({ cpu, memory, wires });
  cpu.dropCaches();
}

function end(b: Bench, program: Program): End {
  prepare(b, program);
  const stop = b.cpu.run(b.cpu.clock + CLOCKS);
  b.cpu.settle();
  return { stop, state: b.cpu.s.bytes.slice(), ram: Buffer.from(b.memory.ram) };
}

/** Runs a program in every engine; gives how it ended. */
function everywhere(program: Program): End & { readonly gpr: (n: number) => number } {
  const right = end(bench('evaluator'), program);
  for (const b of [
    bench('interpreter'),
    bench('compiler', 'i686', 1 << 20, 1),
    bench('compiler', 'i686', 1 << 20, 5),
  ]) {
    const other = end(b, program);
    expect(other.stop).toBe(right.stop);
    expect(other.state).toEqual(right.state);
    expect(other.ram.equals(right.ram)).toBe(true);
  }
  const registers = new Uint32Array(right.state.buffer, 0, 16);
  return { ...right, gpr: (n) => registers[n * 2]! };
}

const OUT = [0xe6, PORT];
const INC_EBX = 0x43;
const DEC_EBX = 0x4b;
const [EBX, EDI] = [3, 7];

describe('a device that is written to', () => {
  it('writes over the code that wrote to it', () => {
    const code = [...OUT, 0x90, INC_EBX, 0xeb, 0xfa];
    let writes = 0;
    const { gpr } = everywhere({
      code,
      setUp: ({ memory, wires }) => {
        writes = 0;
        wires.writes = () => {
          if (++writes === 50) memory.writeBytes(CODE + 3, Uint8Array.of(DEC_EBX));
        };
      },
    });
    expect(gpr(EBX) | 0).toBeLessThan(40);
  });

  it.each(['NMI', 'INTR'])('raises %s', (what) => {
    const code = [...OUT, INC_EBX, INC_EBX, INC_EBX, 0xeb, 0xf9];
    const { gpr } = everywhere({
      code,
      setUp: ({ cpu, wires }) => {
        cpu.setFlags(Flag.IF);
        let writes = 0;
        wires.writes = () => {
          if (++writes % 8 !== 0) return;
          if (what === 'NMI') cpu.nmi();
          else cpu.interrupt(true);
        };
      },
    });
    expect(gpr(EDI)).toBeGreaterThan(2);
  });
});

describe('WAIT', () => {
  it('raises FERR# for an exception that happened while CR0.NE was set, once that is clear', () => {
    // fninit; fldcw [esp]; fldz; fdivr st, st: invalid, unmasked. Then mov cr0, eax without NE, and the loop.
    const raise = [0xdb, 0xe3, 0xc7, 0x04, 0x24, ...dword(0x0300), 0xd9, 0x2c, 0x24, 0xd9, 0xee, 0xd8, 0xf8];
    const clearNe = [0x0f, 0x20, 0xc0, 0x24, 0xdf, 0x0f, 0x22, 0xc0];
    const loop = [0xb9, ...dword(20), INC_EBX, 0xe2, 0xfd, 0x9b, INC_EBX, INC_EBX, 0xeb, 0xfb];
    const { gpr } = everywhere({
      code: [...raise, ...clearNe, ...loop],
      setUp: ({ cpu }) => {
        cpu.setFlags(Flag.IF);
        cpu.s.cr0 |= Cr0.NE;
      },
    });
    expect(gpr(EDI)).toBeGreaterThan(0);
  });
});

describe('code that lies where EIP begins again', () => {
  it('runs with one base of CS and faults with another', () => {
    // At 7E0h: jmp 7F0h. At 7F0h: inc ebx; ...; at 7FEh, over the wrap of the third segment: mov eax, imm32.
    const first = [0xeb, 0x0e];
    const second = [INC_EBX, ...new Array(13).fill(0x90), 0xb8, 1, 2, 3, 4];
    // cmp ebx, 30; jb 7E0h; jmp 18h:FFFFFFE0h
    const tail = [0x83, 0xfb, 30, 0x72, 0xd8, 0xea, ...dword(0xffffffe0), 0x18, 0];
    const code = [...first, ...new Array(14).fill(0x90), ...second, ...tail];
    const { stop } = everywhere({
      code,
      at: CODE + 0x7e0,
      setUp: ({ cpu }) => {
        cpu.s.base[Seg.cs] = CODE;
        cpu.s.selector[Seg.cs] = 16;
        cpu.s.eip = 0x7e0;
        cpu.s.idtLimit = 0;
      },
    });
    expect(stop).toBe('shutdown');
  });
});

describe('the end of CS', () => {
  it.each([
    ['behind an instruction', [INC_EBX, INC_EBX]],
    ['within one', [INC_EBX, 0xb8]],
  ])('keeps the page behind it from being accessed, %s that is executed alone', (_, code) => {
    const end = CODE + 0xfff;
    const { stop, ram } = everywhere({
      code,
      at: end - 1,
      setUp: ({ cpu, memory }) => {
        const { s } = cpu;
        memory.write(PAGE_DIRECTORY, PAGE_TABLE | 7, 4);
        for (let page = 0; page < 0x100; page++) memory.write(PAGE_TABLE + page * 4, (page << 12) | 7, 4);
        s.cr3 = PAGE_DIRECTORY;
        s.cr0 |= Cr0.PG;
        s.dr[7] = 1;
        s.limit[Seg.cs] = end;
        s.idtLimit = 0;
      },
    });
    expect(stop).toBe('shutdown');
    expect(ram[PAGE_TABLE + ((end + 1) >>> 12) * 4]).toBe(7);
  });
});

describe('a page table in the memory of a device', () => {
  it('is not there, and the device is not asked', () => {
    const DEVICE = 0xa0000;
    let reads = 0;
    // mov eax, [400000h], again and again: its table is the device's.
    const { gpr } = everywhere({
      code: [INC_EBX, 0xa1, ...dword(0x400000), 0xeb, 0xf8],
      setUp: ({ cpu, memory }) => {
        const { s } = cpu;
        const poke = (at: number, bytes: readonly number[]) => memory.writeBytes(at, Uint8Array.from(bytes));
        poke(PAGE_DIRECTORY, [...dword(PAGE_TABLE | 7), ...dword(DEVICE | 7)]);
        for (let page = 0; page < 0x100; page++) poke(PAGE_TABLE + page * 4, dword((page << 12) | 7));
        // The handler: inc edi; add esp, 4; add dword [esp], 5; iretd.
        poke(HANDLER, [0x47, 0x83, 0xc4, 4, 0x83, 0x04, 0x24, 5, 0xcf]);
        const read = () => ++reads;
        memory.mapMmio(DEVICE, 0x1000, { read, write: () => {} });
        s.cr3 = PAGE_DIRECTORY;
        s.cr0 |= Cr0.PG;
      },
    });
    expect(reads).toBe(0);
    expect(gpr(EDI)).toBeGreaterThan(10);
  });
});

describe('a page table that is executed', () => {
  it('changes as its own entry gets the dirty bit', () => {
    // The entry of page 40h read as code: daa; nop; add al, [eax]. With its dirty bit: addr16 nop; add al, [eax].
    const entry = 0x40;
    const code = [0xe9, ...dword(PAGE_TABLE + entry * 4 - (CODE + 5))];
    // Back there: inc ebx; cmp ebx, 20; jne over the store; store to page 40h; jmp to the entry.
    const behind = PAGE_TABLE + entry * 4 + 4;
    const more = [INC_EBX, 0x83, 0xfb, 20, 0x75, 7, 0xc6, 0x05, ...dword(entry << 12), 1, 0xeb, 0];
    more[more.length - 1] = (256 - 4 - more.length) & 0xff;
    everywhere({
      code,
      setUp: ({ cpu, memory }) => {
        const { s } = cpu;
        const poke = (at: number, bytes: readonly number[]) => memory.writeBytes(at, Uint8Array.from(bytes));
        poke(PAGE_DIRECTORY, dword(PAGE_TABLE | 7));
        for (let page = 0; page < 0x20; page++) poke(PAGE_TABLE + page * 4, dword((page << 12) | 7));
        poke(PAGE_TABLE + entry * 4, dword(0x00029027));
        poke(behind, more);
        s.cr3 = PAGE_DIRECTORY;
        s.cr0 |= Cr0.PG;
        s.gpr[0] = CODE;
      },
    });
  });
});
