; INT 13h for floppy drives 0 and 1, INT 40h, and their detection from CMOS 10h. The drive's type is in CMOS;
; which data rate the disk in it has is found by reading an ID. The status goes to AH, CF and 40:41h.
; There is no wait for the motor: the controller does not find a sector until the disk turns, and the
; caller tries again. VERIFY seeks and reads an ID. Left out: formatting (05h, 17h, 18h).

FLOPPY_BAD_REQUEST      equ 01h
FLOPPY_CHANGED          equ 06h
FLOPPY_DMA_BOUNDARY     equ 09h
FLOPPY_CONTROLLER       equ 20h
FLOPPY_SEEK             equ 40h
FLOPPY_TIMEOUT          equ 80h
MEDIA_ESTABLISHED       equ 10h
MEDIA_RATE              equ 0C0h

int40:
        ENTER_SERVICE
        sti
        mov dl, [bp+F_DL]
floppy_enter:
        mov al, [bp+F_AH]
        cmp al, 01h
        je .last
        call floppy_dispatch
        mov [BDA_FLOPPY_STATUS], ah
.status:
        call return_status
        LEAVE_SERVICE
.last:
        mov ah, [BDA_FLOPPY_STATUS]
        jmp .status

; Calls function AL for drive DL; comes back with the status in AH.
floppy_dispatch:
        mov si, floppy_functions
.compare:
        cmp al, [cs:si]
        je .found
        add si, 3
        cmp si, floppy_functions_end
        jb .compare
        mov ah, FLOPPY_BAD_REQUEST
        ret
.found:
        call floppy_type
        mov ah, FLOPPY_TIMEOUT
        jz .return
        jmp [cs:si+1]
.return:
        ret

floppy_functions:
        FUNCTION 00h, floppy_reset
        FUNCTION 02h, floppy_read
        FUNCTION 03h, floppy_write
        FUNCTION 04h, floppy_verify
        FUNCTION 08h, floppy_parameters
        FUNCTION 15h, floppy_change_support
        FUNCTION 16h, floppy_changed
floppy_functions_end:

; AL = type of drive DL from CMOS: 1 360 KB, 2 1.2 MB, 3 720 KB, 4 1.44 MB, 5 2.88 MB; ZF set if there is
; none.
floppy_type:
        mov al, CMOS_FLOPPIES
        call cmos_read
        cmp dl, 1
        ja .none
        je .second
        shr al, 4
.second:
        and al, 0Fh
        cmp al, 5
        ja .none
        test al, al
        ret
.none:
        xor al, al
        ret

; How many there are into the equipment word: bit 0, and their number less one in bits 7-6.
detect_floppies:
        mov dx, 0
        call floppy_type
        jz .none
        inc dx
        call floppy_type
        jz .one
        or word [BDA_EQUIPMENT], 0040h
.one:
        or word [BDA_EQUIPMENT], 0001h
.none:
        ret

floppy_reset:
        call fdc_reset
        mov ah, FLOPPY_CONTROLLER
        jc .done
        mov ah, 0
.done:
        ret

; 15h: AH = 1 without, 2 with a change line, which all but the 360 KB drive have.
floppy_change_support:
        cmp al, 2
        mov al, 1
        jb .answer
        mov al, 2
.answer:
        mov [bp+F_AH], al
        CLEAR_CARRY
        add sp, 2
        jmp disk_leave

; 16h
floppy_changed:
        call motor_on
        call change_line
        mov ah, FLOPPY_CHANGED
        jc .done
        mov ah, 0
.done:
        ret

; 08h: the largest disk the drive takes.
floppy_parameters:
        movzx bx, al
        mov [bp+F_BX], bx
        add bx, bx
        mov ax, [cs:bx+floppy_limits-2]
        mov [bp+F_CX], ax
        mov byte [bp+F_DH], 1
        mov al, [BDA_EQUIPMENT]
        shr al, 6
        inc al
        mov [bp+F_DL], al
        mov byte [bp+F_AL], 0
        mov word [bp+F_ES], BIOS_SEGMENT
        mov word [bp+F_DI], diskette_parameters
        mov ah, 0
        ret

