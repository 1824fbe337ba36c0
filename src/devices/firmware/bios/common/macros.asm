; What all services share; the frame they work on is the board's (frame.asm): ENTER_SERVICE saves the
; caller's registers, the service reads and changes them through BP as F_AX, F_BL ..., LEAVE_SERVICE gives
; them back. CS, IP and FLAGS, pushed by INT, are part of it, so that a service returns CF and ZF by changing
; the saved FLAGS. Files in common/ keep to the 8086's instructions.

FLAG_CARRY      equ 01h
FLAG_ZERO       equ 40h

%macro SET_CARRY 0
        or byte [bp+F_FLAGS], FLAG_CARRY
%endmacro

%macro CLEAR_CARRY 0
        and byte [bp+F_FLAGS], 0FFh-FLAG_CARRY
%endmacro

; DS becomes the BIOS data area; all else stays.
%macro DATA_SEGMENT 0
        push ax
        mov ax, BDA_SEGMENT
        mov ds, ax
        pop ax
%endmacro

; 16-bit registers around a routine that keeps them.
%macro SAVE_REGISTERS 0
        push ax
        push bx
        push cx
        push dx
        push si
        push di
        push bp
%endmacro

%macro RESTORE_REGISTERS 0
        pop bp
        pop di
        pop si
        pop dx
        pop cx
        pop bx
        pop ax
%endmacro

; A row of a table of functions: number, routine.
%macro FUNCTION 2
        db %1
        dw %2
%endmacro

; A row of the table of vectors: number, handler.
%macro VECTOR 2
        db %1
        dw %2
%endmacro
