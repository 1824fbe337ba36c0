/**
 * FXSAVE and FXRSTOR: the 512-byte image (SDM volume 1, 10.5; volume 2, table 3-43). The XMM registers
 * and MXCSR take part if CR4.OSFXSR is set. Reserved bytes are left alone.
 */
import type { Context } from '../../context.js';
import { Cr0, Cr4, Fault, Vector } from '../../state.js';
import { controlWord } from './bits.js';
import { applyStack, readStack, writeExtended } from './environment.js';
import { unitOf } from './unit.js';

/** Bytes from one register to the next. */
const STRIDE = 16;
const REGISTERS = 32;
const XMM = 160;
/** Words of 32 bits in the eight XMM registers. */
const XMM_WORDS = 32;
/** MXCSR_MASK: all but DAZ and the reserved upper half. */
const MXCSR_MASK = 0xffbf;

function check(cpu: Context, seg: number, offset: number): void {
  if ((cpu.s.cr0 & (Cr0.EM | Cr0.TS)) !== 0) throw new Fault(Vector.NM);
  if (((cpu.s.base[seg]! + offset) & 15) !== 0) throw new Fault(Vector.GP, 0);
}

const xmmWords = (cpu: Context): Uint32Array =>
  new Uint32Array(cpu.s.xmm.buffer, cpu.s.xmm.byteOffset, XMM_WORDS);
const savesXmm = (cpu: Context): boolean => (cpu.s.cr4 & Cr4.OSFXSR) !== 0;

export function fxsave(cpu: Context, seg: number, offset: number): void {
  check(cpu, seg, offset);
  const { s } = cpu;
  const f = unitOf(s);
  const write = (at: number, value: number, size: 2 | 4) => cpu.write(seg, (offset + at) >>> 0, value, size);
  write(0, f.control, 2);
  write(2, f.status, 2);
  write(4, f.tags, 2);
  write(6, s.fpOpcode, 2);
  write(8, s.fpIp, 4);
  write(12, s.fpCs & 0xffff, 4);
  write(16, s.fpDp, 4);
  write(20, s.fpDs & 0xffff, 4);
  for (let i = 0; i < 8; i++) writeExtended(cpu, seg, (offset + REGISTERS + i * STRIDE) >>> 0, f.raw(i));
  if (!savesXmm(cpu)) return;
  write(24, s.mxcsr, 4);
  write(28, MXCSR_MASK, 4);
  xmmWords(cpu).forEach((value, i) => {
    write(XMM + 4 * i, value, 4);
  });
}

export function fxrstor(cpu: Context, seg: number, offset: number): void {
  check(cpu, seg, offset);
  const { s } = cpu;
  const f = unitOf(s);
  const read = (at: number, size: 2 | 4) => cpu.read(seg, (offset + at) >>> 0, size);
  const words = [0, 2, 4, 6].map((at) => read(at, 2)) as [number, number, number, number];
  const pointers = [8, 12, 16, 20].map((at) => read(at, 4)) as [number, number, number, number];
  const stack = readStack(cpu, seg, offset + REGISTERS, STRIDE);
  const mxcsr = savesXmm(cpu) ? read(24, 4) : s.mxcsr;
  if ((mxcsr & ~MXCSR_MASK) !== 0) throw new Fault(Vector.GP, 0);
  if (savesXmm(cpu)) xmmWords(cpu).set(Array.from({ length: XMM_WORDS }, (_, i) => read(XMM + 4 * i, 4)));
  s.mxcsr = mxcsr;
  f.control = controlWord(words[0]);
  f.status = words[1];
  f.tags = words[2] & 0xff;
  s.fpOpcode = words[3] & 0x7ff;
  s.fpIp = pointers[0];
  s.fpCs = pointers[1] & 0xffff;
  s.fpDp = pointers[2];
  s.fpDs = pointers[3] & 0xffff;
  applyStack(f, stack);
  f.summarize();
}
