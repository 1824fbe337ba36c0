; INT 14h: serial ports through 8250-compatible UARTs (00h initialize, 01h send, 02h receive, 03h status),
; and their detection.

UART_LINE_CONTROL       equ 3
UART_MODEM_CONTROL      equ 4
UART_LINE_STATUS        equ 5
UART_INTERRUPT_ID       equ 2
LINE_TIMEOUT            equ 80h
SECOND_IN_POLLS         equ 1000*TICKS_PER_MS/2

int14:
        ENTER_SERVICE
        sti
        mov bx, [bp+F_DX]
        cmp bx, 4
        jae .done
        mov si, bx
        add bx, bx
        mov dx, [bx+BDA_COM_PORTS]
        test dx, dx
        jz .done
        mov bl, [bp+F_AH]
        mov bh, 0
        cmp bx, 3
        ja .done
        add bx, bx
        call [cs:bx+int14_functions]
.done:
        LEAVE_SERVICE

int14_functions:
        dw serial_initialize, serial_send, serial_receive, serial_status

; AL: bits 7-5 rate, 4-3 parity, 2 stop bits, 1-0 word length, the last five as in the line control register.
serial_initialize:
        mov bl, [bp+F_AL]
        mov cl, 4
        shr bl, cl
        and bx, 0Eh
        mov cx, [cs:bx+serial_divisors]
        add dx, UART_LINE_CONTROL
        mov al, 80h                             ; divisor latch
        out dx, al
        sub dx, UART_LINE_CONTROL
        mov al, cl
        out dx, al
        inc dx
        mov al, ch
        out dx, al
        add dx, UART_LINE_CONTROL-1
        mov al, [bp+F_AL]
        and al, 1Fh
        out dx, al
        sub dx, UART_LINE_CONTROL-1
        mov al, 0
        out dx, al                              ; no interrupts
        dec dx
        jmp serial_status

; 110, 150, 300, 600, 1200, 2400, 4800, 9600 baud from 115200.
serial_divisors:
        dw 1047, 768, 384, 192, 96, 48, 24, 12

serial_send:
        push dx
        add dx, UART_MODEM_CONTROL
        mov al, 03h                             ; DTR and RTS
        out dx, al
        pop dx
        mov ah, 20h                             ; transmitter holding register empty
        call serial_wait
        jz serial_time_out
        mov al, [bp+F_AL]
        out dx, al
        mov [bp+F_AH], ah
        ret

serial_receive:
        push dx
        add dx, UART_MODEM_CONTROL
        mov al, 01h                             ; DTR
        out dx, al
        pop dx
        mov ah, 01h                             ; data ready
        call serial_wait
        jz serial_time_out
        in al, dx
        mov [bp+F_AL], al
        and ah, 1Eh                             ; only the errors
        mov [bp+F_AH], ah
        ret

serial_time_out:
        or ah, LINE_TIMEOUT
        mov [bp+F_AH], ah
        ret

serial_status:
        push dx
        add dx, UART_LINE_STATUS
        in al, dx
        mov [bp+F_AH], al
        inc dx
        in al, dx
        mov [bp+F_AL], al
        pop dx
        ret

; Waits for the line status bit AH, as many seconds as port SI's time-out says (0: 256). ZF set if it did
; not come; AH = line status. Changes BL and CX.
serial_wait:
        push dx
        add dx, UART_LINE_STATUS
        mov bl, [si+BDA_COM_TIMEOUT]
.second:
        mov cx, SECOND_IN_POLLS
.poll:
        in al, dx
        test al, ah
        jnz .done
        call refresh_tick
        call refresh_tick
        loop .poll
        dec bl
        jnz .second
        test al, ah
.done:
        mov ah, al
        pop dx
        ret

; Ports whose interrupt identification has the high bits clear, as where nothing answers they are not, go into
; the data area; their number into bits 9-11 of the equipment word.
detect_serial:
        xor si, si                              ; bytes of standard addresses
        xor bx, bx                              ; bytes of ports found
.port:
        mov dx, [cs:si+serial_addresses]
        add dx, UART_INTERRUPT_ID
        in al, dx
        test al, 0F8h
        jnz .next
        sub dx, UART_INTERRUPT_ID
        mov [bx+BDA_COM_PORTS], dx
        add bx, 2
.next:
        add si, 2
        cmp si, 8
        jb .port
        or [BDA_EQUIPMENT+1], bl                ; twice the number
        ret

serial_addresses:
        dw 3F8h, 2F8h, 3E8h, 2E8h
