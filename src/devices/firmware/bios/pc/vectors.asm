; The vectors of the pc board, and the handlers of lines that nobody owns.

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
        VECTOR 42h, int10
        VECTOR 43h, font8x16
        VECTOR 70h, int70
        VECTOR 71h, int71
        VECTOR 72h, unexpected_irq
        VECTOR 73h, unexpected_irq
        VECTOR 74h, int74
        VECTOR 75h, int75
        VECTOR 76h, unexpected_irq
        VECTOR 77h, unexpected_irq
vector_table_end:

; INT 41h and 46h point to tables of the first two disks. ES = 0.
set_disk_vectors:
        mov word [es:41h*4], EBDA_FIXED_DISK
        mov word [es:41h*4+2], EBDA_SEGMENT
        mov word [es:46h*4], EBDA_FIXED_DISK+16
        mov word [es:46h*4+2], EBDA_SEGMENT
        ret

; An interrupt on a line without a device, or a spurious one: acknowledged where it is in service, by the
; in-service registers (8259A data sheet, OCW3), and the line is masked no more than it was.
unexpected_irq:
        push ax
        mov al, 0Bh
        out PIC2, al
        in al, PIC2
        test al, al
        jz .first
        mov al, EOI
        out PIC2, al
.first:
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

; IRQ 9 appears as IRQ 2 did on the PC: at INT 0Ah.
int71:
        push ax
        mov al, EOI
        out PIC2, al
        pop ax
        int 0Ah
        iret

; IRQ 13, the coprocessor's error: clears the latch and appears as the PC's NMI.
int75:
        push ax
        mov al, 0
        out 0F0h, al
        mov al, EOI
        out PIC2, al
        out PIC1, al
        pop ax
        int 02h
        iret
