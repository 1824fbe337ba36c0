; INT 15h C2h: the PS/2 mouse, and IRQ 12 (IBM PS/2 and PC BIOS Interface Technical Reference, INT 15h C2h).
; Subfunctions 00h enable, 01h reset, 02h rate, 03h resolution, 04h type, 05h initialize, 06h status and
; scaling, 07h handler.

MOUSE_BAD_FUNCTION      equ 01h
MOUSE_INTERFACE         equ 03h
MOUSE_NO_HANDLER        equ 05h

MOUSE_RESOLUTION        equ 0E8h
MOUSE_STATUS            equ 0E9h
MOUSE_GET_ID            equ 0F2h
MOUSE_SET_RATE          equ 0F3h
MOUSE_ENABLE            equ 0F4h
MOUSE_DISABLE           equ 0F5h
MOUSE_RESET             equ 0FFh

; Calls the subfunction, which comes back with the status in AH.
mouse_service:
        movzx bx, byte [bp+F_AL]
        cmp bx, 7
        ja .unknown
        add bx, bx
        call [cs:bx+mouse_functions]
        jmp return_status
.unknown:
        mov ah, MOUSE_BAD_FUNCTION
        jmp return_status

mouse_functions:
        dw mouse_enable, mouse_reset, mouse_set_rate, mouse_set_resolution
        dw mouse_type, mouse_initialize, mouse_extended, mouse_set_handler

; AL to the mouse; AL = its answer, CF set if that is no acknowledgement.
mouse_send:
        push ax
        mov al, KBC_TO_MOUSE
        call kbc_command
        pop ax
        call kbc_write
        call kbc_read
        jc .done
        cmp al, KEYBOARD_ACK
        je .done
        stc
.done:
        ret

; POST: a mouse that names itself sets bit 2 of the equipment word. It stays off.
detect_mouse:
        mov al, KBC_ENABLE_MOUSE
        call kbc_command
        mov al, MOUSE_GET_ID
        call mouse_send
        jc .none
        call kbc_read
        jc .none
        or word [BDA_EQUIPMENT], 0004h
.none:
        mov al, KBC_DISABLE_MOUSE
        jmp kbc_command

; BH = 1 enables, 0 disables.
mouse_enable:
        mov bh, [bp+F_BH]
        cmp bh, 1
        ja mouse_bad_input
        je .enable
        mov al, MOUSE_DISABLE
        call mouse_send
        jc mouse_failed
        mov al, KBC_MODE_KEYBOARD
        call kbc_set_mode
        jmp mouse_ok
.enable:
        cmp dword [fs:EBDA_MOUSE_HANDLER], 0
        mov ah, MOUSE_NO_HANDLER
        je mouse_return
        mov byte [fs:EBDA_MOUSE_COUNT], 0
        mov al, KBC_MODE_BOTH
        call kbc_set_mode
        mov al, MOUSE_ENABLE
        call mouse_send
        jc mouse_failed
mouse_ok:
        mov ah, 0
mouse_return:
        ret
mouse_bad_input:
        mov ah, 02h
        ret
mouse_failed:
        mov ah, MOUSE_INTERFACE
        ret

; 05h: BH = bytes of a packet; then as 01h.
mouse_initialize:
        mov al, [bp+F_BH]
        dec al
        cmp al, 8
        jae mouse_bad_input
        inc al
        mov [fs:EBDA_MOUSE_SIZE], al

; 01h: BL, BH = the mouse's answers AAh, 00h.
mouse_reset:
        mov al, KBC_MODE_KEYBOARD
        call kbc_set_mode
        mov al, KBC_ENABLE_MOUSE
        call kbc_command
        mov al, MOUSE_RESET
        call mouse_send
        jc mouse_failed
        mov cx, 50                              ; up to a second for its self-test
.wait:
        call kbc_read
        jnc .tested
        loop .wait
        jmp mouse_failed
.tested:
        mov [bp+F_BL], al
        call kbc_read
        jc mouse_failed
        mov [bp+F_BH], al
        jmp mouse_ok

; BH = 0..6 for 10, 20, 40, 60, 80, 100, 200 reports a second.
mouse_set_rate:
        movzx bx, byte [bp+F_BH]
        cmp bx, 6
        ja mouse_bad_input
        mov al, MOUSE_SET_RATE
        mov ah, [cs:bx+mouse_rates]
        jmp mouse_send_two

mouse_rates:
        db 10, 20, 40, 60, 80, 100, 200

; BH = 0..3: 1, 2, 4, 8 counts a millimetre.
mouse_set_resolution:
        mov ah, [bp+F_BH]
        cmp ah, 3
        ja mouse_bad_input
        mov al, MOUSE_RESOLUTION

; Command AL and its operand AH.
mouse_send_two:
        call mouse_send
        jc mouse_failed
        mov al, ah
        call mouse_send
        jc mouse_failed
        jmp mouse_ok

mouse_type:
        mov al, MOUSE_GET_ID
        call mouse_send
        jc mouse_failed
        call kbc_read
        jc mouse_failed
        mov [bp+F_BH], al
        jmp mouse_ok

; BH = 0: BL, CL, DL = the three bytes of status; 1, 2: scaling 1:1, 2:1.
mouse_extended:
        mov al, [bp+F_BH]
        cmp al, 2
        ja mouse_bad_input
        test al, al
        jz .status
        add al, 0E5h                            ; E6h, E7h
        call mouse_send
        jc mouse_failed
        jmp mouse_ok
.status:
        mov al, MOUSE_STATUS
        call mouse_send
        jc mouse_failed
        call kbc_read
        jc mouse_failed
        mov [bp+F_BL], al
        call kbc_read
        jc mouse_failed
        mov [bp+F_CL], al
        call kbc_read
        jc mouse_failed
        mov [bp+F_DL], al
        jmp mouse_ok

; ES:BX is called with each packet.
mouse_set_handler:
        mov ax, [bp+F_ES]
        shl eax, 16
        mov ax, [bp+F_BX]
        mov [fs:EBDA_MOUSE_HANDLER], eax
        jmp mouse_ok

; IRQ 12. Collects a packet and calls the handler with status, X, Y and a zero word on the stack. A first
; byte without bit 3 is out of step and dropped.
int74:
        ENTER_SERVICE
        in al, KBC_STATUS
        and al, KBC_OUTPUT_FULL+KBC_AUXILIARY
        cmp al, KBC_OUTPUT_FULL+KBC_AUXILIARY
        jne .done
        in al, KBC_DATA
        movzx bx, byte [fs:EBDA_MOUSE_COUNT]
        test bx, bx
        jnz .store
        test al, 08h
        jz .done
.store:
        and bx, 7
        mov [fs:bx+EBDA_MOUSE_PACKET], al
        inc bx
        mov [fs:EBDA_MOUSE_COUNT], bl
        cmp bl, [fs:EBDA_MOUSE_SIZE]
        jb .done
        mov byte [fs:EBDA_MOUSE_COUNT], 0
        cmp dword [fs:EBDA_MOUSE_HANDLER], 0
        je .done
        movzx ax, byte [fs:EBDA_MOUSE_PACKET]
        push ax
        movzx ax, byte [fs:EBDA_MOUSE_PACKET+1]
        push ax
        movzx ax, byte [fs:EBDA_MOUSE_PACKET+2]
        push ax
        push 0
        call far [fs:EBDA_MOUSE_HANDLER]
        add sp, 8
.done:
        cli
        mov al, EOI
        out PIC2, al
        out PIC1, al
        LEAVE_SERVICE
