; Drawing on a VGA: for each kind of display memory its routines, and those of the kinds that a CGA has not,
; planar (modes 0Dh to 12h) and a byte a pixel (13h).

kind_segments:
        dw 0B800h, 0B800h, 0B800h, 0A000h, 0A000h

cell_bytes:
        dw 0, 2, 1, 1, 8

draw_routines:
        dw 0, draw_cga4, draw_cga2, draw_planar, draw_linear
write_pixel_routines:
        dw pixel_none, write_pixel_cga, write_pixel_cga, write_pixel_planar, write_pixel_linear
read_pixel_routines:
        dw pixel_none, read_pixel_cga, read_pixel_cga, read_pixel_planar, read_pixel_linear

; Before lines of kind BX are copied: write mode 1 copies all planes by the latches. Keeps all else.
graphics_begin_copy:
        cmp bl, KIND_PLANAR
        jne .done
        push ax
        mov ax, 0105h
        call write_graphics_register
        pop ax
.done:
        ret

; Before lines of kind BX are filled with colour DH: BH = the byte to write. Keeps all else.
graphics_begin_fill:
        cmp bl, KIND_PLANAR
        jb .done
        mov bh, dh
        ja .done
        push ax
        mov al, 00h                             ; set/reset
        mov ah, bh
        call write_graphics_register
        mov ax, 0F01h                           ; enabled for all planes
        call write_graphics_register
        pop ax
.done:
        ret

; After either, and after drawing.
graphics_end:
        cmp bl, KIND_PLANAR
        je planar_defaults
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
