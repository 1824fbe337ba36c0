; Booting: a drive's first sector, which must end in 55AAh; INT 18h: there is nothing to boot. In what order, is the
; board's (int19).

BOOT_RETRIES            equ 4
BOOT_SIGNATURE          equ 0AA55h

; Reads the first sector of drive DL to 0000:7C00h, says SI and jumps there.
boot_sector:
        mov cx, BOOT_RETRIES
.try:
        push cx
        push dx
        xor ax, ax
        mov es, ax
        int 13h                                 ; reset
        pop dx
        push dx
        mov ax, 0201h
        mov bx, BOOT_SECTOR
        mov cx, 0001h
        mov dh, 0
        int 13h
        pop dx
        pop cx
        jnc .read
        loop .try
        ret
.read:
        cmp word [es:BOOT_SECTOR+510], BOOT_SIGNATURE
        jne .not_bootable
        call print
        xor ax, ax
        xor bx, bx
        xor cx, cx
        mov dh, 0
        xor si, si
        xor di, di
        xor bp, bp
        mov ds, ax
        mov es, ax
        mov sp, BOOT_SECTOR
        jmp 0000h:BOOT_SECTOR
.not_bootable:
        ret

int18:
        mov si, message_nothing
        call print
        sti
.halt:
        hlt
        jmp .halt

; Writes the zero-terminated string CS:SI by teletype.
print:
        push ax
        push bx
        xor bx, bx
.next:
        mov al, [cs:si]
        inc si
        test al, al
        jz .done
        mov ah, 0Eh
        int 10h
        jmp .next
.done:
        pop bx
        pop ax
        ret

message_name:
        db "Rewind86 BIOS", 0
message_floppy:
        db ": booting from floppy", 13, 10, 0
message_disk:
        db ": booting from disk", 13, 10, 0
message_nothing:
        db ": nothing to boot", 13, 10, 0
