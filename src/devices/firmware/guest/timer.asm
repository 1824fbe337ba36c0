; The 8254's channel 0 gives the tick: the kernel's only measure of time, and the end of a worker's turn.

; Mode 2, rate generator: one interrupt every TICK_COUNT counts (8254 data sheet, page 9).
TICK_COUNT      equ PIT_FREQUENCY / TICKS_PER_SECOND

start_timer:
        mov al, 00110100b               ; channel 0, low byte then high byte, mode 2, binary
        out PIT_COMMAND, al
        mov al, TICK_COUNT & 0FFh
        out PIT_CHANNEL_0, al
        mov al, TICK_COUNT >> 8
        out PIT_CHANNEL_0, al
        ret

timer_interrupt:
        pushad
        inc dword [ticks]
        mov al, 20h                     ; end of interrupt
        out PIC1, al
        jmp switch_task

        align 4, db 0
ticks:  dd 0
