; The XT's own chips: 8255, 8259A, 8253, 8237A.

; The keyboard's clock held low, until reset_keyboard lets it go.
init_ppi:
        mov al, PPI_MODE
        out PPI_CONTROL, al
        mov al, B_CHECKS_OFF
        out SYSTEM_PORT_B, al
        ret

; Timer channel 1 asks every 15 us for DMA channel 0, whose reads refresh memory (IBM PC/XT Technical
; Reference, BIOS listing, "START MEMORY REFRESH"). The other channels get harmless modes.
init_refresh:
        out DMA_CLEAR, al
        mov al, 0FFh
        out DMA_COUNT0, al
        out DMA_COUNT0, al
        mov al, DMA_MODE_REFRESH
        out DMA_MODE, al
        mov al, 0
        out DMA_COMMAND, al
        out DMA_MASK, al                        ; channel 0 open
        mov al, 41h
        out DMA_MODE, al
        mov al, 42h
        out DMA_MODE, al
        mov al, 43h
        out DMA_MODE, al
        mov al, 54h                             ; channel 1: low byte, rate generator
        out PIT_CONTROL, al
        mov al, REFRESH_COUNT
        out PIT_CHANNEL1, al
        ret

; Vectors 08h..0Fh, edge-triggered, alone (8259A data sheet, initialization command words). Open are timer,
; keyboard and floppy.
init_pic:
        mov al, 13h                             ; ICW1: edge, single, ICW4 follows
        out PIC1, al
        mov al, 08h                             ; ICW2
        out PIC1+1, al
        mov al, 09h                             ; ICW4: 8086 mode, buffered, normal EOI
        out PIC1+1, al
        mov al, 0BCh
        out PIC1+1, al
        ret

; Channel 0: square wave, divisor 65536, 18.2 Hz.
init_timer:
        mov al, 36h
        out PIT_CONTROL, al
        mov al, 0
        out PIT_CHANNEL0, al
        out PIT_CHANNEL0, al
        ret