; Sectors, last track of types 1 to 5.
floppy_limits:
        db 9, 39, 15, 79, 9, 79, 18, 79, 36, 79

; Drive DL selected and turning; it turns until motor_timer has run out.
motor_on:
        mov byte [BDA_MOTOR_TICKS], 0FFh
        mov cl, dl
        mov al, 1
        shl al, cl
        or [BDA_FLOPPY_MOTOR], al
        mov al, [BDA_FLOPPY_MOTOR]
        shl al, 4
        or al, 0Ch
        or al, dl
        push dx
        mov dx, FDC_DOR
        out dx, al
        pop dx
        ret

motor_timer:
        push es
        call diskette_pointer
        mov al, [es:bx+2]
        mov [BDA_MOTOR_TICKS], al
        pop es
        ret

; CF set if drive DL says that its disk was changed.
change_line:
        push dx
        mov dx, FDC_DIGITAL_INPUT
        in al, dx
        pop dx
        shl al, 1
        ret

; 02h and 03h: AL sectors at track CH, sector CL, head DH, to or from ES:BX.
floppy_read:
        mov ax, DMA_READ_DISK*256+FDC_READ
        jmp floppy_transfer
floppy_write:
        mov ax, DMA_WRITE_DISK*256+FDC_WRITE
floppy_transfer:
        push ax
        call floppy_prepare
        pop cx                                  ; CL command, CH DMA mode
        jc floppy_end
        mov es, [bp+F_ES]
        mov bx, [bp+F_BX]
        mov al, ch
        mov ah, [bp+F_AL]
        push cx
        call fdc_dma
        pop cx
        mov ah, FLOPPY_DMA_BOUNDARY
        jc floppy_end
        mov al, cl
        call floppy_command
        jc floppy_end
        call floppy_decode
floppy_end:
        push ax
        call motor_timer
        pop ax
        test ah, ah
        jz .done
        mov byte [bp+F_AL], 0
.done:
        ret

floppy_verify:
        call floppy_prepare
        jc floppy_end
        call floppy_read_id
        jmp floppy_end

; Motor, disk change, data rate, seek for the caller's request on drive DL. CF set with the status in AH.
floppy_prepare:
        cmp byte [bp+F_AL], 0
        mov ah, FLOPPY_BAD_REQUEST
        je .fail
        call floppy_wake
        mov ah, FLOPPY_CONTROLLER
        jc .fail
        call change_line
        jc .changed
        call establish_media
        mov ah, FLOPPY_TIMEOUT
        jc .fail
        mov ch, [bp+F_CH]
        mov dh, [bp+F_DH]
        movzx bx, dl
        cmp ch, [bx+BDA_FLOPPY_TRACK]
        je .ready
        call fdc_seek
        mov ah, FLOPPY_SEEK
        jc .fail
.ready:
        clc
        ret
.changed:
        call clear_change
.fail:
        stc
        ret

; The controller out of reset, drive DL turning and calibrated. CF set if it does not answer.
floppy_wake:
        push dx
        mov dx, FDC_DOR
        in al, dx
        pop dx
        test al, 04h
        jz .reset
        call fdc_wait
        jc .reset
        test al, FDC_TO_CPU+10h                 ; in the middle of a command
        jz .running
.reset:
        call fdc_reset
        jc .done
.running:
        call motor_on
        movzx bx, dl
        bt [BDA_FLOPPY_RECALIBRATED], bx
        cmc
        jnc .done
        call fdc_recalibrate
        jnc .done
        call fdc_recalibrate                    ; 77 steps may not have been enough
.done:
        ret

; After a change of disk: forgets its rate; a step clears the line if there is a disk. AH = status.
clear_change:
        movzx bx, dl
        and byte [bx+BDA_FLOPPY_MEDIA], 0FFh-MEDIA_ESTABLISHED
        mov dh, 0
        mov ch, 1
        call fdc_seek
        mov ch, 0
        call fdc_seek
        call change_line
        mov ah, FLOPPY_TIMEOUT
        jc .done
        mov ah, FLOPPY_CHANGED
