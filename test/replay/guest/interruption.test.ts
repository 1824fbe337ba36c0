/**
 * Who was interrupted, read from the frame on the handler's stack: programs that fault or interrupt themselves at a label,
 * with and without error code (Intel SDM volume 3A, table 6-1), against that label.
 */
import { beforeAll, expect, it } from 'vitest';
import { Cr0, Seg, slot } from '../../../src/core/cpu/ia32/state.js';
import type { VectorSource } from '../../../src/core/cpu.js';
import type { Machine } from '../../../src/core/machine.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';
import { interrupted } from '../../../src/replay/guest/interruption.js';
import { ready } from '../../../src/replay/ready.js';
import { bench } from '../../core/cpu/ia32/support/bench.js';

beforeAll(() => ready());

const CODE = 0x10000;
const STACK = 0x9000;

/** Runs a program of flat 32-bit code to the HLT of the handler of a vector. */
function faulted(vector: number, source: string) {
  const { cpu, memory } = bench('interpreter');
  const { s } = cpu;
  const { bytes, symbols } = assemble(`bits 32
org ${CODE}
        lidt    [idtr]
${source}
there:  hlt
handler: hlt
idtr:   dw      2047
        dd      idt
        align   8
gdt:    dq      0, 00CF9B000000FFFFh, 00CF13000000FFFFh
idt:    times ${8 * vector} db 0
        dw      handler - ${CODE}, 8, 8E00h, ${CODE >>> 16}`);
  memory.load(CODE, bytes);
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    s.base[seg] = 0;
    s.selector[seg] = 8;
    s.limit[seg] = 0xffffffff;
    s.access[seg] = 0xc000 | (seg === Seg.cs ? 0x9b : 0x93);
  }
  s.cr0 |= Cr0.PE;
  s.gdtBase = symbols.get('gdt')!;
  s.gdtLimit = 23;
  s.eip = CODE;
  s.gpr[slot(4)] = STACK;
  cpu.dropCaches();
  expect(cpu.run(s.clock + 100_000)).toBe('halted');
  expect(s.eip).toBe(symbols.get('handler')! + 1);
  return { machine: { cpu, memory } as unknown as Machine, symbols };
}

it.each<[string, number, VectorSource, string]>([
  ['#GP, with an error code', 13, 'exception', 'mov ax, 7770h\nat: mov ds, ax'],
  ['#NP, with an error code', 11, 'exception', 'mov ax, 10h\nat: mov ds, ax'],
  ['#UD, without', 6, 'exception', 'at: ud2'],
  ['INT 0Dh, which pushes none', 13, 'software', 'int 0Dh\nat: nop'],
  ['INT 30h', 0x30, 'software', 'int 30h\nat: nop'],
])('%s', (_, vector, kind, source) => {
  const { machine, symbols } = faulted(vector, source);
  expect(interrupted(machine, vector, kind)).toMatchObject({
    pc: symbols.get('at'),
    stack: STACK,
    code: { base: 0, wide: true },
  });
});
