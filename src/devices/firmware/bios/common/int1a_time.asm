; INT 1Ah 00h and 01h: the time of day in ticks of the timer. Which functions there are besides, is the board's.

; CX:DX = ticks, AL = 1 if midnight has passed since the last time.
time_get_ticks:
        cli
        mov ax, [BDA_TICKS]
        mov [bp+F_DX], ax
        mov ax, [BDA_TICKS+2]
        mov [bp+F_CX], ax
        xor al, al
        xchg al, [BDA_MIDNIGHT]
        mov [bp+F_AL], al
        ret

time_set_ticks:
        cli
        mov ax, [bp+F_DX]
        mov [BDA_TICKS], ax
        mov ax, [bp+F_CX]
        mov [BDA_TICKS+2], ax
        mov byte [BDA_MIDNIGHT], 0
        ret