.done:
        ret

; Finds the data rate at which drive DL's disk has IDs, unless it is known. CF set if there is none.
establish_media:
        movzx bx, dl
        mov al, [bx+BDA_FLOPPY_MEDIA]
        test al, MEDIA_ESTABLISHED
        jnz set_rate
        call floppy_type
        movzx di, al
        shl di, 2
        add di, media_rates-4
        mov cx, 3
.try:
        mov al, [cs:di]
        inc di
        push cx
        push ax
        call set_rate
        mov dh, 0
        call floppy_read_id
        pop cx
        cmp ah, 1
        mov al, cl
        pop cx
        jb .found
        loop .try
        stc
        ret
.found:
        or al, MEDIA_ESTABLISHED
        movzx bx, dl
        mov [bx+BDA_FLOPPY_MEDIA], al
        clc
        ret

; For drive types 1 to 5 the rates to try, in bits 7-6: 00 500, 01 300, 10 250, 11 1000 kbit/s.
media_rates:
        db 80h, 80h, 80h, 0
        db 00h, 40h, 80h, 0
        db 80h, 80h, 80h, 0
        db 00h, 80h, 00h, 0
        db 0C0h, 00h, 80h, 0

; Rate AL, bits 7-6. CF clear.
set_rate:
        and al, MEDIA_RATE
        mov [BDA_FLOPPY_RATE], al
        shr al, 6
        push dx
        mov dx, FDC_RATE
        out dx, al
        pop dx
        clc
        ret

; READ ID on drive DL, head DH. AH = status.
floppy_read_id:
        mov al, FDC_READ_ID
        call fdc_put
        jc floppy_no_answer
        mov al, dh
        shl al, 2
        or al, dl
        call fdc_put
        jc floppy_no_answer
        call floppy_results
        jc floppy_no_answer
        jmp floppy_decode
floppy_no_answer:
        mov ah, FLOPPY_TIMEOUT
        stc
        ret

; Command AL (read or write) for the caller's sectors on drive DL. CF set with the status in AH.
floppy_command:
        call fdc_put
        jc floppy_no_answer
        mov al, [bp+F_DH]
        shl al, 2
        or al, dl
        call fdc_put
        jc floppy_no_answer
        mov al, [bp+F_CH]
        call fdc_put
        mov al, [bp+F_DH]
        call fdc_put
        mov al, [bp+F_CL]
        call fdc_put
        push es
        call diskette_pointer
        mov si, 3                               ; sector size, last sector, gap, data length
.parameter:
        mov al, [es:bx+si]
        call fdc_put
        inc si
        cmp si, 7
        jb .parameter
        pop es
        call floppy_results
        jc floppy_no_answer
        ret

; Waits for the end of a command. Without one the controller is reset next time.
floppy_results:
        call fdc_wait_interrupt
        jnc fdc_results
        push dx
        mov dx, FDC_DOR
        mov al, 08h
        out dx, al
        pop dx
        and byte [BDA_FLOPPY_RECALIBRATED], 0F0h
        stc
        ret

; AH = INT 13h's word for the results: ST0 bits 7-6 zero are success, else the first set bit of ST1 counts.
floppy_decode:
        mov ah, 0
        test byte [BDA_FLOPPY_RESULT], 0C0h
        jz .done
        mov al, [BDA_FLOPPY_RESULT+1]
        mov si, st1_statuses
        mov cx, 6
.compare:
        mov ah, [cs:si+1]
        test al, [cs:si]
        jnz .done
        add si, 2
        loop .compare
        mov ah, FLOPPY_CONTROLLER
.done:
        ret

; Bits of ST1: end of cylinder, data error, overrun, no data, not writable, missing address mark.
st1_statuses:
        db 80h, 04h
        db 20h, 10h
        db 10h, 08h
        db 04h, 04h
        db 02h, 03h
        db 01h, 02h
