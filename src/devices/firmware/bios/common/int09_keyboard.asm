; IRQ 1: turns scan codes of set 1 into words in the keyboard's buffer, and keeps the shift and lock states.
; keymap.asm has the words. The board reads the code (keyboard_code: AL, CF set if there is none), shows the locks
; (update_leds) and resets the machine (reset_machine).

SCAN_CTRL               equ 1Dh
SCAN_LEFT_SHIFT         equ 2Ah
SCAN_RIGHT_SHIFT        equ 36h
SCAN_ALT                equ 38h
SCAN_CAPS_LOCK          equ 3Ah
SCAN_NUM_LOCK           equ 45h
SCAN_SCROLL_LOCK        equ 46h
SCAN_HOME               equ 47h
SCAN_INSERT             equ 52h
SCAN_DELETE             equ 53h
SCAN_RELEASED           equ 80h

; Bits of BDA_SHIFT.
SHIFT_RIGHT             equ 01h
SHIFT_LEFT              equ 02h
SHIFT_CTRL              equ 04h
SHIFT_ALT               equ 08h
LOCK_SCROLL             equ 10h
LOCK_NUM                equ 20h
LOCK_CAPS               equ 40h
LOCK_INSERT             equ 80h
; Bits of BDA_SHIFT2: left Ctrl and Alt, Pause; the lock keys held are as in BDA_SHIFT.
HELD_PAUSE              equ 08h
; Bits of BDA_SHIFT3.
SEEN_E1                 equ 01h
SEEN_E0                 equ 02h

int09:
        ENTER_SERVICE
        call keyboard_code
        jc .acknowledge
        mov ah, 4Fh                             ; programs may change or drop the code
        stc
        int 15h
        jnc .acknowledge
        push ax
        mov al, EOI
        out PIC1, al
        pop ax
        call scan_code
        LEAVE_SERVICE
.acknowledge:
        mov al, EOI
        out PIC1, al
        LEAVE_SERVICE

; Code AL. Prefixes are kept for the next one.
scan_code:
        cmp al, 0E0h
        je .e0
        cmp al, 0E1h
        je .e1
        cmp al, 0FAh                            ; acknowledge, resend
        jae .done
        mov ah, al
        and ah, SCAN_RELEASED
        and al, 7Fh
        test byte [BDA_SHIFT3], SEEN_E1
        jnz .pause
        test byte [BDA_SHIFT2], HELD_PAUSE
        jz .key
        test ah, ah
        jnz .key
        and byte [BDA_SHIFT2], 0FFh-HELD_PAUSE  ; any key ends a pause
        jmp .end
.key:
        call key_event
.end:
        and byte [BDA_SHIFT3], 0FFh-SEEN_E0-SEEN_E1
.done:
        ret
.e0:
        or byte [BDA_SHIFT3], SEEN_E0
        ret
.e1:
        or byte [BDA_SHIFT3], SEEN_E1
        ret
.pause:                                         ; E1 1D 45, E1 9D C5
        cmp al, SCAN_CTRL
        je .done
        and byte [BDA_SHIFT3], 0FFh-SEEN_E1
        test ah, ah
        jz pause
        ret

; Holds the machine until a key is pressed; interrupts go on.
pause:
        or byte [BDA_SHIFT2], HELD_PAUSE
.wait:
        sti
        hlt
        test byte [BDA_SHIFT2], HELD_PAUSE
        jnz .wait
        ret

; Key AL, AH = 80h if released.
key_event:
        cmp al, SCAN_LEFT_SHIFT
        mov bl, SHIFT_LEFT
        je shift_key
        cmp al, SCAN_RIGHT_SHIFT
        mov bl, SHIFT_RIGHT
        je shift_key
        cmp al, SCAN_CTRL
        mov bl, SHIFT_CTRL
        je ctrl_alt_key
        cmp al, SCAN_ALT
        mov bl, SHIFT_ALT
        je ctrl_alt_key
        cmp al, SCAN_CAPS_LOCK
        mov bl, LOCK_CAPS
        je lock_key
        cmp al, SCAN_NUM_LOCK
        je num_lock_key
        cmp al, SCAN_SCROLL_LOCK
        je scroll_lock_key
        cmp al, SCAN_INSERT
        jne .ordinary
        test byte [BDA_SHIFT], SHIFT_CTRL+SHIFT_ALT
        jnz .ordinary
        push ax
        mov bl, LOCK_INSERT
        call toggle_lock
        pop ax
.ordinary:
        test ah, ah
        jnz .done
        cmp al, SCAN_DELETE
        je delete_key
        jmp ordinary_key
.done:
        ret

; A shift key, bit BL. After E0 it is not one: the keyboard wraps grey keys in such codes.
shift_key:
        test byte [BDA_SHIFT3], SEEN_E0
        jnz .done
        or [BDA_SHIFT], bl
        test ah, ah
        jz .done
        not bl
        and [BDA_SHIFT], bl
.done:
        ret

; Ctrl or Alt, bit BL of BDA_SHIFT; the left one has bit 0 or 1 of BDA_SHIFT2, the right one bit 2 or 3 of
; BDA_SHIFT3. Letting go of Alt ends a code typed on the keypad.
ctrl_alt_key:
        mov bh, bl
        shr bh, 1
        shr bh, 1
        test byte [BDA_SHIFT3], SEEN_E0
        jnz .right
        or [BDA_SHIFT2], bh
        test ah, ah
        jz .changed
        not bh
        and [BDA_SHIFT2], bh
        jmp .changed
