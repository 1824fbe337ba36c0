; INT 10h: video services (IBM PS/2 and PC BIOS Interface Technical Reference, INT 10h). This file finds the
; function in the board's table int10_functions, of which the last is INT10_LAST; video_text.asm has the cursor
; and characters, video_graphics.asm pixels and drawn characters, the board's files what is its adapter's.
; Left out: the light pen, the bell of teletype.

int10:
        ENTER_SERVICE
        mov bl, [bp+F_AH]
        cmp bl, INT10_LAST
        ja .done
        mov bh, 0
        add bx, bx
        mov si, [cs:bx+int10_functions]
        mov ax, [bp+F_AX]
        mov bx, [bp+F_BX]
        mov cx, [bp+F_CX]
        mov dx, [bp+F_DX]
        call si
.done:
        LEAVE_SERVICE

video_nothing:
        ret

; 04h: no light pen.
video_light_pen:
        mov byte [bp+F_AH], 0
        ret

; 0Fh
video_get_mode:
        mov al, [BDA_VIDEO_CONTROL]             ; bit 7: the last mode set kept the memory
        and al, 80h
        or al, [BDA_VIDEO_MODE]
        mov [bp+F_AL], al
        mov al, [BDA_COLUMNS]
        mov [bp+F_AH], al
        mov al, [BDA_PAGE]
        mov [bp+F_BH], al
        ret
