/**
 * Code that writes over itself: an instruction executed alone in the middle of a block may change what
 * stands behind it, or where that is; pages become restless, and calm again. In every engine the results are
 * those of the arithmetic.
 */
import { describe, expect, it } from 'vitest';
import type { Ia32 } from '../../../../../src/core/cpu/ia32/cpu.js';
import { Cr0, Seg, slot } from '../../../../../src/core/cpu/ia32/state.js';
import { assemble } from '../../../../../src/devices/firmware/assembler/assembler.js';
import { type Bench, bench } from '../support/bench.js';

const CODE = 0x10000;
const OTHER = 0x12000;
const DIRECTORY = 0x4000;
const TABLE = 0x5000;
const STACK = 0x9000;
const ENOUGH = 1_000_000;
const BX = 3;

const engines: Record<string, () => Bench> = {
  evaluator: () => bench('evaluator'),
  interpreter: () => bench('interpreter'),
  'compiler at once': () => bench('compiler', 'i686', 1 << 20, 1),
  compiler: () => bench('compiler', 'i686', 1 << 20, 20),
};

/** Runs code in real mode or in flat 32-bit mode until it halts. */
function run({ cpu, memory }: Bench, bits: 16 | 32, source: string): Ia32 {
  const { s } = cpu;
  const org = bits === 32 ? CODE : 0;
  memory.load(CODE, assemble(`bits ${bits}\norg ${org}\n${source}`).bytes);
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    s.base[seg] = bits === 32 ? 0 : CODE;
    s.limit[seg] = bits === 32 ? 0xffffffff : 0xffff;
    s.access[seg] = (bits === 32 ? 0xc000 : 0) | (seg === Seg.cs ? 0x9b : 0x93);
  }
  if (bits === 32) s.cr0 |= Cr0.PE;
  s.eip = org;
  s.gpr[slot(4)] = STACK;
  cpu.dropCaches();
  expect(cpu.run(s.clock + ENOUGH)).toBe('halted');
  return cpu;
}

/** What a loop adds up in BX that increments a byte of its own, `again` times from 0. */
function sum(again: number): number {
  let total = 0;
  for (let i = 1; i <= again; i++) total += i % 256;
  return total % 0x10000;
}

/** In each turn, one instruction changes one of the next, which is in its own block. */
const loop = (turns: number, filler = '') => `
        mov     cx, ${turns}
        mov     bx, 0
again:  inc     byte [changed + 1]
        ${filler}
changed:
        mov     al, 0
        mov     ah, 0
        add     bx, ax
        dec     cx
        jnz     near again
`;

describe.each(Object.keys(engines))('%s', (name) => {
  const machine = () => engines[name]!();

  it.each([16, 32] as const)('an instruction that is changed each time, in %i-bit code', (bits) => {
    const cpu = run(machine(), bits, `${loop(1000)} hlt`);
    expect(cpu.s.gpr[slot(BX)]! & 0xffff).toBe(sum(1000));
  });

  it.each([16, 32] as const)('the same after much else, in %i-bit code', (bits) => {
    const filler = 'times 100 nop\n';
    const cpu = run(machine(), bits, `${loop(200, filler)} hlt`);
    expect(cpu.s.gpr[slot(BX)]! & 0xffff).toBe(sum(200));
  });

  it('a page that calms down, and is stirred up again', () => {
    const calm = (label: string) => `
        mov     edx, 2000
${label}: add   edi, edx
        dec     edx
        jnz     ${label}
`;
    const stir = `
        mov     ecx, 100
stir:   inc     byte [other + 1]
other:  mov     al, 0
        add     esi, 1
        loop    stir
`;
    const cpu = run(machine(), 32, `${loop(300)}${calm('first')}${stir}${calm('second')} hlt`);
    expect(cpu.s.gpr[slot(BX)]! & 0xffff).toBe(sum(300));
    expect(cpu.s.gpr[slot(7)]).toBe(2 * ((2000 * 2001) / 2));
    expect(cpu.s.gpr[slot(0)]! & 0xff).toBe(100);
  });

  it('an instruction behind which another page is mapped', () => {
    const b = machine();
    const { memory } = b;
    memory.write(DIRECTORY, TABLE + 7, 4);
    for (let page = 0; page < 256; page++) memory.write(TABLE + 4 * page, (page << 12) | 7, 4);
    const source = (value: number) => `
        mov     eax, ${DIRECTORY}
        mov     cr3, eax
        mov     eax, 80000001h
        mov     cr0, eax
        jmp     short on
on:     mov     dword [${TABLE + 4 * (CODE >>> 12)}], ${OTHER | 7}
        mov     ebx, ${value}
        hlt
`;
    memory.load(OTHER, assemble(`bits 32\norg ${CODE}\n${source(2)}`).bytes);
    expect(run(b, 32, source(1)).s.gpr[slot(BX)]).toBe(2);
  });
});
