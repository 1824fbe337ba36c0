/**
 * A trace with a million events: firmware that lets the timer interrupt it as often as it can, and sends a letter on the
 * serial line now and then.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../prepare.mjs';

const SIZE = 0x10000;
const RESET = 0xfff0;
/** Guest seconds: an interrupt every 4 ticks of the timer, and another event with every 64th of them. */
const SECONDS = 3.4;

const FIRMWARE = `
        bits 16
        org 0
start:  cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 7000h
        mov     word [20h], tick
        mov     word [22h], 0F000h
        mov     al, 11h
        out     20h, al
        mov     al, 8
        out     21h, al
        mov     al, 4
        out     21h, al
        mov     al, 3                   ; 8086 mode, end of interrupt by itself
        out     21h, al
        mov     al, 0FEh
        out     21h, al
        mov     al, 34h
        out     43h, al
        mov     al, 4
        out     40h, al
        mov     al, 0
        out     40h, al
        mov     dx, 3F8h
        sti
again:  hlt
        jmp     again
tick:   inc     bx
        test    bl, 3Fh
        jnz     done
        mov     al, bh
        out     dx, al
done:   iret
        times ${RESET}-($-$$) db 0
        jmp     0F000h:start
        times ${SIZE}-($-$$) db 0
`;

/** Records it; the clock of its end. */
export async function recordManyEvents(folder) {
  const load = (path) => import(pathToFileURL(join(ROOT, 'dist', path)));
  const { assemble } = await load('devices/firmware/assembler/assembler.js');
  const [bios, trace] = [join(folder, 'ticks.bin'), join(folder, 'ticks.rewind')];
  writeFileSync(bios, assemble(FIRMWARE).bytes);
  const args = ['record', '--bios', bios, '--time-limit', String(SECONDS), '--quiet', '-o', trace];
  const { stderr } = spawnSync(process.execPath, [join(ROOT, 'bin/rewind86.js'), ...args]);
  return { trace, said: String(stderr) };
}
