; A boot sector that makes BIOS calls from a table and reports on port E9h; services.test.ts fills the table.
; A call is 8 dwords: interrupt number, EAX, EBX, ECX, EDX, ESI, EDI, ES; its report the same with the flags
; first. Number 100h instead reports ECX bytes at ES:ESI; 200h ends the run through port F4h.

TABLE           equ 7E00h
TABLE_SECTORS   equ 16
CALL_SIZE       equ 32
REPORT          equ 7000h
PEEK            equ 100h
END             equ 200h

        bits 16
        org 7C00h
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        mov ax, 0200h + TABLE_SECTORS
        mov bx, TABLE
        mov cx, 0002h
        mov dh, 0
        int 13h
next:
        mov bp, [current]
        add word [current], CALL_SIZE
        mov ax, [bp]
        cmp ax, END
        je end
        mov es, [bp+28]
        mov ecx, [bp+12]
        mov esi, [bp+20]
        cmp ax, PEEK
        je peek
        mov [interrupt+1], al
        mov eax, [bp+4]
        mov ebx, [bp+8]
        mov edx, [bp+16]
        mov edi, [bp+24]
        clc
interrupt:
        int 0
        pushf
        pop word [REPORT]
        mov [REPORT+4], eax
        mov [REPORT+8], ebx
        mov [REPORT+12], ecx
        mov [REPORT+16], edx
        mov [REPORT+20], esi
        mov [REPORT+24], edi
        mov [REPORT+28], es
        push ds
        pop es
        mov si, REPORT
        mov cx, 32
peek:
        mov dx, 0E9h
        rep es outsb
        jmp next
end:
        mov al, 0
        out 0F4h, al
        hlt
current:
        dw TABLE
        times 510-($-$$) db 0
        dw 0AA55h
