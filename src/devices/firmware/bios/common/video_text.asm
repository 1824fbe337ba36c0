; INT 10h: the cursor, pages, characters, scrolling and strings (01h..0Ah, 0Eh, 13h). A position is a row in
; DH and a column in DL.

; 01h: CH start line, CL end line; bits 6-5 of CH = 01 hide it. Shapes meant for cells of 8 lines are
; stretched to the cell in use, as CGA programs expect ("cursor emulation").
video_set_cursor_shape:
        mov [BDA_CURSOR_SHAPE], cx
        mov al, [BDA_CHAR_HEIGHT]
        cmp al, 8
        jbe .write
        test ch, 20h
        jnz .write
        cmp cl, 7
        ja .write
        cmp ch, 7
        ja .write
        sub al, 8                               ; the cell's lines beyond 8 go above the shape
        cmp ch, 5
        jb .block
        add ch, al
        dec ch
        add cl, al
        dec cl
        jmp .write
.block:
        cmp cl, 5
        jb .write
        add cl, al
.write:
        mov al, 0Ah
        mov ah, ch
        mov dx, [BDA_CRTC_PORT]
        out dx, ax
        mov al, 0Bh
        mov ah, cl
        out dx, ax
        ret

; 02h: page BH's cursor to DX.
video_set_cursor:
        push bx
        mov bl, bh
        and bx, 7
        add bx, bx
        mov si, bx
        pop bx
        mov [si+BDA_CURSOR], dx
        cmp bh, [BDA_PAGE]
        jne .done
        mov ax, [BDA_COLUMNS]
        mul dh
        xor dh, dh
        add ax, dx
        mov cx, [BDA_PAGE_START]
        shr cx, 1
        add cx, ax
        mov al, 0Eh
        call write_crtc_address
.done:
        ret

; CX to the CRTC's register pair AL (high), AL+1 (low).
write_crtc_address:
        mov dx, [BDA_CRTC_PORT]
        mov ah, ch
        out dx, ax
        inc al
        mov ah, cl
        out dx, ax
        ret

; 03h
video_get_cursor:
        call page_cursor
        mov [bp+F_DX], dx
        mov ax, [BDA_CURSOR_SHAPE]
        mov [bp+F_CX], ax
        ret

; DX = the cursor of page BH.
page_cursor:
        push bx
        mov bl, bh
        and bx, 7
        add bx, bx
        mov dx, [bx+BDA_CURSOR]
        pop bx
        ret

; 05h: shows page AL.
video_set_page:
        and al, 7
        mov [BDA_PAGE], al
        mov bh, al
        xor ah, ah
        mul word [BDA_PAGE_SIZE]
        mov [BDA_PAGE_START], ax
        push bx
        call video_kind
        mov cx, ax
        cmp bx, KIND_TEXT
        jne .address
        shr cx, 1                               ; the CRTC counts characters
.address:
        mov al, 0Ch
        call write_crtc_address
        pop bx
        call page_cursor
        jmp video_set_cursor

; ES:DI = the cell at DX on page BH, of text. Keeps all else.
text_cell:
        push ax
        push dx
        mov ax, [BDA_COLUMNS]
        mul dh
        xor dh, dh
        add ax, dx
        add ax, ax
        mov di, ax
        mov al, bh
        and ax, 7
        mul word [BDA_PAGE_SIZE]
        add di, ax
        call text_segment
        pop dx
        pop ax
        ret

; 06h scrolls up, 07h down by AL lines (0: blanks) the window from CX to DX; BH = attribute of new lines.
; The lines that move, then the blank ones, one after the other: BL is the line to fill.
video_scroll:
        cmp dl, [BDA_COLUMNS]
        jb .columns
        mov dl, [BDA_COLUMNS]
        dec dl
.columns:
        cmp dh, [BDA_ROWS]
        jbe .rows
        mov dh, [BDA_ROWS]
.rows:
        cmp ch, dh
        ja .done
        cmp cl, dl
        ja .done
        mov bl, dh
        sub bl, ch
        inc bl                                  ; the window's height
        test al, al
        jz .all
        cmp al, bl
        jbe .direction
.all:
        mov al, bl
.direction:
        cmp ah, 07h
        je scroll_down
        mov bl, ch
.line:
        mov ah, bl
        add ah, al
        cmp ah, dh
        ja .blank
        call copy_line
        jmp .next
.blank:
        call blank_line
.next:
        inc bl
        cmp bl, dh
        jbe .line
.done:
        ret

scroll_down:
        mov bl, dh
.line:
        mov ah, bl
        sub ah, al
        js .blank
        cmp ah, ch
        jb .blank
        call copy_line
        jmp .next
.blank:
        call blank_line
