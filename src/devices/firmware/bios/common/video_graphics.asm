; Characters and pixels in graphics modes. A character cell is 8 pixels wide; in memory it takes 2 bytes of a
; line (CGA, 4 colours), 1 (CGA, 2 colours; planar) or 8 (mode 13h). CGA lines lie in two banks, even and
; odd; elsewhere one after the other. The board's tables have the routines of each kind, its graphics_begin_copy,
; graphics_begin_fill and graphics_end what its adapter needs around them.

CGA_BANK                equ 2000h
COLOUR_XOR              equ 80h         ; colour bit 7: exclusive-or with what is there

; ES:DI = the first byte of the cell in row DH, column DL of the page shown; CX = bytes of a line; AX = the
; cell's lines in one bank; BX = kind. Changes DX.
graphics_cell:
        call video_kind
        mov es, [cs:bx+kind_segments]
        push dx
        mov al, dl
        mov ah, 0
        mul word [cs:bx+cell_bytes]
        mov di, ax
        mov ax, [BDA_COLUMNS]
        mul word [cs:bx+cell_bytes]
        mov cx, ax
        mov al, [BDA_CHAR_HEIGHT]
        mov ah, 0
        cmp bx, KIND_CGA2
        ja .one_bank
        shr ax, 1
.one_bank:
        pop dx
        push ax
        mov dl, dh
        mov dh, 0
        push dx
        mul cx
        pop dx
        mul dx
        add di, ax
        add di, [BDA_PAGE_START]
        pop ax
        ret

; BP = bytes that the columns CL to DL take in a line. Changes AX and BX.
graphics_span:
        call video_kind
        mov al, dl
        sub al, cl
        mov ah, 0
        inc ax
        push dx
        mul word [cs:bx+cell_bytes]
        pop dx
        mov bp, ax
        ret

; Copies line AH to line BL, columns CL to DL. Changes all registers.
graphics_copy_line:
        push bx
        push cx
        push ax
        call graphics_span
        pop ax
        pop dx                                  ; DL: the first column
        mov dh, ah
        push dx
        call graphics_cell
        mov si, di
        pop dx
        pop ax                                  ; AL: the line to copy to
        mov dh, al
        call graphics_cell
        call graphics_begin_copy
        mov dx, graphics_copy_bytes
        call graphics_each_line
        jmp graphics_end

graphics_copy_bytes:
        push ds
        push es
        pop ds
        rep movsb
        pop ds
        ret

; Blanks columns CL to DL of line BL in colour BH; CGA modes always get colour 0. Changes all registers.
graphics_blank_line:
        push bx
        push cx
        call graphics_span
        pop dx                                  ; DL: the first column
        pop ax                                  ; AL: line, AH: colour
        mov dh, al
        push ax
        call graphics_cell
        pop dx                                  ; DH: colour
        call graphics_begin_fill
        mov dx, graphics_fill_bytes
        call graphics_each_line
        jmp graphics_end

graphics_fill_bytes:
        push ax
        mov al, bh
        rep stosb
        pop ax
        ret

; Calls DX for each of the AX lines of CX bytes from SI and DI, in each bank of kind BL, with CX = BP, the
; bytes to do.
graphics_each_line:
        push si
        push di
        push ax
        call .bank
        pop ax
        pop di
        pop si
        cmp bl, KIND_CGA2
        ja .done
        add si, CGA_BANK
        add di, CGA_BANK
        call .bank
.done:
        ret
.bank:
        push si
        push di
        push cx
        mov cx, bp
        call dx
        pop cx
        pop di
        pop si
        add si, cx
        add di, cx
        dec ax
        jnz .bank
        ret

; ---- characters ----

; Continues put_characters: AL, CX times from DX on, colour BL.
graphics_put_characters:
        push ax
        push bx
        push cx
        push dx
        call draw_character
        pop dx
        pop cx
        pop bx
        pop ax
        inc dl
        cmp dl, [BDA_COLUMNS]
        jae .done                               ; does not go round the edge
        loop graphics_put_characters
.done:
        ret

