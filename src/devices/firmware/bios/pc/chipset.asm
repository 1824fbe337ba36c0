; The AT's own chips: two 8259A interrupt controllers, the 8254 timer, two 8237A DMA controllers.

; Vectors 08h..0Fh and 70h..77h, edge-triggered, slave on IRQ 2 (8259A data sheet, initialization command
; words). All lines masked until POST ends.
init_pics:
        mov al, 11h                             ; ICW1: edge, cascade, ICW4 follows
        out PIC1, al
        out PIC2, al
        mov al, 08h                             ; ICW2
        out PIC1+1, al
        mov al, 70h
        out PIC2+1, al
        mov al, 04h                             ; ICW3
        out PIC1+1, al
        mov al, 02h
        out PIC2+1, al
        mov al, 01h                             ; ICW4: 8086 mode, normal EOI
        out PIC1+1, al
        out PIC2+1, al
        mov al, 0FFh
        out PIC1+1, al
        out PIC2+1, al
        ret

; Timer, keyboard, cascade and floppy on the first; clock, mouse, coprocessor and disk on the second.
unmask_interrupts:
        mov al, 0B8h
        out PIC1+1, al
        mov al, 8Eh
        out PIC2+1, al
        ret

; Channel 0: square wave, divisor 65536, 18.2 Hz.
init_timer:
        mov al, 36h
        out PIT_CONTROL, al
        mov al, 0
        out PIT_CHANNEL0, al
        out PIT_CHANNEL0, al
        ret

; Master clear of both; channel 4 cascades the first into the second.
init_dma:
        mov al, 0
        out 0Dh, al
        out 0DAh, al
        mov al, 0C0h
        out 0D6h, al
        mov al, 0
        out 0D4h, al
        ret

; AL = CMOS location AL, with NMI enabled.
cmos_read:
        out CMOS_INDEX, al
        in al, CMOS_DATA
        ret

; CMOS location AL = AH.
cmos_write:
        out CMOS_INDEX, al
        xchg al, ah
        out CMOS_DATA, al
        xchg al, ah
        ret

; AX = CMOS locations AL (low byte) and AL+1.
cmos_read_word:
        mov ah, al
        inc al
        call cmos_read
        xchg al, ah
        jmp cmos_read
