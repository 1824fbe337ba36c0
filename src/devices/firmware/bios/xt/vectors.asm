; The vectors of the xt board, and the handler of lines that nobody owns.

vector_table:
        VECTOR 08h, int08
        VECTOR 09h, int09
        VECTOR 0Ah, unexpected_irq
        VECTOR 0Bh, unexpected_irq
        VECTOR 0Ch, unexpected_irq
        VECTOR 0Dh, unexpected_irq
        VECTOR 0Eh, int0e
        VECTOR 0Fh, unexpected_irq
        VECTOR 10h, int10
        VECTOR 11h, int11
        VECTOR 12h, int12
        VECTOR 13h, int13
        VECTOR 14h, int14
        VECTOR 15h, int15
        VECTOR 16h, int16
        VECTOR 17h, int17
        VECTOR 18h, int18
        VECTOR 19h, int19
        VECTOR 1Ah, int1a
        VECTOR 1Dh, video_parameters
        VECTOR 1Eh, diskette_parameters
        VECTOR 1Fh, font8x8+128*8
        VECTOR 40h, int40
        VECTOR 43h, font8x8
vector_table_end:

; An interrupt on a line without a device, or a spurious one: acknowledged where it is in service, by the
; in-service register (8259A data sheet, OCW3).
unexpected_irq:
        push ax
        mov al, 0Bh
        out PIC1, al
        in al, PIC1
        test al, al
        jz .done
        mov al, EOI
        out PIC1, al
.done:
        pop ax
        iret
