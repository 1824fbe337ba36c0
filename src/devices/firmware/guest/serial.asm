; COM1, a 16550, at 115200 bits a second, polled (National PC16550D data sheet, section 8).

SERIAL_DATA     equ COM1
SERIAL_INTERRUPT equ COM1 + 1
SERIAL_FIFO     equ COM1 + 2
SERIAL_LINE     equ COM1 + 3
SERIAL_MODEM    equ COM1 + 4
SERIAL_STATUS   equ COM1 + 5

start_serial:
        mov esi, .values
.next:
        movzx edx, word [esi]
        test edx, edx
        jz .done
        mov al, [esi+2]
        out dx, al
        add esi, 3
        jmp .next
.done:
        ret

; Port, value.
.values:
        dw SERIAL_INTERRUPT
        db 0                            ; no interrupts
        dw SERIAL_LINE
        db 83h                          ; 8 bits, no parity, 1 stop bit; the divisor next
        dw SERIAL_DATA
        db 1                            ; 115200 / 1
        dw SERIAL_INTERRUPT
        db 0
        dw SERIAL_LINE
        db 03h
        dw SERIAL_FIFO
        db 07h                          ; on, and empty
        dw SERIAL_MODEM
        db 03h                          ; DTR, RTS
        dw 0

; Sends AL. Keeps all registers.
serial_output:
        push edx
        push eax
        mov edx, SERIAL_STATUS
.busy:
        in al, dx
        test al, 20h                    ; transmitter holding register empty
        jz .busy
        pop eax
        mov edx, SERIAL_DATA
        out dx, al
        pop edx
        ret

; Waits until the last bit is out. Keeps all registers.
serial_drain:
        push edx
        push eax
        mov edx, SERIAL_STATUS
.busy:
        in al, dx
        test al, 40h                    ; transmitter empty
        jz .busy
        pop eax
        pop edx
        ret

; A received byte in AL; ZF if there is none.
serial_input:
        mov edx, SERIAL_STATUS
        in al, dx
        cmp al, 0FFh                    ; no such port
        je .done
        and al, 1
        jz .done
        mov edx, SERIAL_DATA
        in al, dx
        or ah, 1                        ; clears ZF
.done:
        ret

; Sends the text at ESI.
serial_text:
        push edi
        mov edi, serial_output
        call print_text
        pop edi
        ret
