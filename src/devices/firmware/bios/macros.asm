; The frame on which every BIOS service works: ENTER_SERVICE saves the caller's registers, the service
; reads and changes them through BP, LEAVE_SERVICE gives them back. CS, IP and FLAGS, pushed by INT, are
; part of it, so that a service returns CF and ZF by changing the saved FLAGS.

F_ES            equ 2
F_DS            equ 4
F_DI            equ 6
F_SI            equ 10
F_BP            equ 14
F_EBX           equ 22
F_BX            equ 22
F_BL            equ 22
F_BH            equ 23
F_EDX           equ 26
F_DX            equ 26
F_DL            equ 26
F_DH            equ 27
F_ECX           equ 30
F_CX            equ 30
F_CL            equ 30
F_CH            equ 31
F_EAX           equ 34
F_AX            equ 34
F_AL            equ 34
F_AH            equ 35
F_FLAGS         equ 42

FLAG_CARRY      equ 01h
FLAG_ZERO       equ 40h

; DS becomes the BIOS data area, FS the extended one, BP the frame.
%macro ENTER_SERVICE 0
        pushad
        push ds
        push es
        push fs
        mov bp, sp
        push BDA_SEGMENT
        pop ds
        push EBDA_SEGMENT
        pop fs
        cld
%endmacro

%macro LEAVE_SERVICE 0
        pop fs
        pop es
        pop ds
        popad
        iret
%endmacro

%macro SET_CARRY 0
        or byte [bp+F_FLAGS], FLAG_CARRY
%endmacro

%macro CLEAR_CARRY 0
        and byte [bp+F_FLAGS], 0FFh-FLAG_CARRY
%endmacro

; A row of a table of functions: number, routine.
%macro FUNCTION 2
        db %1
        dw %2
%endmacro
