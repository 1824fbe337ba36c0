; Characters and pixels in graphics modes. A character cell is 8 pixels wide; in memory it takes 2 bytes of a
; line (CGA, 4 colours), 1 (CGA, 2 colours; planar) or 8 (mode 13h). CGA lines lie in two banks, even and
; odd; elsewhere one after the other.

CGA_BANK                equ 2000h
COLOUR_XOR              equ 80h         ; colour bit 7: exclusive-or with what is there

cell_bytes:
        dw 0, 2, 1, 1, 8

; ES:DI = the first byte of the cell in row DH, column DL of the page shown; CX = bytes of a line; AX = the
; cell's lines in one bank; BX = kind. Changes DX.
graphics_cell:
        call video_kind
        mov es, [cs:bx+kind_segments]
        movzx cx, byte [cs:bx+cell_bytes]
        movzx di, dl
        imul di, cx
        imul cx, [BDA_COLUMNS]
        movzx ax, byte [BDA_CHAR_HEIGHT]
        cmp bx, KIND_CGA2
        ja .one_bank
        shr ax, 1
.one_bank:
        movzx dx, dh
        imul dx, cx
        imul dx, ax
        add di, dx
        add di, [BDA_PAGE_START]
        ret

; BP = bytes that the columns CL to DL take in a line. Changes AX and BX.
graphics_span:
        movzx bp, dl
        movzx ax, cl
        sub bp, ax
        inc bp
        call video_kind
        imul bp, [cs:bx+cell_bytes]
        ret

; Continues copy_line: line AH to line BL, columns CL to DL. Write mode 1 copies all planes by the latches.
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
        cmp bl, KIND_PLANAR
        jne .copy
        push ax
        mov ax, 0105h
        call write_graphics_register
        pop ax
.copy:
        mov dx, graphics_copy_bytes
        call graphics_each_line
        cmp bl, KIND_PLANAR
        jne .done
        call planar_defaults
.done:
        popad
        ret

graphics_copy_bytes:
        rep es movsb
        ret

; Continues blank_line: columns CL to DL of line BL in colour BH; CGA modes always get colour 0.
graphics_blank_line:
        push bx
        push cx
        call graphics_span
        pop dx                                  ; DL: the first column
        pop ax                                  ; AL: line, AH: colour
        mov dh, al
        push ax
        call graphics_cell
        pop dx
        cmp bl, KIND_PLANAR
        jb .fill
        mov bh, dh
        ja .fill
        push ax
        mov al, 00h                             ; set/reset
        mov ah, bh
        call write_graphics_register
        mov ax, 0F01h                           ; enabled for all planes
        call write_graphics_register
        pop ax
.fill:
        mov dx, graphics_fill_bytes
        call graphics_each_line
        cmp bl, KIND_PLANAR
        jne .done
        call planar_defaults
.done:
        popad
        ret

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

; AL = graphics controller register, AH = value.
write_graphics_register:
        push dx
        mov dx, VGA_GRAPHICS
        out dx, ax
        pop dx
        ret

; Set/reset off, no function, write mode 0, all bits: as the modes' records have them.
planar_defaults:
        mov ax, 0001h
        call write_graphics_register
        mov ax, 0003h
        call write_graphics_register
        mov ax, 0005h
        call write_graphics_register
        mov ax, 0FF08h
        jmp write_graphics_register

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
        call character_address                  ; FS:SI
        mov ah, bl
        push ax
        call graphics_cell
        mov dx, ax                              ; lines in a bank
        pop ax
.line:
        mov al, [fs:si]
        inc si
        push di
        call [cs:bx+draw_routines]
        pop di
        cmp bx, KIND_CGA2
        ja .next
        mov al, [fs:si]
        inc si
        push di
        add di, CGA_BANK
        call [cs:bx+draw_routines]
        pop di
.next:
        add di, cx
        dec dx
        jnz .line
        cmp bx, KIND_PLANAR
        je planar_defaults
        ret

