; IRQ 0, 18.2 times a second: the time of day, the floppy motor, INT 1Ch for programs.

TICKS_PER_DAY           equ 1800B0h
FDC_DOR                 equ 3F2h

int08:
        push eax
        push dx
        push ds
        push BDA_SEGMENT
        pop ds
        sti
        mov eax, [BDA_TICKS]
        inc eax
        cmp eax, TICKS_PER_DAY
        jb .same_day
        xor eax, eax
        inc byte [BDA_MIDNIGHT]
.same_day:
        mov [BDA_TICKS], eax
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
        pop eax
        iret
