/**
 * Firmware of a pc that goes through the modes of the processor: real mode with a stack of its own, protected mode
 * with page tables that its test knows entry by entry, the x87. Then it counts for ever.
 */
export const DIRECTORY = 0x10000;
export const TABLE = 0x11000;
export const STACK = 0x9000;

/** Linear addresses with mappings of their own, and where they lead. */
export const READ_ONLY = { linear: 0x300000, physical: 0x80000 } as const;
export const ABSENT = 0x301000;
/** Beyond the memory that there is. */
export const NOWHERE = { linear: 0x302000, physical: 0x8000000 } as const;
export const VIDEO = { linear: 0x303000, physical: 0xb8000 } as const;
export const LARGE = { linear: 0x400000, physical: 0 } as const;
export const UNMAPPED = 0x80000000;

export const PAGED = `
        cpu 686
start:  cli
        mov     ax, 2000h
        mov     ss, ax
        mov     sp, 0100h
        mov     ax, 1234h
        mov     bx, greeting
        mov     si, greeting
        push    cs
        pop     ds
real:   call    near_function
returned:
        mov     al, [si]
        in      al, 92h
        or      al, 2
        out     92h, al
        xor     ax, ax
        mov     es, ax
        lgdt    [cs:gdtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword 8:0F0000h + protected
near_function:
        push    bp
        mov     bp, sp
        add     ax, 1
.within:
        pop     bp
        ret
greeting:
        db      "Hello, view!", 0
gdtr:   dw      23
        dd      0F0000h + gdt
        align   8
gdt:    dq      0, 00CF9B000000FFFFh, 00CF93000000FFFFh

        bits 32
protected:
        mov     eax, 10h
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, ${STACK}
        cld
        xor     eax, eax
        mov     edi, ${DIRECTORY}
        mov     ecx, 2048
        rep stosd
        mov     dword [${DIRECTORY}], ${TABLE} + 7
        mov     dword [${DIRECTORY} + 4], 83h
        mov     edi, ${TABLE}
        mov     eax, 3
fill:   mov     [edi], eax
        add     edi, 4
        add     eax, 1000h
        cmp     edi, ${TABLE} + 1000h
        jb      fill
        mov     dword [${TABLE} + 0C00h], ${READ_ONLY.physical} + 5
        mov     dword [${TABLE} + 0C04h], 0
        mov     dword [${TABLE} + 0C08h], ${NOWHERE.physical} + 3
        mov     dword [${TABLE} + 0C0Ch], ${VIDEO.physical} + 3
        mov     eax, ${DIRECTORY}
        mov     cr3, eax
        mov     eax, cr4
        or      al, 10h
        mov     cr4, eax
        mov     eax, cr0
        or      eax, 80010000h
        mov     cr0, eax
paged:  mov     dword [6000h], 11223344h
        mov     ebx, 6000h
written:
        mov     byte [ebx + 1], 55h
one_byte:
        fninit
        fldpi
        fld1
        fchs
        fldz
numbers:
        mov     ecx, 3
        mov     esi, 6000h
        mov     edi, 7000h
        rep movsd
moved:  push    dword 0F0000h + greeting
        call    outer
        add     esp, 4
        xor     eax, eax
count:  inc     eax
        jmp     count
outer:  push    ebp
        mov     ebp, esp
        call    inner
.back:
        pop     ebp
        ret
inner:  mov     eax, [ebp + 8]
.read:  ret
`;
