; INT 19h: boots. CMOS 3Dh holds the order, the first device in the low nibble, the second in the high one:
; 1 floppy A, 2 the first disk, 0Fh a kernel in memory; 0 nothing. Its first sector must end in 55AAh.
; INT 18h: there is nothing to boot.

BOOT_FLOPPY             equ 1
BOOT_DISK               equ 2
BOOT_KERNEL             equ 0Fh
BOOT_RETRIES            equ 4
BOOT_SIGNATURE          equ 0AA55h

int19:
        xor ax, ax
        mov ss, ax
        mov sp, POST_STACK
        sti
        mov si, message_name
        call print
        mov al, CMOS_BOOT_ORDER
        call cmos_read
        push ax
        call boot_from
        pop ax
        shr al, 4
        call boot_from
        int 18h

; Boots from device AL (low nibble); comes back if that fails.
boot_from:
        and al, 0Fh
        cmp al, BOOT_FLOPPY
        je .floppy
        cmp al, BOOT_DISK
        je .disk
        cmp al, BOOT_KERNEL
        je .kernel
        ret
.floppy:
        mov dl, 00h
        mov si, message_floppy
        jmp boot_sector
.disk:
        mov dl, 80h
        mov si, message_disk
        jmp boot_sector
.kernel:
        mov si, message_kernel
        call print
        jmp start_kernel

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
        xor eax, eax
        xor ebx, ebx
        xor ecx, ecx
        movzx edx, dl
        xor esi, esi
        xor edi, edi
        xor ebp, ebp
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
message_kernel:
        db ": starting the kernel in memory", 13, 10, 0
message_nothing:
        db ": nothing to boot", 13, 10, 0
