; A boot sector for the 8086 that makes BIOS calls from a table and reports on port E9h; xtServices.test.ts fills
; the table. A call is 8 words: interrupt number, AX, BX, CX, DX, SI, DI, ES; its report the same with the flags
; first. Number 100h instead reports CX bytes at ES:SI; 200h ends the run through port F4h.

TABLE           equ 8000h
TABLE_SECTORS   equ 4
CALL_SIZE       equ 16
PEEK            equ 100h
END             equ 200h

        cpu 8086
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
        mov dx, 0080h
        int 13h
next:
        mov bp, [current]
        add word [current], CALL_SIZE
        mov ax, [bp]
        cmp ax, END
        je end
        mov es, [bp+14]
        mov cx, [bp+6]
        mov si, [bp+10]
        cmp ax, PEEK
        je peek
        mov [interrupt+1], al
        mov ax, [bp+2]
        mov bx, [bp+4]
        mov dx, [bp+8]
        mov di, [bp+12]
        clc
interrupt:
        int 0
        mov [report+2], ax
        pushf
        pop word [report]
        mov [report+4], bx
        mov [report+6], cx
        mov [report+8], dx
        mov [report+10], si
        mov [report+12], di
        mov [report+14], es
        push ds
        pop es
        mov si, report
        mov cx, 16
peek:
        mov al, [es:si]
        inc si
        out 0E9h, al
        loop peek
        jmp next
end:
        mov al, 0
        out 0F4h, al
        hlt
current:
        dw TABLE
report:
        times 8 dw 0
        times 510-($-$$) db 0
        dw 0AA55h
