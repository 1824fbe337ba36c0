; INT 10h 00h: sets a mode from its record in the video parameter table: registers, palette, font, memory,
; data area. The order of the registers follows IBM's VGA reference ("Programming considerations"): screen
; off, sequencer in reset while the clock changes, CRTC unprotected before it is loaded.

VGA_ATTRIBUTE           equ 3C0h
VGA_MISCELLANEOUS       equ 3C2h
VGA_SEQUENCER           equ 3C4h
VGA_DAC_MASK            equ 3C6h
VGA_DAC_READ            equ 3C7h
VGA_DAC_WRITE           equ 3C8h
VGA_DAC_DATA            equ 3C9h
VGA_GRAPHICS            equ 3CEh
KEEP_MEMORY             equ 80h
PALETTE_ON              equ 20h

; AL = mode, bit 7 keeps the memory.
video_set_mode:
        mov ah, al
        and al, 7Fh
        mov si, video_parameters
        mov di, video_mode_numbers
.find:
        cmp al, [cs:di]
        je .found
        add si, PARAMETER_RECORD
        inc di
        cmp di, video_mode_numbers_end
        jb .find
        ret                                     ; an unknown mode changes nothing
.found:
        mov [BDA_VIDEO_MODE], al
        and ah, KEEP_MEMORY
        or ah, 60h                              ; 256 KiB, cursor emulation on
        mov [BDA_VIDEO_CONTROL], ah
        call set_mode_data
        call set_mode_registers
        call load_mode_palette
        call clear_video_memory
        call load_mode_font
        call set_attributes
        mov cx, 0607h
        jmp video_set_cursor_shape

; The data area of mode AL, record CS:SI. Keeps AL and SI.
set_mode_data:
        push ax
        push ds
        pop es
        xor ax, ax
        mov [BDA_PAGE_START], ax
        mov [BDA_PAGE], al
        mov di, BDA_CURSOR
        mov cx, 8
        rep stosw
        movzx ax, byte [cs:si+PARAMETER_COLUMNS]
        mov [BDA_COLUMNS], ax
        mov al, [cs:si+PARAMETER_ROWS]
        mov [BDA_ROWS], al
        movzx ax, byte [cs:si+PARAMETER_CHAR_HEIGHT]
        mov [BDA_CHAR_HEIGHT], ax
        mov ax, [cs:si+PARAMETER_PAGE_SIZE]
        mov [BDA_PAGE_SIZE], ax
        mov word [BDA_CGA_MODE], 3029h          ; what the CGA's ports 3D8h and 3D9h would hold
        mov byte [BDA_VIDEO_SWITCHES], 0F9h
        mov byte [BDA_VGA_FLAGS], 11h           ; 400 lines, VGA active
        mov byte [BDA_DISPLAY_CODE], 08h
        mov ax, 20h*256+0D4h                    ; colour: equipment bits 5-4 = 10, CRTC at 3D4h
        test byte [cs:si+PARAMETER_MISCELLANEOUS], 01h
        jnz .port
        mov ax, 30h*256+0B4h
.port:
        mov [BDA_CRTC_PORT], al
        mov byte [BDA_CRTC_PORT+1], 03h
        and byte [BDA_EQUIPMENT], 0CFh
        or [BDA_EQUIPMENT], ah
        pop ax
        ret

; Miscellaneous output, sequencer, CRTC and graphics controller from record CS:SI.
set_mode_registers:
        call reset_flip_flop
        mov dx, VGA_ATTRIBUTE
        mov al, 0                               ; index without PALETTE_ON: screen off
        out dx, al
        mov dx, VGA_SEQUENCER
        mov ax, 0100h
        out dx, ax
        mov dx, VGA_MISCELLANEOUS
        mov al, [cs:si+PARAMETER_MISCELLANEOUS]
        out dx, al
        mov dx, VGA_SEQUENCER
        lea bx, [si+PARAMETER_SEQUENCER]
        mov cx, 0401h                           ; 4 registers from 1
        call write_indexed
        mov ax, 0300h
        out dx, ax
        mov dx, [BDA_CRTC_PORT]
        mov ax, 0011h                           ; bit 7 of CRTC 11h protects 0-7
        out dx, ax
        lea bx, [si+PARAMETER_CRTC]
        mov cx, 1900h
        call write_indexed
        mov dx, VGA_GRAPHICS
        lea bx, [si+PARAMETER_GRAPHICS]
        mov cx, 0900h

; CH bytes at CS:BX to the registers behind index port DX, from register CL.
write_indexed:
        mov al, cl
        mov ah, [cs:bx]
        out dx, ax
        inc bx
        inc cl
        dec ch
        jnz write_indexed
        ret

; The next write to 3C0h is an index. Only one of the two ports answers.
reset_flip_flop:
        push ax
        push dx
        mov dx, 3BAh
        in al, dx
        mov dx, 3DAh
        in al, dx
        pop dx
        pop ax
        ret

; The attribute controller from record CS:SI, and the screen on.
set_attributes:
        call reset_flip_flop
        lea bx, [si+PARAMETER_ATTRIBUTE]
        mov dx, VGA_ATTRIBUTE
        xor cl, cl
.register:
        mov al, cl
        out dx, al
        mov al, [cs:bx]
        out dx, al
        inc bx
        inc cl
        cmp cl, 14h
        jb .register
        mov al, 14h                             ; colour select
        out dx, al
        mov al, 0
        out dx, al
        mov al, PALETTE_ON
        out dx, al
        ret

; The DAC of the mode: 256 colours for 13h, green-grey for 7, CGA's 16 in the 200-line modes, else EGA's 64.
load_mode_palette:
        mov al, [BDA_VIDEO_MODE]
        mov bx, palette_256
        mov cx, palette_256_end-palette_256
        cmp al, 13h
        je .load
        mov bx, palette_mono
        mov cx, palette_mono_end-palette_mono
        cmp al, 07h
        je .load
        mov bx, palette_ega
        mov cx, palette_ega_end-palette_ega
        cmp al, 04h
        jb .load
        cmp al, 0Fh
        ja .load
        mov bx, palette_cga
        mov cx, palette_cga_end-palette_cga
.load:
        mov dx, VGA_DAC_MASK
        mov al, 0FFh
        out dx, al
        mov dx, VGA_DAC_WRITE
        mov al, 0
        out dx, al
        mov dx, VGA_DAC_DATA
.level:
        mov al, [cs:bx]
        out dx, al
        inc bx
        loop .level
        ret

; Spaces in text modes, zeros in graphics, unless the caller keeps the memory. All planes are enabled by now.
clear_video_memory:
        test byte [BDA_VIDEO_CONTROL], KEEP_MEMORY
        jnz .done
        call video_kind
        mov es, [cs:bx+kind_segments]
        xor eax, eax
        mov cx, 8000h/4
        cmp bx, KIND_CGA2
        jbe .cga
        mov cx, 10000h/4
.cga:
        test bx, bx
        jnz .fill
        call text_segment
        mov eax, 07200720h
.fill:
        xor di, di
        rep stosd
.done:
        ret
