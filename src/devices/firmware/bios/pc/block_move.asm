; INT 15h 87h: moves CX words (at most 8000h) between places anywhere in memory, described by the caller's
; table of descriptors at ES:SI: 10h is the source, 18h the destination (IBM PS/2 and PC BIOS Interface
; Technical Reference, INT 15h 87h). In protected mode only DS and ES are loaded, so code and stack stay
; as they are; afterwards DS and ES take back the limits of real mode.

BLOCK_SOURCE            equ 10h
BLOCK_DESTINATION       equ 18h
BLOCK_LIMIT_WORDS       equ 8000h
BLOCK_DESCRIPTORS       equ 30h         ; bytes in the caller's table

block_move:
        mov cx, [bp+F_CX]
        cmp cx, BLOCK_LIMIT_WORDS
        ja .bad
        in al, SYSTEM_PORT_A
        push ax
        call a20_on
        cli
        call load_callers_table
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov ax, BLOCK_SOURCE
        mov ds, ax
        mov ax, BLOCK_DESTINATION
        mov es, ax
        xor si, si
        xor di, di
        rep movsw
        o32 lgdt [cs:flat_gdtr]
        mov ax, REAL_DATA_SELECTOR
        mov ds, ax
        mov es, ax
        mov eax, cr0
        and al, 0FEh
        mov cr0, eax
        pop ax
        and al, 0FEh
        out SYSTEM_PORT_A, al
        mov byte [bp+F_AH], 0
        ret
.bad:
        mov byte [bp+F_AH], 02h
        SET_CARRY
        ret

; LGDT of the table at the caller's ES:SI. Keeps CX.
load_callers_table:
        movzx eax, word [bp+F_ES]
        shl eax, 4
        movzx ebx, word [bp+F_SI]
        add eax, ebx
        push eax
        push word BLOCK_DESCRIPTORS-1
        mov bx, sp
        o32 lgdt [ss:bx]
        add sp, 6
        ret
