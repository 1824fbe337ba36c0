; IRQ 0, 18.2 times a second: the time of day, the floppy motor, INT 1Ch for programs.

TICKS_PER_DAY           equ 1800B0h
FDC_DOR                 equ 3F2h

int08:
        push ax
        push dx
        push ds
        DATA_SEGMENT
        sti
        inc word [BDA_TICKS]
        jnz .low_word
        inc word [BDA_TICKS+2]
.low_word:
        cmp word [BDA_TICKS+2], TICKS_PER_DAY >> 16
        jb .same_day
        cmp word [BDA_TICKS], TICKS_PER_DAY & 0FFFFh
        jb .same_day
        mov word [BDA_TICKS], 0
        mov word [BDA_TICKS+2], 0
        inc byte [BDA_MIDNIGHT]
.same_day:
        cmp byte [BDA_MOTOR_TICKS], 0
        je .motors_done
        dec byte [BDA_MOTOR_TICKS]
        jnz .motors_done
        and byte [BDA_FLOPPY_MOTOR], 0F0h
        mov dx, FDC_DOR
        mov al, 0Ch                             ; motors off, not in reset, DMA and interrupt on
        out dx, al
.motors_done:
        int 1Ch
        cli
        mov al, EOI
        out PIC1, al
        pop ds
        pop dx
        pop ax
        iret