; Draws character AL in colour BL at DX. Each kind's routine gets a line of the character in AL, colour in
; AH, ES:DI.
draw_character:
        mov ah, bl
        push ax
        call graphics_cell
        mov dx, ax                              ; lines in a bank
        pop ax
        push ds
        call character_address                  ; DS:SI
.line:
        lodsb
        push di
        call [cs:bx+draw_routines]
        pop di
        cmp bx, KIND_CGA2
        ja .next
        lodsb
        push di
        add di, CGA_BANK
        call [cs:bx+draw_routines]
        pop di
.next:
        add di, cx
        dec dx
        jnz .line
        pop ds
        jmp graphics_end

; DS:SI = character AL in the font of INT 43h; in CGA modes its upper half is in that of INT 1Fh. DS is the
; data area. Keeps all else.
character_address:
        push ax
        push bx
        mov bx, 43h*4
        cmp byte [BDA_VIDEO_MODE], 06h
        ja .font
        test al, 80h
        jz .font
        and al, 7Fh
        mov bx, 1Fh*4
.font:
        mul byte [BDA_CHAR_HEIGHT]
        mov si, ax
        xor ax, ax
        mov ds, ax
        add si, [bx]
        mov ds, [bx+2]
        pop bx
        pop ax
        ret

draw_cga2:
        test ah, 01h
        jnz .set
        xor al, al
.set:
        test ah, COLOUR_XOR
        jnz .xor
        mov [es:di], al
        ret
.xor:
        xor [es:di], al
        ret

; Each bit of AL becomes two bits of colour AH.
draw_cga4:
        push bx
        push cx
        mov cx, 8
        xor bx, bx
.bit:
        shl bx, 1
        shl bx, 1
        shl al, 1
        jnc .next
        mov ch, ah
        and ch, 3
        or bl, ch
        xor ch, ch
.next:
        loop .bit
        xchg bl, bh
        test ah, COLOUR_XOR
        jz .store
        xor bx, [es:di]
.store:
        mov [es:di], bx
        pop cx
        pop bx
        ret

; ---- pixels: column CX, row DX ----

; 0Ch: in colour AL.
video_write_pixel:
        mov ah, al
        call pixel_address
        jmp [cs:bx+write_pixel_routines]

; 0Dh: the colour to AL.
video_read_pixel:
        call pixel_address
        call [cs:bx+read_pixel_routines]
        mov [bp+F_AL], al
        ret

; ES:DI = the byte that holds the pixel; CL = its place there from the left; CH = bits of a pixel less
; one; BX = kind. Keeps AX.
pixel_address:
        push ax
        call video_kind
        mov es, [cs:bx+kind_segments]
        xor di, di
        cmp bx, KIND_CGA2
        ja .row
        shr dx, 1
        jnc .row
        mov di, CGA_BANK
.row:
        push dx
        mov ax, [BDA_COLUMNS]
        mul word [cs:bx+cell_bytes]
        pop dx
        mul dx
        add di, ax
        add di, [BDA_PAGE_START]
        mov ax, cx
        shr ax, 1
        shr ax, 1
        shr ax, 1
        mul word [cs:bx+cell_bytes]
        add di, ax
        and cx, 7
        cmp bx, KIND_CGA4
        jb .done
        je .four_colours
        cmp bx, KIND_LINEAR
        jne .done
        add di, cx
        jmp .done
.four_colours:
        add cx, cx
        mov ch, 1
        test cl, 8
        jz .done
        and cl, 7
        inc di
.done:
        pop ax
        ret

pixel_none:
        ret

; The mask of the pixel: CH + 1 bits from bit 7 on, moved right by CL.
write_pixel_cga:
        mov al, ah
        mov dl, 80h
        test ch, ch
        jz .one
        mov dl, 0C0h
        and al, 3
        ror al, 1
        jmp .place
.one:
        and al, 1
.place:
        ror al, 1
        shr dl, cl
        shr al, cl
        test ah, COLOUR_XOR
        jnz .xor
        not dl
        and [es:di], dl
        or [es:di], al
        ret
.xor:
        xor [es:di], al
        ret

read_pixel_cga:
        mov al, [es:di]
        shl al, cl
        rol al, 1
        test ch, ch
        jz .one
        rol al, 1
        and al, 3
        ret
.one:
        and al, 1
        ret
