; INT 10h 11h: fonts. In text modes the VGA takes characters from plane 2, 32 bytes each, 8 fonts of 8 KiB
; each; in graphics modes the BIOS draws those that INT 43h points to.

FONT_CHARACTER          equ 32

; AL: 00h user, 01h 8x14, 02h 8x8, 04h 8x16 into font BL; 03h chooses fonts; 10h..14h the same and fit the
; rows to the height; 20h..24h for graphics; 30h tells where they are.
video_font:
        cmp al, 03h
        je font_select
        cmp al, 30h
        je font_information
        test al, 0E0h
        jnz font_graphics
        mov ah, al
        and al, 0Fh
        call font_source
        jc .done
        push ax
        push bx
        call load_font
        pop bx
        pop ax
        test ah, 10h
        jz .done
        mov al, bh
        call fit_rows
.done:
        ret

; ES:SI, BH lines, CX characters from DX on: of font AL; user fonts come from the caller's ES:BP, BH, CX, DX.
; CF set if there is none.
font_source:
        cmp al, 04h
        ja .none
        cmp al, 03h
        je .none
        test al, al
        jz .user
        push cs
        pop es
        mov cx, 256
        xor dx, dx
        mov si, font8x14
        mov bh, 14
        cmp al, 01h
        je .found
        mov si, font8x8
        mov bh, 8
        cmp al, 02h
        je .found
        mov si, font8x16
        mov bh, 16
.found:
        clc
        ret
.user:
        mov es, [bp+F_ES]
        mov si, [bp+F_BP]
        clc
        ret
.none:
        stc
        ret

; CX characters of BH lines from ES:SI into font BL from character DX on. Text modes.
load_font:
        push ds
        test cx, cx
        jz .done
        push cx
        push dx
        mov cx, font_window_open
        call write_port_list
        pop dx
        pop cx
        call font_offset
        shl dx, 5
        add di, dx
        push es
        pop ds
        push 0A000h
        pop es
.character:
        push cx
        push di
        movzx cx, bh
        rep movsb
        pop di
        pop cx
        add di, FONT_CHARACTER
        loop .character
        pop ds
        push ds
        mov cx, font_window_closed
        call write_port_list
        cmp byte [BDA_VIDEO_MODE], 07h
        jne .done
        mov dx, VGA_GRAPHICS
        mov ax, 0A06h                           ; text memory at B0000h
        out dx, ax
.done:
        pop ds
        ret

; DI = the offset of font BL in plane 2: 0, 4000h, 8000h, C000h, then 2000h and so on.
font_offset:
        push bx
        and bx, 7
        movzx di, bl
        shl di, 14
        test bl, 4
        jz .done
        add di, 2000h
.done:
        pop bx
        ret

; Writes the words of list CS:CX, index and value, to the ports before them, to a zero port. Changes AX, CX
; and DX.
write_port_list:
        push si
        mov si, cx
.next:
        mov dx, [cs:si]
        test dx, dx
        jz .done
        mov ax, [cs:si+2]
        out dx, ax
        add si, 4
        jmp .next
.done:
        pop si
        ret

; Plane 2 alone at A0000h, linear; and text memory as before.
font_window_open:
        dw VGA_SEQUENCER, 0402h, VGA_SEQUENCER, 0704h, VGA_GRAPHICS, 0204h
        dw VGA_GRAPHICS, 0005h, VGA_GRAPHICS, 0406h, 0
font_window_closed:
        dw VGA_SEQUENCER, 0302h, VGA_SEQUENCER, 0304h, VGA_GRAPHICS, 0004h
        dw VGA_GRAPHICS, 1005h, VGA_GRAPHICS, 0E06h, 0

; 03h: BL to the character map select register.
font_select:
        mov dx, VGA_SEQUENCER
        mov al, 03h
        mov ah, bl
        out dx, ax
        ret

