; INT 11h: the equipment word. INT 12h: KiB of memory below the extended data area.

int11:
        push ds
        push BDA_SEGMENT
        pop ds
        mov ax, [BDA_EQUIPMENT]
        pop ds
        iret

int12:
        push ds
        push BDA_SEGMENT
        pop ds
        mov ax, [BDA_MEMORY_KB]
        pop ds
        iret
