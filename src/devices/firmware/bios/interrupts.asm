; The interrupt vector table, and the handlers of lines that nobody owns.

; Every vector first points to an IRET, hardware lines to a handler that acknowledges; then the table.
set_vectors:
        push ds
        xor ax, ax
        mov es, ax
        xor di, di
        mov eax, (BIOS_SEGMENT<<16)+dummy_iret
        mov cx, 100h
        rep stosd
        mov di, 60h*4                           ; 60h..66h are left to programs
        xor eax, eax
        mov cx, 7
        rep stosd
        mov eax, (BIOS_SEGMENT<<16)+unexpected_irq
        mov di, 08h*4
        mov cx, 8
        rep stosd
        mov di, 70h*4
        mov cx, 8
        rep stosd
        push cs
        pop ds
        mov si, vector_table
.vector:
        lodsb
        movzx di, al
        shl di, 2
        movsw
        cmp si, vector_table_end
        jb .vector
        mov word [es:41h*4], EBDA_FIXED_DISK
        mov word [es:41h*4+2], EBDA_SEGMENT
        mov word [es:46h*4], EBDA_FIXED_DISK+16
        mov word [es:46h*4+2], EBDA_SEGMENT
        pop ds
        ret

%macro VECTOR 2
        db %1
        dw %2
%endmacro

vector_table:
        VECTOR 08h, int08
        VECTOR 09h, int09
        VECTOR 0Eh, int0e
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
        VECTOR 74h, int74
        VECTOR 75h, int75
vector_table_end:

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