; Cells of AL lines: maximum scan line, rows, the cursor at the bottom, the page size.
fit_rows:
        movzx bx, al
        mov [BDA_CHAR_HEIGHT], bx
        mov dx, [BDA_CRTC_PORT]
        mov al, 09h
        out dx, al
        inc dx
        in al, dx
        and al, 0E0h
        dec bx
        or al, bl
        out dx, al
        inc bx
        mov ax, 400
        xor dx, dx
        div bx
        dec ax
        mov [BDA_ROWS], al
        inc ax
        push ax
        mul bx                                  ; lines shown: vertical display end is one less
        dec ax
        mov ah, al
        mov al, 12h
        mov dx, [BDA_CRTC_PORT]
        out dx, ax
        pop ax
        mul word [BDA_COLUMNS]
        add ax, ax
        add ax, 00FFh
        xor al, al
        mov [BDA_PAGE_SIZE], ax
        mov cx, 0607h
        jmp video_set_cursor_shape

; 20h: ES:BP for INT 1Fh; 21h user, 22h 8x14, 23h 8x8, 24h 8x16 for INT 43h. BL: rows, 0 means DL of them,
; else 14, 25 or 43.
font_graphics:
        cmp al, 20h
        jb .done
        je .upper_half
        push dx
        sub al, 21h
        mov ah, 0
        cmp al, 3
        ja .none
        jne .number
        inc al                                  ; 24h is font 4 above
.number:
        mov dx, [bp+F_CX]
        push bx
        mov bh, dl                              ; a user font's lines
        call font_source
        mov ch, bh
        pop bx
        pop dx
        jc .done
        push 0
        pop fs
        mov [fs:43h*4], si
        mov [fs:43h*4+2], es
        movzx ax, ch
        mov [BDA_CHAR_HEIGHT], ax
        movzx bx, bl
        cmp bx, 3
        ja .done
        test bx, bx
        jz .rows
        mov dl, [cs:bx+font_row_counts]
.rows:
        dec dl
        mov [BDA_ROWS], dl
        ret
.none:
        pop dx
.done:
        ret
.upper_half:
        push 0
        pop fs
        mov ax, [bp+F_BP]
        mov [fs:1Fh*4], ax
        mov ax, [bp+F_ES]
        mov [fs:1Fh*4+2], ax
        ret

font_row_counts:
        db 0, 14, 25, 43

; 30h: ES:BP = font BH, CX = lines of a cell in use, DL = rows less one.
font_information:
        movzx ax, byte [BDA_CHAR_HEIGHT]
        mov [bp+F_CX], ax
        mov al, [BDA_ROWS]
        mov [bp+F_DL], al
        push 0
        pop es
        mov si, 1Fh*4
        cmp bh, 1
        jb .vector
        mov si, 43h*4
        je .vector
        movzx bx, bh
        cmp bx, 7
        ja .done
        add bx, bx
        mov ax, [cs:bx+font_addresses]
        mov [bp+F_BP], ax
        mov [bp+F_ES], cs
.done:
        ret
.vector:
        mov ax, [es:si]
        mov [bp+F_BP], ax
        mov ax, [es:si+2]
        mov [bp+F_ES], ax
        ret

font_addresses:
        dw 0, 0, font8x14, font8x8, font8x8+128*8, font8x14, font8x16, font8x16

; The font of a mode just set: into plane 2 for text, into INT 43h for graphics. Keeps SI.
load_mode_font:
        push si
        call video_is_text
        jne .graphics
        mov al, 04h
        mov bl, 0
        call font_source
        call load_font
        pop si
        ret
.graphics:
        push 0
        pop es
        mov ax, font8x8
        cmp byte [BDA_CHAR_HEIGHT], 8
        je .set
        mov ax, font8x14
        cmp byte [BDA_CHAR_HEIGHT], 14
        je .set
        mov ax, font8x16
.set:
        mov [es:43h*4], ax
        mov [es:43h*4+2], cs
        pop si
        ret