draw_routines:
        dw 0, draw_cga4, draw_cga2, draw_planar, draw_linear

; FS:SI = character AL in the font of INT 43h; in CGA modes its upper half is in that of INT 1Fh.
character_address:
        push bx
        push 0
        pop es
        mov bx, 43h*4
        movzx si, al
        call .cga_half
        lfs bx, [es:bx]
        movzx ax, byte [BDA_CHAR_HEIGHT]
        imul si, ax
        add si, bx
        pop bx
        ret
.cga_half:
        cmp byte [BDA_VIDEO_MODE], 06h
        ja .done
        sub si, 80h
        jae .upper
        add si, 80h
.done:
        ret
.upper:
        mov bx, 1Fh*4
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
        shl bx, 2
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

; Background first, unless exclusive-or, then the character through the bit mask in colour AH.
draw_planar:
        push ax
        push dx
        mov dx, ax
        mov ax, 0F01h
        call write_graphics_register
        test dh, COLOUR_XOR
        jnz .xor
        mov ax, 0000h
        call write_graphics_register
        mov ax, 0FF08h
        call write_graphics_register
        mov [es:di], al
        jmp .character
.xor:
        mov ax, 1803h
        call write_graphics_register
.character:
        mov al, 00h
        mov ah, dh
        and ah, 0Fh
        call write_graphics_register
        mov al, 08h
        mov ah, dl
        call write_graphics_register
        xchg [es:di], al                        ; reads into the latches, then writes
        pop dx
        pop ax
        ret

draw_linear:
        push cx
        mov cx, 8
.bit:
        shl al, 1
        push ax
        mov al, ah
        jc .store
        xor al, al
.store:
        stosb
        pop ax
        loop .bit
        pop cx
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

write_pixel_routines:
        dw pixel_none, write_pixel_cga, write_pixel_cga, write_pixel_planar, write_pixel_linear
read_pixel_routines:
        dw pixel_none, read_pixel_cga, read_pixel_cga, read_pixel_planar, read_pixel_linear

; ES:DI = the byte that holds the pixel; CL = its place there from the left; CH = bits of a pixel less
; one; BX = kind. Keeps AX.
pixel_address:
        push ax
        call video_kind
        mov es, [cs:bx+kind_segments]
        mov ax, [BDA_COLUMNS]
        imul ax, [cs:bx+cell_bytes]
        xor di, di
        cmp bx, KIND_CGA2
        ja .row
        shr dx, 1
        jnc .row
        mov di, CGA_BANK
.row:
        imul dx, ax
        add di, dx
        add di, [BDA_PAGE_START]
        mov ax, cx
        shr ax, 3
        imul ax, [cs:bx+cell_bytes]
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
        shl al, 6
        jmp .place
.one:
        shl al, 7
.place:
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
        test ch, ch
        jz .one
        shr al, 6
        ret
.one:
        shr al, 7
        ret

write_pixel_planar:
        mov dl, 80h
        shr dl, cl
        push ax
        mov ax, 0F01h
        call write_graphics_register
        pop ax
        test ah, COLOUR_XOR
        jz .colour
        push ax
        mov ax, 1803h
        call write_graphics_register
        pop ax
.colour:
        and ah, 0Fh
        mov al, 00h
        call write_graphics_register
        mov ah, dl
        mov al, 08h
        call write_graphics_register
        xchg [es:di], al
        jmp planar_defaults

; A bit from each plane, the highest first.
read_pixel_planar:
        xor bl, bl
        mov ax, 0304h                           ; read map select
.plane:
        call write_graphics_register
        mov dl, [es:di]
        shl dl, cl
        shl dl, 1
        rcl bl, 1
        dec ah
        jns .plane
        mov ax, 0004h
        call write_graphics_register
        mov al, bl
        ret

write_pixel_linear:
        mov [es:di], ah
        ret

read_pixel_linear:
        mov al, [es:di]
        ret
