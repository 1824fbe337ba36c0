; INT 13h for floppy drives 0 and 1, INT 40h. What drives there are, and what is known of their disks, is the
; board's: floppy_type (AL, ZF set if there is no drive DL), floppy_parameters (08h), floppy_change_support
; (15h), change_line (CF set if the disk was changed), check_change (the same, with the status in AH, and the line
; is cleared), establish_media. The status goes to AH, CF and 40:41h.
; There is no wait for the motor: the controller does not find a sector until the disk turns, and the
; caller tries again. VERIFY seeks and reads an ID. Left out: formatting (05h, 17h, 18h).

FLOPPY_BAD_REQUEST      equ 01h
FLOPPY_CHANGED          equ 06h
FLOPPY_DMA_BOUNDARY     equ 09h
FLOPPY_CONTROLLER       equ 20h
FLOPPY_SEEK             equ 40h
FLOPPY_TIMEOUT          equ 80h

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

floppy_reset:
        call fdc_reset
        mov ah, FLOPPY_CONTROLLER
        jc .done
        mov ah, 0
.done:
        ret

; 16h
floppy_changed:
        call motor_on
        call change_line
        mov ah, FLOPPY_CHANGED
        jc .done
        mov ah, 0
.done:
        ret

; Drive DL selected and turning; it turns until motor_timer has run out.
motor_on:
        mov byte [BDA_MOTOR_TICKS], 0FFh
        call drive_bit
        or [BDA_FLOPPY_MOTOR], al
        mov al, [BDA_FLOPPY_MOTOR]
        mov cl, 4
        shl al, cl
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
        call check_change
        jc .fail
        call establish_media
        mov ah, FLOPPY_TIMEOUT
        jc .fail
        mov ch, [bp+F_CH]
        mov dh, [bp+F_DH]
        call drive_index
        cmp ch, [bx+BDA_FLOPPY_TRACK]
        je .ready
        call fdc_seek
        mov ah, FLOPPY_SEEK
        jc .fail
.ready:
        clc
        ret
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
        call drive_bit
        test [BDA_FLOPPY_RECALIBRATED], al
        jnz .done                               ; CF is clear
        call fdc_recalibrate
        jnc .done
        call fdc_recalibrate                    ; 77 steps may not have been enough
.done:
        ret

; READ ID on drive DL, head DH. AH = status.
floppy_read_id:
        mov al, FDC_READ_ID
        call fdc_put
        jc floppy_no_answer
        call fdc_put_drive
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
        mov dh, [bp+F_DH]
        call fdc_put_drive
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
