; The keyboard: the interrupt puts keys into a queue, the monitor takes them out (IBM PS/2 Hardware
; Interface Technical Reference, "Keyboard and Auxiliary Device Controller").

KEY_QUEUE_SIZE  equ 64                  ; a power of two

; Interrupts on, translation to scan code set 1 on, the keyboard's clock on.
start_keyboard:
        call .drain
        mov al, 20h                     ; read the command byte
        call .command
        call .wait_full
        in al, KBC_DATA
        or al, 01000001b
        and al, 11101111b
        mov ah, al
        mov al, 60h                     ; write the command byte
        call .command
        call .wait_empty
        mov al, ah
        out KBC_DATA, al
.drain:
        in al, KBC_STATUS
        test al, 1
        jz .drained
        in al, KBC_DATA
        jmp .drain
.drained:
        ret

.command:
        push eax
        call .wait_empty
        pop eax
        out KBC_STATUS, al
        ret

.wait_empty:
        mov ecx, 100000                 ; a controller that never answers must not stop us
.still_full:
        in al, KBC_STATUS
        test al, 2
        loopnz .still_full
        ret

.wait_full:
        mov ecx, 100000
.still_empty:
        in al, KBC_STATUS
        test al, 1
        loopz .still_empty
        ret

keyboard_interrupt:
        push eax
        push ebx
        in al, KBC_DATA
        movzx ebx, al
        cmp ebx, KEYS
        jae .done                       ; a key released, or one without a character
        mov al, [keymap+ebx]
        test al, al
        jz .done
        mov ebx, [key_in]
        sub ebx, [key_out]
        cmp ebx, KEY_QUEUE_SIZE
        je .done                        ; nobody takes them; this one is dropped
        mov ebx, [key_in]
        and ebx, KEY_QUEUE_SIZE - 1
        mov [key_queue+ebx], al
        inc dword [key_in]
.done:
        mov al, 20h
        out PIC1, al
        pop ebx
        pop eax
        iretd

; The next key in AL; ZF if there is none.
next_key:
        mov ebx, [key_out]
        cmp ebx, [key_in]
        je .none
        inc dword [key_out]             ; never 0 but once in 2^32 keys
        and ebx, KEY_QUEUE_SIZE - 1
        mov al, [key_queue+ebx]
        test al, al
.none:
        ret

; Scan code set 1 to characters, unshifted.
keymap:
        db 0, 27, "1234567890-=", 8, 9
        db "qwertyuiop[]", 13, 0
        db "asdfghjkl;'`", 0, "\zxcvbnm,./", 0
        db "*", 0, " "
KEYS    equ $ - keymap

        align 4, db 0
key_in:  dd 0                           ; keys put in so far
key_out: dd 0                           ; keys taken out so far
