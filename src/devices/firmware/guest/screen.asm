; The screen: VGA text mode, 80 by 25, characters and attributes at B8000h.

SCREEN          equ 0B8000h
COLUMNS         equ 80
ROWS            equ 25
GREY_ON_BLACK   equ 07h
WHITE_ON_RED    equ 4Fh

clear_screen:
        mov edi, SCREEN
        mov ecx, COLUMNS * ROWS
        mov ax, GREY_ON_BLACK * 256 + ' '
        rep stosw
        mov dx, CRTC_INDEX              ; the cursor is not used: bit 5 of its start turns it off
        mov ax, 200Ah
        out dx, ax
        ret

; Puts the character AL at the cursor. The screen is long enough for what this kernel has to say.
screen_output:
        push ebx
        mov ebx, [cursor]
        mov [ebx], al
        mov al, [attribute]
        mov [ebx+1], al
        add dword [cursor], 2
        pop ebx
        ret

; Puts the text at ESI at the cursor.
screen_text:
        push edi
        mov edi, screen_output
        call print_text
        pop edi
        ret

        align 4, db 0
cursor: dd SCREEN
attribute: db GREY_ON_BLACK
