; How a run ends.

EXIT_WELL       equ 0
EXIT_LOST_UPDATE equ 1
EXIT_EXCEPTION  equ 2

; Tells the machine the code in AL. Without an exit port nothing happens, and the processor stops.
exit:
        cli
        call serial_drain
        out EXIT, al
.stopped:
        hlt
        jmp .stopped
