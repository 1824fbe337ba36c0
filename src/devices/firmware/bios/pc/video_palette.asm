; INT 10h 0Bh (CGA colours) and 10h (attribute controller palette, DAC).

; 0Bh: BH = 0: BL is the border, and the background of mode 4; BH = 1: BL chooses mode 4's palette.
video_cga_palette:
        mov al, [BDA_CGA_PALETTE]
        test bh, bh
        jnz .palette
        and al, 0E0h
        and bl, 1Fh
        or al, bl
        mov [BDA_CGA_PALETTE], al
        mov al, bl
        and al, 0Fh
        test al, 08h                            ; intensity is bit 4 of the DAC's index
        jz .border
        xor al, 18h
.border:
        mov ah, al
        mov al, 11h
        call write_attribute
        cmp byte [BDA_VIDEO_MODE], 04h
        jb .done
        mov al, 00h
        jmp write_attribute
.palette:
        and al, 0DFh
        mov ah, 12h                             ; green, red, brown, bright
        test bl, 1
        jz .colours
        or al, 20h
        inc ah                                  ; cyan, magenta, white
.colours:
        mov [BDA_CGA_PALETTE], al
        mov al, 1
        mov cx, 3
.next:
        call write_attribute
        inc al
        add ah, 2
        loop .next
.done:
        ret

; Attribute register AL = AH. Keeps all registers.
write_attribute:
        push ax
        push dx
        call reset_flip_flop
        mov dx, VGA_ATTRIBUTE
        out dx, al
        xchg al, ah
        out dx, al
        mov al, PALETTE_ON
        out dx, al
        pop dx
        pop ax
        ret

; AH = attribute register AL.
read_attribute:
        push dx
        call reset_flip_flop
        mov dx, VGA_ATTRIBUTE
        out dx, al
        inc dx
        mov ah, al
        in al, dx
        xchg al, ah
        push ax
        call reset_flip_flop
        dec dx
        mov al, PALETTE_ON
        out dx, al
        pop ax
        pop dx
        ret

; 10h: AL is the function.
video_palette:
        movzx si, al
        cmp si, 1Ah
        ja .done
        mov al, [cs:si+palette_numbers]
        movzx si, al
        add si, si
        mov es, [bp+F_ES]
        call [cs:si+palette_functions]
.done:
        ret

palette_numbers:
        db 1, 2, 3, 4, 0, 0, 0, 5, 6, 7, 0, 0, 0, 0, 0, 0
        db 8, 0, 9, 10, 0, 11, 0, 12, 13, 14, 0

palette_functions:
        dw video_nothing, palette_set, palette_set_border, palette_set_all
        dw palette_blinking, palette_get, palette_get_border, palette_get_all
        dw dac_set, dac_set_block, dac_paging, dac_get, dac_get_block, dac_set_mask, dac_get_mask

; 00h: register BL = BH.
palette_set:
        mov al, bl
        mov ah, bh
        cmp al, 14h
        jbe write_attribute
        ret

; 01h: border = BH.
palette_set_border:
        mov al, 11h
        mov ah, bh
        jmp write_attribute

; 02h: 16 registers and the border from ES:DX.
palette_set_all:
        mov di, dx
        mov al, 0
.next:
        mov ah, [es:di]
        call write_attribute
        inc di
        inc al
        cmp al, 10h
        jb .next
        mov al, 11h
        mov ah, [es:di]
        jmp write_attribute

; 03h: BL = 1: attribute bit 7 blinks; 0: it is intensity. Bit 3 of the mode control register.
palette_blinking:
        mov al, 10h
        call read_attribute
        and ah, 0F7h
        test bl, 1
        jz write_attribute
        or ah, 08h
        jmp write_attribute

; 07h: BH = register BL.
palette_get:
        mov al, bl
        call read_attribute
        mov [bp+F_BH], ah
        ret

; 08h
palette_get_border:
        mov al, 11h
        call read_attribute
        mov [bp+F_BH], ah
        ret

; 09h
palette_get_all:
        mov di, dx
        mov al, 0
.next:
        call read_attribute
        mov [es:di], ah
        inc di
        inc al
        cmp al, 10h
        jb .next
        mov al, 11h
        call read_attribute
        mov [es:di], ah
        ret

; 10h: DAC register BX = DH red, CH green, CL blue.
dac_set:
        push dx
        mov al, bl
        mov dx, VGA_DAC_WRITE
        out dx, al
        inc dx
        pop ax
        mov al, ah
        out dx, al
        mov al, ch
        out dx, al
        mov al, cl
        out dx, al
        ret

; 12h: CX registers from BX on, from ES:DX.
dac_set_block:
        mov si, dx
        mov al, bl
        mov dx, VGA_DAC_WRITE
        out dx, al
        inc dx
        imul cx, cx, 3
        rep es outsb
        ret

; 13h: BL = 0: BH is the paging mode (bit 7 of mode control); 1: BH is the page (colour select).
dac_paging:
        test bl, bl
        jnz .page
        mov al, 10h
        call read_attribute
        and ah, 7Fh
        shl bh, 7
        or ah, bh
        jmp write_attribute
.page:
        mov al, 10h
        call read_attribute
        test ah, 80h                            ; 16 pages of 16, or 4 of 64
        mov ah, bh
        jnz .write
        shl ah, 2
.write:
        mov al, 14h
        jmp write_attribute

; 15h
dac_get:
        mov al, bl
        mov dx, VGA_DAC_READ
        out dx, al
        mov dx, VGA_DAC_DATA
        in al, dx
        mov [bp+F_DH], al
        in al, dx
        mov [bp+F_CH], al
        in al, dx
        mov [bp+F_CL], al
        ret

; 17h: CX registers from BX on, to ES:DX.
dac_get_block:
        mov di, dx
        mov al, bl
        mov dx, VGA_DAC_READ
        out dx, al
        mov dx, VGA_DAC_DATA
        imul cx, cx, 3
        rep insb
        ret

; 18h
dac_set_mask:
        mov dx, VGA_DAC_MASK
        mov al, bl
        out dx, al
        ret

; 19h
dac_get_mask:
        mov dx, VGA_DAC_MASK
        in al, dx
        mov [bp+F_BL], al
        ret
