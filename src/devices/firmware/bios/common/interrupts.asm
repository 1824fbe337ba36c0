; The interrupt vector table: every vector first points to an IRET, those of programs (60h..66h) to nothing;
; then the board's table of VECTOR rows is entered.

set_vectors:
        push ds
        xor ax, ax
        mov es, ax
        xor di, di
        mov cx, 100h
.default:
        mov ax, dummy_iret
        stosw
        mov ax, BIOS_SEGMENT
        stosw
        loop .default
        push cs
        pop ds
        mov si, vector_table
.vector:
        lodsb
        mov ah, 0
        shl ax, 1
        shl ax, 1
        mov di, ax
        movsw
        cmp si, vector_table_end
        jb .vector
        mov di, 60h*4
        xor ax, ax
        mov cx, 7*2
        rep stosw
        pop ds
        ret