.right:
        or [BDA_SHIFT3], bl
        test ah, ah
        jz .changed
        not bl
        and [BDA_SHIFT3], bl
.changed:
        mov al, [BDA_SHIFT2]
        and al, 03h
        shl al, 1
        shl al, 1
        or al, [BDA_SHIFT3]
        and al, SHIFT_CTRL+SHIFT_ALT
        and byte [BDA_SHIFT], 0FFh-SHIFT_CTRL-SHIFT_ALT
        or [BDA_SHIFT], al
        test al, SHIFT_ALT
        jnz .done
        xor ax, ax
        xchg al, [BDA_ALT_KEYPAD]
        test al, al
        jnz key_put
.done:
        ret

; Ctrl with it is the 83-key keyboard's Pause.
num_lock_key:
        mov bl, LOCK_NUM
        test ah, ah
        jnz lock_key
        test byte [BDA_SHIFT], SHIFT_CTRL
        jnz pause
        jmp lock_key

; Ctrl with it is Break: an empty buffer with a zero word, INT 1Bh.
scroll_lock_key:
        mov bl, LOCK_SCROLL
        test byte [BDA_SHIFT], SHIFT_CTRL
        jz lock_key
        test ah, ah
        jnz .done
        mov byte [BDA_BREAK], 80h
        mov ax, [BDA_KEY_BUFFER_FIRST]
        mov [BDA_KEY_HEAD], ax
        mov [BDA_KEY_TAIL], ax
        int 1Bh
        xor ax, ax
        jmp key_put
.done:
        ret

lock_key:
        call toggle_lock
        jmp update_leds

; Lock BL changes when its key goes down, not while it repeats.
toggle_lock:
        test ah, ah
        jnz .released
        test [BDA_SHIFT2], bl
        jnz .done
        or [BDA_SHIFT2], bl
        xor [BDA_SHIFT], bl
.done:
        ret
.released:
        not bl
        and [BDA_SHIFT2], bl
        ret

; Ctrl and Alt with it reset the machine.
delete_key:
        mov ah, [BDA_SHIFT]
        and ah, SHIFT_CTRL+SHIFT_ALT
        cmp ah, SHIFT_CTRL+SHIFT_ALT
        mov ah, 0
        jne ordinary_key
        mov word [BDA_RESET_FLAG], 1234h        ; a warm start
        jmp reset_machine

; Any other key, AL, pressed. AX = its word for the shift states; zero means none.
ordinary_key:
        test byte [BDA_SHIFT3], SEEN_E0
        jnz .grey
        call alt_keypad
        jc .done
        cmp al, KEYMAP_LAST
        ja .done
        mov ah, 0
        mov si, ax
        dec si
        js .done
        shl si, 1
        shl si, 1
        shl si, 1
        add si, keymap
        jmp .column
.grey:
        mov si, keymap_grey-KEYMAP_GREY_ROW
.find:
        add si, KEYMAP_GREY_ROW
        cmp si, keymap_grey_end
        jae .done
        cmp al, [cs:si]
        jne .find
        inc si
.column:
        call key_column
        mov ax, [cs:bx+si]
        test ax, ax
        jnz key_put
.done:
        ret

; BX = 0, 2, 4, 6: the column of the shift states for key AL. Caps Lock reverses letters, Num Lock the keypad.
key_column:
        mov ah, [BDA_SHIFT]
        mov bx, 6
        test ah, SHIFT_ALT
        jnz .done
        mov bx, 4
        test ah, SHIFT_CTRL
        jnz .done
        xor bx, bx
        test ah, SHIFT_LEFT+SHIFT_RIGHT
        jz .locks
        mov bx, 2
.locks:
        test byte [BDA_SHIFT3], SEEN_E0
        jnz .done
        mov dl, LOCK_NUM
        cmp al, SCAN_HOME
        jb .letter
        cmp al, SCAN_DELETE
        ja .done
        jmp .lock
.letter:
        mov dl, [cs:si]                         ; the key without shift
        cmp dl, 'a'
        jb .done
        cmp dl, 'z'
        ja .done
        mov dl, LOCK_CAPS
.lock:
        test ah, dl
        jz .done
        xor bl, 2
.done:
        ret

; With Alt alone the keypad's digits make a character code. CF set if AL was such a key.
alt_keypad:
        mov ah, [BDA_SHIFT]
        and ah, SHIFT_ALT+SHIFT_CTRL
        cmp ah, SHIFT_ALT
        jne .no
        mov bl, al
        mov bh, 0
        sub bx, SCAN_HOME
        cmp bx, SCAN_INSERT-SCAN_HOME
        ja .no
        mov bl, [cs:bx+keypad_digits]
        cmp bl, 9
        ja .no
        push ax
        mov al, 10
        mul byte [BDA_ALT_KEYPAD]
        add al, bl
        mov [BDA_ALT_KEYPAD], al
        pop ax
        stc
        ret
.no:
        clc
        ret

keypad_digits:
        db 7, 8, 9, 0FFh, 4, 5, 6, 0FFh, 1, 2, 3, 0
