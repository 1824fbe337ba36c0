; INT 19h: boots. CMOS 3Dh holds the order, the first device in the low nibble, the second in the high one:
; 1 floppy A, 2 the first disk, 0Fh a kernel in memory; 0 nothing.

BOOT_FLOPPY             equ 1
BOOT_DISK               equ 2
BOOT_KERNEL             equ 0Fh

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

message_kernel:
        db ": starting the kernel in memory", 13, 10, 0
