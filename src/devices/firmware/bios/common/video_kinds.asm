; Kinds of display memory, as offsets into the board's tables of words (kind_segments, cell_bytes ...); the
; board's mode_kinds has each mode's.

KIND_TEXT               equ 0
KIND_CGA4               equ 2           ; 2 bits a pixel, two banks
KIND_CGA2               equ 4           ; 1 bit a pixel, two banks
KIND_PLANAR             equ 6
KIND_LINEAR             equ 8           ; a byte a pixel

; BX = kind of the current mode's memory. Keeps all else.
video_kind:
        mov bl, [BDA_VIDEO_MODE]
        mov bh, 0
        mov bl, [cs:bx+mode_kinds]
        ret

; ES = text memory.
text_segment:
        push ax
        mov ax, 0B800h
        cmp byte [BDA_VIDEO_MODE], 07h
        jne .segment
        mov ax, 0B000h
.segment:
        mov es, ax
        pop ax
        ret
