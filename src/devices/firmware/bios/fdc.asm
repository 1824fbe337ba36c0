; The 82077AA floppy controller and its DMA channel (82077AA data sheet; 8237A data sheet): commands, results,
; interrupts.

FDC_STATUS              equ 3F4h        ; main status register
FDC_FIFO                equ 3F5h
FDC_DIGITAL_INPUT       equ 3F7h        ; bit 7: the disk was changed
FDC_RATE                equ 3F7h
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
FDC_WAIT                equ 2*SECOND_IN_TICKS
FDC_WAIT_TICKS          equ 37          ; the same in ticks of the timer

DMA_READ_DISK           equ 46h         ; single mode, to memory, channel 2
DMA_WRITE_DISK          equ 4Ah

; IRQ 6
int0e:
        push ax
        push ds
        push BDA_SEGMENT
        pop ds
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
        push ecx
        in al, PIC1+1
        and al, 0BFh                            ; IRQ 6 must be open
        out PIC1+1, al
        mov ecx, FDC_WAIT
        test al, 01h
        jnz .poll
        mov ecx, [BDA_TICKS]
.sleep:
        cli
        test byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        jnz .done
        sti
        hlt                                     ; nothing comes between STI and HLT
        mov eax, [BDA_TICKS]
        sub eax, ecx
        cmp eax, FDC_WAIT_TICKS                 ; midnight ends it too
        jbe .sleep
        jmp .done
.poll:
        test byte [BDA_FLOPPY_RECALIBRATED], FDC_INTERRUPTED
        jnz .done
        call refresh_tick
        dec ecx
        jnz .poll
.done:
        sti
        pop ecx
        pop ax
        btr word [BDA_FLOPPY_RECALIBRATED], 7   ; to CF, and cleared
        cmc
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
        push 0
        pop es
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
        movzx bx, dl
        mov byte [bx+BDA_FLOPPY_TRACK], 0
        bts [BDA_FLOPPY_RECALIBRATED], bx
        clc
.done:
        ret

; Moves drive DL's heads to track CH.
fdc_seek:
        mov al, FDC_SEEK
        call fdc_put
        jc .done
        mov al, dh
        shl al, 2
        or al, dl
        call fdc_put
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
        movzx bx, dl
        mov [bx+BDA_FLOPPY_TRACK], ch
        clc
.done:
        ret

; Sets up DMA channel 2, mode AL, for AH sectors at ES:BX. CF set if they cross 64 KiB. Changes EAX and ECX.
fdc_dma:
        push dx
        mov dx, ax
        movzx eax, bx
        mov cx, es
        movzx ecx, cx
        shl ecx, 4
        add ecx, eax                            ; physical address
        movzx eax, dh
        shl eax, 9
        dec eax                                 ; bytes less one
        push ax
        add ax, cx
        pop ax
        jc .done
        push ax
        mov al, 06h                             ; mask channel 2
        out 0Ah, al
        out 0Ch, al                             ; low byte first
        mov al, dl
        out 0Bh, al
        mov al, cl
        out 04h, al
        mov al, ch
        out 04h, al
        shr ecx, 16
        mov al, cl
        out 81h, al
        pop ax
        out 05h, al
        mov al, ah
        out 05h, al
        mov al, 02h
        out 0Ah, al
        clc
.done:
        pop dx
        ret
