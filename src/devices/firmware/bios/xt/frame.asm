; The frame of a service on the xt board. DS becomes the BIOS data area, BP the frame; AX is lost.

F_ES            equ 0
F_DS            equ 2
F_DI            equ 4
F_SI            equ 6
F_BP            equ 8
F_BX            equ 10
F_BL            equ 10
F_BH            equ 11
F_DX            equ 12
F_DL            equ 12
F_DH            equ 13
F_CX            equ 14
F_CL            equ 14
F_CH            equ 15
F_AX            equ 16
F_AL            equ 16
F_AH            equ 17
F_FLAGS         equ 22

%macro ENTER_SERVICE 0
        push ax
        push cx
        push dx
        push bx
        push bp
        push si
        push di
        push ds
        push es
        mov bp, sp
        mov ax, BDA_SEGMENT
        mov ds, ax
        cld
%endmacro

%macro LEAVE_SERVICE 0
        pop es
        pop ds
        pop di
        pop si
        pop bp
        pop bx
        pop dx
        pop cx
        pop ax
        iret
%endmacro
