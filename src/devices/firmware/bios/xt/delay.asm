; Time for waits, by the speed of the CPU, which is the same in all machines of this kind.

TICKS_PER_MS    equ 66                  ; 1 ms = 66.3 ticks

; Takes about 15 us, a period of memory refresh: 72 clocks, as many as an 8088 needs to call, jump and return.
; Changes nothing.
refresh_tick:
        jmp .return
.return:
        ret
