; Time for waits. Bit 4 of port 61h flips with every memory refresh, each 15.085 microseconds, whatever
; the CPU's speed (IBM PC/AT technical reference). Should it stand still, a wait still ends.

REFRESH_READS   equ 1000                ; reads of port 61h after which a flip is taken for granted

; Waits for the next flip. Changes nothing.
refresh_tick:
        push ax
        push cx
        in al, SYSTEM_PORT_B
        mov ah, al
        and ah, 10h
        mov cx, REFRESH_READS
.read:
        in al, SYSTEM_PORT_B
        and al, 10h
        cmp al, ah
        loope .read
        pop cx
        pop ax
        ret

; Waits ECX flips of the refresh bit (ECX > 0). Changes ECX.
refresh_ticks:
        call refresh_tick
        dec ecx
        jnz refresh_ticks
        ret

TICKS_PER_MS    equ 66                  ; 1 ms = 66.3 flips
