; Texts and numbers. EDI is the routine that takes a character in AL: serial_output or screen_output.

print_text:
        lodsb
        test al, al
        jz .done
        call edi
        jmp print_text
.done:
        ret

; EAX in decimal. Digits come last first, so they go by way of the stack.
print_number:
        mov ebx, 10
        push 0                          ; ends the digits
.divide:
        xor edx, edx
        div ebx
        add edx, '0'
        push edx
        test eax, eax
        jnz .divide
.digit:
        pop eax
        test eax, eax
        jz .done
        call edi
        jmp .digit
.done:
        ret

; EAX in hexadecimal, eight digits.
print_hex:
        mov ecx, 8
        mov edx, eax
.digit:
        rol edx, 4
        mov eax, edx
        and eax, 15
        mov al, [digits+eax]
        call edi
        loop .digit
        ret

digits: db "0123456789ABCDEF"

; To announce is to say it on the serial port and on the screen, from the third line on.
announce:
        push esi
        call serial_text
        pop esi
        jmp announce_on_screen

announce_number:
        push eax
        mov edi, serial_output
        call print_number
        pop eax
        call announcing
        mov edi, screen_output
        call print_number
        jmp announced

announce_hex:
        push eax
        mov edi, serial_output
        call print_hex
        pop eax
        call announcing
        mov edi, screen_output
        call print_hex
        jmp announced

; Ends the line in both places.
announce_line:
        mov eax, [announcement]
        sub eax, SCREEN
        xor edx, edx
        mov ebx, COLUMNS * 2
        div ebx
        inc eax
        mul ebx
        add eax, SCREEN
        mov [announcement], eax
        mov esi, end_of_line
        jmp serial_text

announce_on_screen:
        call announcing
        call screen_text
        ; fall through
announced:
        push dword [cursor]
        pop dword [announcement]
        ret

announcing:
        push dword [announcement]
        pop dword [cursor]
        ret

end_of_line:    db 13, 10, 0

        align 4, db 0
announcement:   dd SCREEN + 2 * COLUMNS * 2
