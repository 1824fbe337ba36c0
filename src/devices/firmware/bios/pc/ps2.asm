; The 8042 keyboard controller and the keyboard behind it (IBM PS/2 Hardware Interface Technical Reference,
; "Keyboard and auxiliary device controller"). Every wait ends.

KBC_DATA                equ 60h
KBC_STATUS              equ 64h
KBC_COMMAND             equ 64h
KBC_OUTPUT_FULL         equ 01h
KBC_INPUT_FULL          equ 02h
KBC_AUXILIARY           equ 20h         ; the byte in the output buffer is the mouse's

KBC_WRITE_MODE          equ 60h
KBC_DISABLE_MOUSE       equ 0A7h
KBC_ENABLE_MOUSE        equ 0A8h
KBC_SELF_TEST           equ 0AAh
KBC_DISABLE_KEYBOARD    equ 0ADh
KBC_ENABLE_KEYBOARD     equ 0AEh
KBC_TO_MOUSE            equ 0D4h
KBC_RESET_CPU           equ 0FEh
KBC_MODE_KEYBOARD       equ 65h         ; translation, system flag, keyboard interrupt; mouse off
KBC_MODE_BOTH           equ 47h         ; the mouse's interrupt too

KEYBOARD_SET_LEDS       equ 0EDh
KEYBOARD_ENABLE         equ 0F4h
KEYBOARD_ACK            equ 0FAh
KBC_WAIT                equ 20*TICKS_PER_MS

; Waits until the controller takes a byte.
kbc_wait:
        push ax
        push ecx
        mov ecx, KBC_WAIT
.poll:
        in al, KBC_STATUS
        test al, KBC_INPUT_FULL
        jz .done
        call refresh_tick
        dec ecx
        jnz .poll
.done:
        pop ecx
        pop ax
        ret

; Command AL to the controller.
kbc_command:
        call kbc_wait
        out KBC_COMMAND, al
        ret

; Byte AL to the keyboard, or the operand of a command to the controller.
kbc_write:
        call kbc_wait
        out KBC_DATA, al
        ret

; AL = the next byte; CF set if none came in 20 ms.
kbc_read:
        push ecx
        mov ecx, KBC_WAIT
.poll:
        in al, KBC_STATUS
        test al, KBC_OUTPUT_FULL
        jnz .read
        call refresh_tick
        dec ecx
        jnz .poll
        pop ecx
        stc
        ret
.read:
        pop ecx
        in al, KBC_DATA
        clc
        ret

; Drops what waits, at most 32 bytes.
kbc_flush:
        mov cx, 32
.next:
        in al, KBC_STATUS
        test al, KBC_OUTPUT_FULL
        jz .done
        in al, KBC_DATA
        loop .next
.done:
        ret

; AL = the scan code that the keyboard has sent; CF set if there is none.
keyboard_code:
        in al, KBC_STATUS
        and al, KBC_OUTPUT_FULL+KBC_AUXILIARY
        cmp al, KBC_OUTPUT_FULL
        stc
        jne .done
        in al, KBC_DATA
        clc
.done:
        ret

; Resets the CPU.
reset_machine:
        mov al, KBC_RESET_CPU
        call kbc_command
.wait:
        hlt
        jmp .wait

; AL to the keyboard and waits for its answer. CF set without one.
keyboard_send:
        call kbc_write
        jmp kbc_read

; Mode byte AL.
kbc_set_mode:
        push ax
        mov al, KBC_WRITE_MODE
        call kbc_command
        pop ax
        jmp kbc_write

init_keyboard:
        mov al, KBC_DISABLE_KEYBOARD
        call kbc_command
        mov al, KBC_DISABLE_MOUSE
        call kbc_command
        call kbc_flush
        mov al, KBC_SELF_TEST
        call kbc_command
        call kbc_read                           ; 55h
        mov al, KBC_MODE_KEYBOARD
        call kbc_set_mode
        mov al, KBC_ENABLE_KEYBOARD
        call kbc_command
        mov al, KEYBOARD_ENABLE
        jmp keyboard_send

; Shows the lock states of 40:17h, bits 4-6, if they changed since.
update_leds:
        mov ah, [BDA_SHIFT]
        shr ah, 4
        and ah, 07h
        mov al, [BDA_LEDS]
        and al, 07h
        cmp al, ah
        je .done
        and byte [BDA_LEDS], 0F8h
        or [BDA_LEDS], ah
        mov al, KEYBOARD_SET_LEDS
        call keyboard_send
        jc .done
        mov al, ah
        call keyboard_send
.done:
        ret
