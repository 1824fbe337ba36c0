; The 83-key keyboard at the 8255 (IBM PC/XT Technical Reference, "Keyboard").

KEYBOARD_RESET_MS       equ 25

; Holds the keyboard's clock low for long enough, then lets it and the shift register go. The AAh with which the
; keyboard answers is the release of a shift key to INT 09h.
reset_keyboard:
        mov al, B_CHECKS_OFF
        out SYSTEM_PORT_B, al
        mov cx, KEYBOARD_RESET_MS*TICKS_PER_MS
.wait:
        call refresh_tick
        loop .wait
        mov al, B_CHECKS_OFF+B_CLOCK_FREE+B_CLEAR
        out SYSTEM_PORT_B, al
        mov al, B_CHECKS_OFF+B_CLOCK_FREE
        out SYSTEM_PORT_B, al
        ret

; AL = the scan code, which is taken out of the shift register. CF clear.
keyboard_code:
        in al, PPI_A
        push ax
        in al, SYSTEM_PORT_B
        mov ah, al
        or al, B_CLEAR
        out SYSTEM_PORT_B, al
        mov al, ah
        out SYSTEM_PORT_B, al
        pop ax
        clc
        ret

; The keyboard has no lights.
update_leds:
        ret

; There is no line to reset the CPU: it starts where it would.
reset_machine:
        jmp 0FFFFh:0000h
