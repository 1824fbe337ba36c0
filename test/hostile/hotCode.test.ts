/**
 * A guest that makes hot code without end: compiled code is dropped when there is too much of it, and the
 * host has its memory back. Without a bound V8 runs out of mappings and ends the process. Only in the long
 * run: compiling so much takes half a minute.
 */
import { expect, it } from 'vitest';
import { Cr0, Seg } from '../../src/core/cpu/ia32/state.js';
import { bench } from '../core/cpu/ia32/support/bench.js';
import { collect, LONG } from './host.js';

const MIB = 1 << 20;
const HEAT = 2;
/** More than what can be compiled at a time, in each round. */
const ROUND = 10_000;
const ROUNDS = 4;
const SLACK = 150 * MIB;

const DRIVER = 0x1000;
const LOOPS = 0x10000;
const END = 0xf0000;
/** DEC ECX; JNZ back; RET. */
const LOOP = [0x49, 0x75, 0xfd, 0xc3];
/** MOV EDI, LOOPS; next: MOV ECX, 6; CALL EDI; ADD EDI, 4; CMP EDI, END; JB next; JMP to the beginning. */
const DRIVE = [
  ...[0xbf, ...dword(LOOPS), 0xb9, ...dword(6), 0xff, 0xd7, 0x83, 0xc7, LOOP.length],
  ...[0x81, 0xff, ...dword(END), 0x72, 0xee, 0xeb, 0xe7],
];

function dword(v: number): number[] {
  return [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];
}

it.runIf(LONG)('hot code without end is compiled within bounds', () => {
  const { cpu, memory } = bench('compiler', 'i686', MIB, HEAT);
  const { s } = cpu;
  for (let at = LOOPS; at < END; at += LOOP.length) memory.load(at, Uint8Array.from(LOOP));
  memory.load(DRIVER, Uint8Array.from(DRIVE));
  for (const seg of [Seg.es, Seg.cs, Seg.ss, Seg.ds]) {
    s.base[seg] = 0;
    s.limit[seg] = 0xffffffff;
    s.access[seg] = seg === Seg.cs ? 0xc09b : 0xc093;
  }
  s.cr0 |= Cr0.PE;
  s.eip = DRIVER;
  s.gpr[8] = LOOPS; // ESP
  cpu.dropCaches();
  const sizes: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    while (cpu.regions < round * ROUND) expect(cpu.run(s.clock + 10_000)).toBe('clock');
    sizes.push(collect().resident);
  }
  expect(Math.max(...sizes) - sizes[0]!, `${sizes}`).toBeLessThan(SLACK);
});
