; INT 11h: the equipment word. INT 12h: KiB of memory below the extended data area.

int11:
        push ds
        DATA_SEGMENT
        mov ax, [BDA_EQUIPMENT]
        pop ds
        iret

int12:
        push ds
        DATA_SEGMENT
        mov ax, [BDA_MEMORY_KB]
        pop ds
        iret
