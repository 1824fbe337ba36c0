; The interrupt descriptor table, the two 8259As, and what happens on exceptions.

%assign EXCEPTIONS 32
FIRST_IRQ       equ 32                  ; IRQ n comes as interrupt 32 + n, clear of the exceptions
VECTORS         equ 48

; Every vector gets a gate of its own, from the table of entry points.
install_interrupts:
        mov edi, idt
        mov esi, entry_points
        mov ecx, VECTORS
.gate:
        lodsd
        mov [edi], ax                   ; offset 15..0
        mov word [edi+2], CODE
        mov word [edi+4], 8E00h         ; present, ring 0, 32-bit interrupt gate: IF is cleared
        shr eax, 16
        mov [edi+6], ax                 ; offset 31..16
        add edi, 8
        loop .gate
        lidt [idtr]
        ; fall through

; 8259A initialisation words ICW1 to ICW4 (data sheet, pages 10 to 13), then the mask: all lines off but
; the timer (0) and the keyboard (1).
start_pic:
        mov al, 11h                     ; ICW1: edge triggered, cascaded, ICW4 follows
        out PIC1, al
        out PIC2, al
        mov al, FIRST_IRQ               ; ICW2: first vector
        out PIC1+1, al
        mov al, FIRST_IRQ+8
        out PIC2+1, al
        mov al, 4                       ; ICW3: the second one hangs on IRQ 2
        out PIC1+1, al
        mov al, 2
        out PIC2+1, al
        mov al, 1                       ; ICW4: 8086 mode
        out PIC1+1, al
        out PIC2+1, al
        mov al, 11111100b
        out PIC1+1, al
        mov al, 11111111b
        out PIC2+1, al
        ret

; Exceptions are not expected. Each entry leaves an error code (its own zero, where the processor pushes
; none) and the vector on the stack.
%assign vector 0
%rep EXCEPTIONS
exception_%+vector:
%if vector = 8 || (vector >= 10 && vector <= 14) || vector = 17
%else
        push 0
%endif
        push vector
        jmp exception
%assign vector vector+1
%endrep

; Stack: vector, error code, EIP, CS, EFLAGS.
exception:
        mov esi, .text
        call announce
        mov eax, [esp]
        call announce_number
        mov esi, .at
        call announce
        mov eax, [esp+8]
        call announce_hex
        call announce_line
        mov al, EXIT_EXCEPTION
        jmp exit

.text:  db "PANIC: exception ", 0
.at:    db " at ", 0

; An interrupt that went away before it could be acknowledged comes as IRQ 7 and is not to be acknowledged
; (8259A data sheet, page 18).
spurious:
        iretd

        align 4, db 0
entry_points:
%assign vector 0
%rep EXCEPTIONS
        dd exception_%+vector
%assign vector vector+1
%endrep
        dd timer_interrupt
        dd keyboard_interrupt
        times VECTORS - FIRST_IRQ - 2 dd spurious

idtr:
        dw VECTORS*8 - 1
        dd idt
