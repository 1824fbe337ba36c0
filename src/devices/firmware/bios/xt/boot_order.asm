; INT 19h: boots from floppy A, else from the first disk.

int19:
        xor ax, ax
        mov ss, ax
        mov sp, POST_STACK
        DATA_SEGMENT
        sti
        mov si, message_name
        call print
        test byte [BDA_EQUIPMENT], 01h
        jz .disk
        mov dl, 00h
        mov si, message_floppy
        call boot_sector
.disk:
        DATA_SEGMENT
        cmp byte [BDA_DISK_COUNT], 0
        je .nothing
        mov dl, 80h
        mov si, message_disk
        call boot_sector
.nothing:
        int 18h
