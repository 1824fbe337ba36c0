; INT 10h on the pc board, a VGA: the functions, and those that only tell of the adapter. Left out:
; save/restore (1Ch), VESA (4Fh).

INT10_LAST              equ 1Bh

; Each is called with AX, BX, CX, DX as the caller had them and may change any register but BP and DS.
int10_functions:
        dw video_set_mode, video_set_cursor_shape, video_set_cursor, video_get_cursor           ; 00h
        dw video_light_pen, video_set_page, video_scroll, video_scroll                          ; 04h
        dw video_read_character, video_write_character, video_write_character, video_cga_palette ; 08h
        dw video_write_pixel, video_read_pixel, video_teletype, video_get_mode                  ; 0Ch
        dw video_palette, video_font, video_alternate, video_write_string                       ; 10h
        dw video_nothing, video_nothing, video_nothing, video_nothing                           ; 14h
        dw video_nothing, video_nothing, video_display_code, video_state                        ; 18h

; 12h: BL = 10h tells of the display, 30h chooses text lines, others switch what is always on here.
video_alternate:
        cmp bl, 10h
        je .information
        cmp bl, 30h
        jb .done
        cmp bl, 36h
        ja .done
        mov byte [bp+F_AL], 12h                 ; supported
.done:
        ret
.information:
        mov al, [BDA_EQUIPMENT]
        and al, 30h
        cmp al, 30h
        sete al
        mov [bp+F_BH], al                       ; 1: monochrome addresses
        mov byte [bp+F_BL], 03h                 ; 256 KiB
        movzx cx, byte [BDA_VIDEO_SWITCHES]
        and cl, 0Fh
        mov [bp+F_CX], cx
        ret

; 1Ah: 00h reads, 01h writes the display combination: 08h, VGA with a colour display.
video_display_code:
        cmp al, 01h
        ja .unknown
        je .set
        movzx bx, byte [BDA_DISPLAY_CODE]
        mov [bp+F_BX], bx
        jmp .done
.set:
        mov [BDA_DISPLAY_CODE], bl
.done:
        mov byte [bp+F_AL], 1Ah
.unknown:
        ret

; 1Bh: functionality and state into 64 bytes at ES:DI.
video_state:
        mov es, [bp+F_ES]
        mov di, [bp+F_DI]
        push di
        mov cx, 32
        xor ax, ax
        rep stosw
        pop di
        mov word [es:di], functionality_table
        mov word [es:di+2], BIOS_SEGMENT
        push di
        add di, 4
        mov si, BDA_VIDEO_MODE                  ; 30 bytes, 49h..66h, as they lie in the data area
        mov cx, 30
        rep movsb
        pop di
        mov al, [BDA_ROWS]
        inc al
        mov [es:di+22h], al
        mov al, [BDA_CHAR_HEIGHT]
        mov [es:di+23h], al
        mov al, [BDA_DISPLAY_CODE]
        mov [es:di+25h], al
        mov byte [es:di+2Ah], 02h               ; 400 lines
        mov byte [es:di+31h], 03h               ; 256 KiB
        mov byte [bp+F_AL], 1Bh
        ret

; What 1Bh points to: the modes (0-7, 0Dh-13h), text lines 200, 350, 400, and functions of a VGA.
functionality_table:
        db 0FFh, 0E0h, 0Fh, 0, 0, 0, 0, 07h, 02h, 08h, 0FFh, 0Eh, 0, 0, 00h, 0
