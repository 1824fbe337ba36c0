; INT 10h 00h and 0Bh: sets a mode of a CGA (0 to 6) or MDA (7): registers, memory, data area. The 6845's values
; are those that INT 1Dh points to, which programs may replace (IBM PC/XT Technical Reference, BIOS listing).

CRTC_VALUES             equ 16          ; of each row that INT 1Dh points to
CGA_VIDEO_OFF           equ 21h         ; mode control without video; bit 0 must be set on an MDA
VIDEO_KEEP              equ 80h

; AL = mode, bit 7 keeps the memory. A monochrome display has but one mode.
video_set_mode:
        mov ah, al
        and al, 7Fh
        mov bl, [BDA_EQUIPMENT]
        and bl, 30h
        cmp bl, 30h
        jne .colour
        mov al, 07h
        jmp .known
.colour:
        cmp al, 06h
        jbe .known
        ret                                     ; an unknown mode changes nothing
.known:
        mov [BDA_VIDEO_MODE], al
        push ax
        call set_mode_data
        call set_mode_registers
        pop ax
        test ah, VIDEO_KEEP
        jnz .kept
        call clear_video_memory
.kept:
        mov bl, [BDA_VIDEO_MODE]                ; and the picture on
        mov bh, 0
        mov al, [cs:bx+mode_controls]
        mov [BDA_CGA_MODE], al
        call write_mode_control
        mov cx, 0607h
        jmp video_set_cursor_shape

; The data area of the mode.
set_mode_data:
        push ds
        pop es
        xor ax, ax
        mov [BDA_PAGE_START], ax
        mov [BDA_PAGE], al
        mov di, BDA_CURSOR
        mov cx, 8
        rep stosw
        mov bl, [BDA_VIDEO_MODE]
        mov bh, 0
        mov al, [cs:bx+mode_columns]
        mov [BDA_COLUMNS], ax
        mov al, 24
        mov [BDA_ROWS], al
        mov ax, CRTC_COLOUR
        mov cx, 8
        cmp bl, 07h
        jne .port
        mov ax, CRTC_MONOCHROME
        mov cx, 14
.port:
        mov [BDA_CRTC_PORT], ax
        mov [BDA_CHAR_HEIGHT], cx
        mov al, 30h
        cmp bl, 06h
        jne .palette
        mov al, 3Fh
.palette:
        mov [BDA_CGA_PALETTE], al
        add bx, bx
        mov ax, [cs:bx+mode_page_sizes]
        mov [BDA_PAGE_SIZE], ax
        ret

; The picture off, the 6845, and a CGA's colours.
set_mode_registers:
        mov al, CGA_VIDEO_OFF
        call write_mode_control
        xor ax, ax
        mov es, ax
        les si, [es:1Dh*4]
        mov bl, [BDA_VIDEO_MODE]
        mov bh, 0
        mov al, [cs:bx+mode_crtc_rows]
        add si, ax
        mov dx, [BDA_CRTC_PORT]
        xor ax, ax
.register:
        out dx, al
        inc dx
        mov ah, al
        mov al, [es:si]
        out dx, al
        mov al, ah
        dec dx
        inc si
        inc al
        cmp al, CRTC_VALUES
        jb .register
        cmp bl, 07h
        je .done
        mov al, [BDA_CGA_PALETTE]
        mov dx, CGA_COLOUR_SELECT
        out dx, al
.done:
        ret

; AL to the mode control register, four above the 6845.
write_mode_control:
        mov dx, [BDA_CRTC_PORT]
        add dx, 4
        out dx, al
        ret

; Spaces in text modes, zeros in graphics.
clear_video_memory:
        call text_segment
        xor di, di
        mov cx, 4000h/2
        cmp byte [BDA_VIDEO_MODE], 07h
        jne .size
        mov cx, 1000h/2
.size:
        call video_is_text
        mov ax, 0720h                           ; keeps the flags
        je .fill
        xor ax, ax
.fill:
        rep stosw
        ret

; 0Bh: BH = 0: BL is the border, and the background of mode 4; BH = 1: BL chooses mode 4's palette.
video_cga_palette:
        mov al, [BDA_CGA_PALETTE]
        test bh, bh
        jnz .palette
        and al, 0E0h
        and bl, 1Fh
        or al, bl
        jmp .set
.palette:
        and al, 0DFh
        test bl, 1
        jz .set
        or al, 20h
.set:
        mov [BDA_CGA_PALETTE], al
        mov dx, CGA_COLOUR_SELECT
        out dx, al
        ret

; By mode, 0 to 7.
mode_columns:
        db 40, 40, 80, 80, 40, 40, 80, 80
mode_controls:
        db 2Ch, 28h, 2Dh, 29h, 2Ah, 2Eh, 1Eh, 29h
mode_page_sizes:
        dw 0800h, 0800h, 1000h, 1000h, 4000h, 4000h, 4000h, 1000h
mode_crtc_rows:
        db 0, 0, 16, 16, 32, 32, 32, 48
mode_kinds:
        db KIND_TEXT, KIND_TEXT, KIND_TEXT, KIND_TEXT, KIND_CGA4, KIND_CGA4, KIND_CGA2, KIND_TEXT
