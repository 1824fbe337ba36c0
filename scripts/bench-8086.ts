/**
 * How fast the cycle-exact 8086 and 8088 run: `npx tsx scripts/bench-8086.ts`. Prints the best of several stretches
 * of three programs, in millions of clocks a second of processor time, and how many times real time that is.
 */
import { I8086Cpu } from '../src/core/cpu/i8086/cpu.js';
import type { CpuPins } from '../src/core/cpu.js';
import { PhysicalMemory } from '../src/core/memory.js';
import { assemble } from '../src/devices/firmware/assembler/assembler.js';

const MIB = 1 << 20;
const ORIGIN = 0x7c00;
const RESET_VECTOR = 0xffff0;
const STRETCH = 8_000_000;
const STRETCHES = 12;
/** An IBM PC's, in clocks a microsecond. */
const REAL_TIME = 4.772727;

const PROGRAMS: Readonly<Record<string, string>> = {
  'registers and a loop': 'again: inc ax\nadd bx, cx\ndec dx\njnz again\nnop\njmp again',
  'memory, calls, multiplication': `
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7000h
again:  mov cx, 100
        mov si, 8000h
        mov di, 9000h
next:   mov ax, [si]
        add ax, [di+2]
        mov [di], ax
        inc si
        add di, 2
        call near twice
        test al, 1
        jnz odd
        shl bx, 1
odd:    loop next
        mul si
        jmp again
twice:  push ax
        push bx
        pop bx
        pop ax
        ret`,
  'REP MOVSB': 'again: mov cx, 1000\nmov si, 8000h\nmov di, 9000h\nrep movsb\njmp again',
};

/** Millions of clocks a second. */
function measure(model: 'i8086' | 'i8088', program: string): number {
  const memory = new PhysicalMemory(new Uint8Array(MIB));
  const pins: CpuPins = {
    io: { read: () => 0xff, write: () => {} },
    acknowledge: () => 0,
    nextEvent: () => Number.POSITIVE_INFINITY,
    attention: () => false,
    delivered: () => {},
  };
  const cpu = new I8086Cpu(model, memory, pins);
  memory.ram.set(assemble(`bits 16\norg ${ORIGIN}\n${program}\n`).bytes, ORIGIN);
  memory.ram.set([0xea, ORIGIN & 0xff, ORIGIN >> 8, 0, 0], RESET_VECTOR);
  let best = 0;
  for (let i = 0; i < STRETCHES; i++) {
    const before = process.cpuUsage().user;
    cpu.run(cpu.clock + STRETCH);
    best = Math.max(best, STRETCH / (process.cpuUsage().user - before));
  }
  return best;
}

for (const model of ['i8086', 'i8088'] as const) {
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const speed = measure(model, program);
    const times = (speed / REAL_TIME).toFixed(1);
    console.log(`${model}  ${name.padEnd(30)} ${speed.toFixed(1).padStart(6)} M clocks/s  ${times}x`);
  }
}