.next:
        dec bl
        js .done
        cmp bl, ch
        jae .line
.done:
        ret

; Copies line AH to line BL, columns CL to DL, on the page shown. Keeps all registers.
copy_line:
        SAVE_REGISTERS
        call video_is_text
        je .text
        call graphics_copy_line
        jmp .done
.text:
        call line_span
        mov dh, ah
        call text_cell
        mov si, di
        mov dh, bl
        mov bh, [BDA_PAGE]
        call text_cell
        push ds
        push es
        pop ds
        rep movsw
        pop ds
.done:
        RESTORE_REGISTERS
        ret

; Blanks columns CL to DL of line BL with attribute BH. Keeps all registers.
blank_line:
        SAVE_REGISTERS
        call video_is_text
        je .text
        call graphics_blank_line
        jmp .done
.text:
        mov ah, bh
        mov al, ' '
        call line_span
        mov dh, bl
        call text_cell
        rep stosw
.done:
        RESTORE_REGISTERS
        ret

; CX = number of columns from CL to DL; DL = the first; BH = the page shown.
line_span:
        mov bh, [BDA_PAGE]
        mov dh, dl
        mov dl, cl
        sub dh, cl
        mov cl, dh
        mov ch, 0
        inc cx
        ret

; 08h: AL = character, AH = attribute at page BH's cursor. Characters drawn in graphics are not recognized.
video_read_character:
        call page_cursor
        call video_is_text
        mov ax, 0                               ; keeps the flags
        jne .return
        call text_cell
        mov ax, [es:di]
.return:
        mov [bp+F_AX], ax
        ret

; ZF set in text modes. Keeps all registers.
video_is_text:
        push bx
        call video_kind
        cmp bx, KIND_TEXT
        pop bx
        ret

; 09h writes character AL with attribute BL CX times from page BH's cursor on; 0Ah without attribute.
video_write_character:
        call page_cursor

; The same at position DX.
put_characters:
        test cx, cx
        jz .done
        call video_is_text
        jne graphics_put_characters
        call text_cell
.next:
        stosb
        cmp ah, 09h
        jne .keep
        mov [es:di], bl
.keep:
        inc di
        loop .next
.done:
        ret

; 0Eh: AL at the cursor of the page shown, which moves on; 7, 8, 10 and 13 have their meanings. BL = colour
; in graphics.
video_teletype:
        mov bh, [BDA_PAGE]
        mov ah, 0Ah

; The same on page BH; AH = 09h gives the character attribute BL. Keeps BX.
write_tty:
        call page_cursor
        cmp al, 13
        je .return
        cmp al, 10
        je .line_feed
        cmp al, 8
        je .back
        cmp al, 7
        je .done                                ; the bell is silent
        mov cx, 1
        push bx
        push dx
        call put_characters
        pop dx
        pop bx
        inc dl
        cmp dl, [BDA_COLUMNS]
        jb .place
        mov dl, 0
.line_feed:
        inc dh
        cmp dh, [BDA_ROWS]
        jbe .place
        dec dh
        call scroll_for_tty
        jmp .place
.back:
        sub dl, 1
        jae .place
        mov dl, 0
        jmp .place
.return:
        mov dl, 0
.place:
        push bx
        call video_set_cursor
        pop bx
.done:
        ret

; Scrolls the screen up a line; new cells get the attribute at DX, or 0 in graphics. Keeps BX and DX.
scroll_for_tty:
        push bx
        push dx
        call video_is_text
        mov bl, 0
        jne .scroll
        call text_cell
        mov bl, [es:di+1]
.scroll:
        mov bh, bl
        mov ax, 0601h
        xor cx, cx
        mov dl, [BDA_COLUMNS]
        dec dl
        mov dh, [BDA_ROWS]
        call video_scroll
        pop dx
        pop bx
        ret

; 13h: CX characters at ES:BP from DX on, on page BH. AL bit 0: the cursor stays after them; bit 1: each is
; followed by its attribute, else all have BL.
video_write_string:
        mov es, [bp+F_ES]
        mov si, [bp+F_BP]
        push bx
        call page_cursor
        pop bx
        push dx                                 ; where the cursor was
        mov dx, [bp+F_DX]
        call .place
.next:
        sub cx, 1
        jb .end
        mov al, [es:si]
        inc si
        test byte [bp+F_AL], 02h
        jz .write
        mov bl, [es:si]
        inc si
.write:
        push cx
        push si
        push es
        mov ah, 09h
        call write_tty
        pop es
        pop si
        pop cx
        jmp .next
.end:
        pop dx
        test byte [bp+F_AL], 01h
        jz .place
        ret
.place:
        push cx
        push si
        call video_set_cursor
        pop si
        pop cx
        ret
