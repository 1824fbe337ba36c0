/** Runs of the boards that the laws of the machine are tested on. */

import type { Provider } from '../../../src/core/door.js';
import type { Machine } from '../../../src/core/machine.js';
import { assemble } from '../../../src/devices/firmware/assembler/assembler.js';
import { guestImage } from '../../../src/devices/firmware/guest.js';
import { chordToKeys } from '../../../src/devices/keys.js';
import type { PcOptions } from '../../support/pc.js';
import { seededProvider } from '../../support/pc.js';
import { xtMachine } from '../../support/xt.js';

export interface Admission {
  readonly clock: number;
  readonly channel: string;
  readonly data: Uint8Array;
}

export interface Scenario {
  readonly name: string;
  /** Of the pc board. */
  readonly options?: PcOptions;
  /** Another board. */
  readonly build?: () => Machine;
  /** Where the interesting part begins, and where it ends. */
  readonly from: number;
  readonly to: number;
  readonly inputs: readonly Admission[];
}

/**
 * A boot sector that goes round in a loop: reads a sector through the BIOS, prints, beats the PIT, sleeps
 * until a tick, then goes to protected mode with paging, takes a page fault and a breakpoint there and
 * comes back to real mode (SDM volume 3A, 9.9).
 */
const EXERCISER = `
        cpu 486
        bits 16
        org 7C00h
PAGES   equ 20000h
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        sti
again:
        mov ax, 0201h
        mov cx, [turn]
        and cx, 0Fh
        inc cx
        mov dx, 80h
        mov bx, 9000h
        int 13h
        mov si, 9000h
        mov di, 9200h
        mov cx, 200h
        cld
        rep movsb
        mov al, [9000h]
        mov ah, 0Eh
        xor bx, bx
        int 10h
        mov al, 00110110b
        out 43h, al
        mov al, [turn]
        out 40h, al
        mov al, 10h
        out 40h, al
        in eax, 0E8h
        hlt
        cli
        lgdt [gdtr]
        lidt [idtr32]
        ; one page table that maps 4 MiB onto itself, but not its last page
        mov ax, PAGES >> 4
        mov es, ax
        xor di, di
        mov eax, PAGES + 1000h + 3
        stosd
        mov di, 1000h
        mov eax, 3
        mov cx, 1023
.fill:  stosd
        add eax, 1000h
        loop .fill
        xor eax, eax
        stosd
        mov eax, PAGES
        mov cr3, eax
        mov eax, cr0
        or eax, 80000001h
        mov cr0, eax
        jmp dword 8:protected
        bits 32
protected:
        mov eax, 10h
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov esp, 7C00h
        int3
        mov eax, [3FF000h]
        fld1
        fldpi
        fdivp st1, st0
        fstp qword [9400h]
        jmp 18h:back
fault:
        add esp, 4
        add dword [esp], 5
trap:
        inc word [turn]
        iretd
        bits 16
back:
        mov eax, 20h
        mov ds, eax
        mov es, eax
        mov ss, eax
        mov eax, cr0
        and eax, 7FFFFFFEh
        mov cr0, eax
        jmp 0:real
real:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        lidt [idtr16]
        sti
        jmp again
turn:   dw 0
        align 4, db 0
gdt:    dq 0, 00CF9A000000FFFFh, 00CF92000000FFFFh, 00009A000000FFFFh, 000092000000FFFFh
gdtr:   dw 39
        dd gdt
idtr16: dw 3FFh
        dd 0
idtr32: dw 15*8 - 1
        dd idt - 3*8
idt:    dw trap, 8, 8E00h, 0
        times 10*8 db 0
        dw fault, 8, 8E00h, 0
        times 510 - ($ - $$) db 0
        dw 0AA55h
`;

/**
 * The same for an 8086: reads from disk and floppy through the BIOS, beats the timer, looks at what changes by
 * itself (refresh address, beam, counters), divides by zero, runs into its own code, sleeps.
 */
