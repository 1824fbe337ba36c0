; The floppy controller, an 82077AA or a 765, and its DMA channel (82077AA, uPD765A and 8237A data sheets):
; commands, results, interrupts.

FDC_STATUS              equ 3F4h        ; main status register
FDC_FIFO                equ 3F5h
FDC_READY               equ 80h         ; RQM
FDC_TO_CPU              equ 40h         ; DIO
FDC_INTERRUPTED         equ 80h         ; in BDA_FLOPPY_RECALIBRATED

FDC_SPECIFY             equ 03h
FDC_RECALIBRATE         equ 07h
FDC_SENSE_INTERRUPT     equ 08h
FDC_SEEK                equ 0Fh
FDC_READ_ID             equ 4Ah         ; MFM
FDC_READ                equ 0E6h        ; multitrack, MFM, skip deleted
FDC_WRITE               equ 0C5h        ; multitrack, MFM
FDC_POLLS               equ 2*1000*TICKS_PER_MS/4
FDC_WAIT_TICKS          equ 37          ; the same in ticks of the timer

DMA_READ_DISK           equ 46h         ; single mode, to memory, channel 2
DMA_WRITE_DISK          equ 4Ah

; IRQ 6
int0e:
        push ax
        push ds
        DATA_SEGMENT
        or byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        mov al, EOI
        out PIC1, al
        pop ds
        pop ax
        iret

; Waits for IRQ 6, 2 s at most: then CF is set. While the timer ticks the CPU sleeps until an interrupt comes;
; a program that has masked IRQ 0 makes it poll.
fdc_wait_interrupt:
        push ax
        push cx
        in al, PIC1+1
        and al, 0BFh                            ; IRQ 6 must be open
        out PIC1+1, al
        mov cx, FDC_POLLS
        test al, 01h
        jnz .poll
        mov cx, [BDA_TICKS]
.sleep:
        cli
        test byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        jnz .done
        sti
        hlt                                     ; nothing comes between STI and HLT
        mov ax, [BDA_TICKS]
        sub ax, cx
        cmp ax, FDC_WAIT_TICKS                  ; midnight ends it too
        jbe .sleep
        jmp .done
.poll:
        test byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        jnz .done
        call refresh_tick
        call refresh_tick
        call refresh_tick
        call refresh_tick
        loop .poll
.done:
        sti
        pop cx
        pop ax
        test byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        stc
        jz .late
        and byte [BDA_FLOPPY_RECALIBRATED], 0FFh-FDC_INTERRUPTED
        clc
.late:
        ret

; Waits until the controller is ready, 10 ms at most: then CF is set. AL = main status.
fdc_wait:
        push cx
        push dx
        mov cx, 10*TICKS_PER_MS
        mov dx, FDC_STATUS
.poll:
        in al, dx
        test al, FDC_READY
        jnz .done
        call refresh_tick
        loop .poll
        stc
.done:
        pop dx
        pop cx
        ret

; Byte AL of a command. CF set if the controller does not want one.
fdc_put:
        mov ah, al
        call fdc_wait
        jc .done
        test al, FDC_TO_CPU
        stc
        jnz .done
        mov al, ah
        push dx
        mov dx, FDC_FIFO
        out dx, al
        pop dx
        clc
.done:
        ret

; The result phase into 40:42h. CF set on time-out.
fdc_results:
        push cx
        push dx
        push di
        mov di, BDA_FLOPPY_RESULT
        mov cx, 7
.next:
        call fdc_wait
        jc .done
        test al, FDC_TO_CPU
        jz .done
        mov dx, FDC_FIFO
        in al, dx
        mov [di], al
        inc di
        loop .next
        clc
.done:
        pop di
        pop dx
        pop cx
        ret

; Resets the controller, and gives it the step rate and head times of the diskette parameters. CF set if it
; does not answer.
fdc_reset:
        push dx
        and byte [BDA_FLOPPY_RECALIBRATED], 70h
        mov dx, FDC_DOR
        mov al, 08h                             ; bit 2 clear: reset
        out dx, al
        call refresh_tick
        mov al, 0Ch
        out dx, al
        and byte [BDA_FLOPPY_MOTOR], 0F0h
        call fdc_wait_interrupt
        jc .done
        mov cx, 4                               ; one for each drive
.sense:
        call fdc_sense
        jc .done
        loop .sense
        mov al, FDC_SPECIFY
        call fdc_put
        jc .done
        call diskette_pointer
        mov al, [es:bx]
        call fdc_put
        jc .done
        mov al, [es:bx+1]
        call fdc_put
.done:
        pop dx
        ret

; ES:BX = the diskette parameters.
diskette_pointer:
        xor bx, bx
        mov es, bx
        les bx, [es:1Eh*4]
        ret

; SENSE INTERRUPT STATUS into the results.
fdc_sense:
        mov al, FDC_SENSE_INTERRUPT
        call fdc_put
        jc .done
        call fdc_results
.done:
        ret

; Moves drive DL's heads to track 0. CF set if they do not get there.
fdc_recalibrate:
        mov al, FDC_RECALIBRATE
        call fdc_put
        jc .done
        mov al, dl
        call fdc_put
        jc .done
        call fdc_wait_interrupt
        jc .done
        call fdc_sense
        jc .done
        test byte [BDA_FLOPPY_RESULT], 0D0h     ; abnormal end, or no track 0
        stc
        jnz .done
        call drive_index
        mov byte [bx+BDA_FLOPPY_TRACK], 0
        call drive_bit
        or [BDA_FLOPPY_RECALIBRATED], al
        clc
.done:
        ret

; Moves drive DL's heads to track CH.
fdc_seek:
        mov al, FDC_SEEK
        call fdc_put
        jc .done
        call fdc_put_drive
        jc .done
        mov al, ch
        call fdc_put
        jc .done
        call fdc_wait_interrupt
        jc .done
        call fdc_sense
        jc .done
        test byte [BDA_FLOPPY_RESULT], 0C0h
        stc
        jnz .done
        call drive_index
        mov [bx+BDA_FLOPPY_TRACK], ch
        clc
.done:
        ret

; Byte of a command that names drive DL and head DH. CF set if the controller does not want it.
fdc_put_drive:
        mov al, dh
        shl al, 1
        shl al, 1
        or al, dl
        jmp fdc_put

; BX = DL.
drive_index:
        mov bl, dl
        mov bh, 0
        ret

; AL = the bit of drive DL. Changes CL.
drive_bit:
        mov cl, dl
        mov al, 1
        shl al, cl
        ret

; Sets up DMA channel 2, mode AL, for AH sectors at ES:BX. CF set if they cross 64 KiB. Changes AX and CX.
fdc_dma:
        push dx
        push bx
        push ax
        mov ax, es                              ; BL:AX = physical address
        mov cl, 4
        rol ax, cl
        mov dl, al
        and dl, 0Fh
        and al, 0F0h
        add ax, bx
        adc dl, 0
        mov bl, dl
        pop dx                                  ; DL mode, DH sectors
        mov ch, dh
        shl ch, 1
        mov cl, 0
        dec cx                                  ; bytes less one
        push cx
        add cx, ax
        pop cx
        jc .done
        push ax
        mov al, 06h                             ; mask channel 2
        out 0Ah, al
        out 0Ch, al                             ; low byte first
        mov al, dl
        out 0Bh, al
        pop ax
        out 04h, al
        mov al, ah
        out 04h, al
        mov al, bl
        out 81h, al
        mov al, cl
        out 05h, al
        mov al, ch
        out 05h, al
        mov al, 02h
        out 0Ah, al
        clc
.done:
        pop bx
        pop dx
        ret
