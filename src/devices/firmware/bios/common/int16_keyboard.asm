; INT 16h: the keyboard's buffer. 00h-02h for programs that know the 83-key keyboard, 10h-12h for the 101
; keys, 05h stores a key, 03h (typematic rate) is accepted. A key is a word: scan code, character.

int16:
        ENTER_SERVICE
        mov bl, [bp+F_AH]
        mov bh, 0
        cmp bx, 12h
        ja .done
        add bx, bx
        call [cs:bx+int16_functions]
.done:
        LEAVE_SERVICE

int16_functions:
        dw key_read_old, key_peek_old, key_shift_state, key_nothing     ; 00h
        dw key_nothing, key_store, key_nothing, key_nothing             ; 04h
        dw key_nothing, key_nothing, key_nothing, key_nothing           ; 08h
        dw key_nothing, key_nothing, key_nothing, key_nothing           ; 0Ch
        dw key_read, key_peek, key_extended_shift_state                 ; 10h

key_nothing:
        ret

; 00h waits for a key of the old keyboard, dropping others.
key_read_old:
        call key_read
        mov ax, [bp+F_AX]
        call key_to_old
        jc key_read_old
        mov [bp+F_AX], ax
        ret

; 10h waits for a key. Takes it from the buffer.
key_read:
        sti
.wait:
        cli
        mov bx, [BDA_KEY_HEAD]
        cmp bx, [BDA_KEY_TAIL]
        jne .take
        sti
        hlt                                     ; nothing comes between STI and HLT
        jmp .wait
.take:
        mov ax, [bx]
        mov [bp+F_AX], ax
        call key_next
        mov [BDA_KEY_HEAD], bx
        sti
        ret

; 01h: as 11h, but drops keys that the old keyboard has not.
key_peek_old:
        call key_peek
        test byte [bp+F_FLAGS], FLAG_ZERO
        jnz key_nothing
        mov ax, [bp+F_AX]
        call key_to_old
        mov [bp+F_AX], ax
        jnc key_nothing
        call key_read
        jmp key_peek_old

; 11h: ZF set if there is no key, else AX = the next, which stays.
key_peek:
        sti
        or byte [bp+F_FLAGS], FLAG_ZERO
        mov bx, [BDA_KEY_HEAD]
        cmp bx, [BDA_KEY_TAIL]
        je .done
        mov ax, [bx]
        mov [bp+F_AX], ax
        and byte [bp+F_FLAGS], 0FFh-FLAG_ZERO
.done:
        ret

; Word AX as the old keyboard would give it; CF set if it has no such key.
key_to_old:
        cmp ah, 0E0h                            ; grey Enter and /
        je .grey
        cmp al, 0E0h                            ; grey cursor keys
        je .cursor
        test al, al
        jnz .same
        cmp ah, 84h                             ; F11, F12, and combinations that are new
        ja .new
.same:
        clc
        ret
.grey:
        mov ah, 1Ch
        cmp al, '/'
        jne .same
        mov ah, 35h
        ret
.cursor:
        test ah, ah                             ; character E0h itself
        jz .same
        cmp ah, 84h
        ja .new
        mov al, 0
        clc
        ret
.new:
        stc
        ret

; 02h
key_shift_state:
        mov al, [BDA_SHIFT]
        mov [bp+F_AL], al
        ret

; 12h: AH = left and right Ctrl and Alt, and the lock keys held down.
key_extended_shift_state:
        mov al, [BDA_SHIFT]
        mov ah, [BDA_SHIFT2]
        mov bl, ah
        and ah, 73h
        test bl, 04h                            ; SysRq to bit 7
        jz .locks
        or ah, 80h
.locks:
        mov bl, [BDA_SHIFT3]
        and bl, 0Ch                             ; right Ctrl and Alt
        or ah, bl
        mov [bp+F_AX], ax
        ret

; 05h: puts CX into the buffer; AL = 1 if it is full.
key_store:
        mov ax, [bp+F_CX]
        call key_put
        mov al, 0
        adc al, 0
        mov [bp+F_AL], al
        ret

; Puts word AX into the buffer; CF set if it is full. Changes BX and DI.
key_put:
        mov di, [BDA_KEY_TAIL]
        mov bx, di
        call key_next
        cmp bx, [BDA_KEY_HEAD]
        je .full
        mov [di], ax
        mov [BDA_KEY_TAIL], bx
        clc
        ret
.full:
        stc
        ret

; BX = the place after BX in the buffer.
key_next:
        add bx, 2
        cmp bx, [BDA_KEY_BUFFER_LAST]
        jb .done
        mov bx, [BDA_KEY_BUFFER_FIRST]
.done:
        ret
