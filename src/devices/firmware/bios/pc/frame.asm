; The frame of a service on the pc board: 32-bit registers, as callers may have anything in their upper
; halves. DS becomes the BIOS data area, FS the extended one, BP the frame.

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