const EXERCISER_8086 = `
        cpu 8086
        bits 16
        org 7C00h
start:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        mov word [0], divided
        mov word [2], 0
        sti
again:
        mov ax, 0201h
        mov cx, [turn]
        and cx, 07h
        inc cx
        mov dx, 80h
        mov bx, 9000h
        int 13h
        mov ax, 0201h
        mov cx, [turn]
        and cx, 07h
        inc cx
        mov dx, 0
        mov bx, 9200h
        int 13h
        mov si, 9000h
        mov di, 9101h
        mov cx, 200h
        cld
        rep movsb
        mov dx, 3DAh
        in al, dx
        out 0Ch, al
        in al, 00h
        add [9000h], al
        in al, 40h
        xor al, [9000h]
        mov ah, 0Eh
        xor bx, bx
        int 10h
        mov al, 36h
        out 43h, al
        mov al, [turn]
        out 40h, al
        mov al, 10h
        out 40h, al
        xor bl, bl
        div bl
        mov byte [patched], 0FDh
patched: clc
        mov al, [9000h]
        out 0E9h, al
        hlt
        inc word [turn]
        jmp again
divided:
        iret
turn:   dw 0
        times 510 - ($ - $$) db 0
        dw 0AA55h
`;

const keys = (clock: number, chord: string): Admission => {
  return { clock, channel: 'keyboard', data: chordToKeys(chord) };
};
const serial = (clock: number, text: string): Admission => {
  return { clock, channel: 'serial:com1', data: new TextEncoder().encode(text) };
};

export const POST: Scenario = {
  name: 'POST, and nothing to boot',
  options: { description: { disks: [], floppies: [] } },
  from: 0,
  to: 1_000_000,
  inputs: [keys(300_000, 'ctrl-alt-delete'), keys(600_000, 'a')],
};

export const BOOT_SECTOR: Scenario = {
  name: 'a boot sector in and out of protected mode',
  options: { provider: seededProvider(2, assemble(EXERCISER).bytes) },
  from: 420_000,
  to: 12_000_000,
  inputs: [keys(1_000_000, 'shift-a'), keys(3_000_000, 'x'), serial(5_000_000, 'hello')],
};

export const GUEST: Scenario = {
  name: 'the bundled guest',
  options: {
    description: { kernel: { image: 'guest', append: '' } },
    blobs: new Map([['guest', guestImage()]]),
  },
  from: 450_000,
  to: 6_000_000,
  inputs: [keys(1_000_000, 'r'), serial(2_000_000, 'ace'), keys(4_500_000, 'q')],
};

/** Sector 0 of the floppy is the boot sector; the others follow from a seed. */
function xtProvider(): Provider {
  const seeded = seededProvider(3);
  const bootSector = assemble(EXERCISER_8086).bytes;
  return {
    pull(channel, request, length) {
      const data = seeded.pull(channel, request, length);
      if (channel === 'floppy:0' && request === 0) data.set(bootSector);
      return data;
    },
  };
}

/** An XT boots in two seconds. */
const XT_BOOTED = 9_000_000;

const xtScenario = (model: 'i8086' | 'i8088', display: 'cga' | 'mda'): Scenario => ({
  name: `a boot sector on an xt with an ${model}`,
  build: () => xtMachine({ description: { model, display }, provider: xtProvider() }),
  from: XT_BOOTED,
  to: XT_BOOTED + 4_000_000,
  inputs: [keys(XT_BOOTED + 500_000, 'shift-a'), serial(XT_BOOTED + 2_000_000, 'hello')],
});

export const PC_SCENARIOS: readonly Scenario[] = [POST, BOOT_SECTOR, GUEST];
export const SCENARIOS: readonly Scenario[] = [
  ...PC_SCENARIOS,
  xtScenario('i8088', 'cga'),
  xtScenario('i8086', 'mda'),
];
