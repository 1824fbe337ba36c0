; The floppy drives of the xt board. How many there could be is in the switches; whether they answer is tried. What
; disk is in one is not to be known but by reading it: 08h looks for sectors that only some formats have.
; Lines that tell of changed disks are not looked at, as not all adapters have them, and the data rate needs no
; setting.

DMA_VERIFY              equ 42h         ; single mode, no transfer, channel 2

; AL = 1 if there is a drive DL, else 0 with ZF set.
floppy_type:
        mov al, [BDA_EQUIPMENT]
        test al, 01h
        jz .none
        rol al, 1
        rol al, 1
        and al, 03h                             ; drives less one
        cmp al, dl
        jb .none
        mov al, 1
        test al, al
        ret
.none:
        xor al, al
        ret

; Bit 0 of the equipment word: there is a drive. Drives that do not find track 0 are not there.
detect_floppies:
        call fdc_reset
        jc .none
        mov dl, 0
        call floppy_answers
        jc .none
        or byte [BDA_EQUIPMENT], 01h
        test byte [BDA_EQUIPMENT], 40h
        jz .done
        mov dl, 1
        call floppy_answers
        jnc .done
        and byte [BDA_EQUIPMENT], 3Fh
        ret
.none:
        and byte [BDA_EQUIPMENT], 3Eh
.done:
        ret

; CF clear if drive DL can be calibrated.
floppy_answers:
        call motor_on
        call fdc_recalibrate
        jc .done
        call motor_timer
        clc
.done:
        ret

; 15h: AH = 1, a drive without a change line.
floppy_change_support:
        mov byte [bp+F_AH], 1
        CLEAR_CARRY
        add sp, 2
        jmp disk_leave

; Nothing to look at, nothing to set: CF clear.
change_line:
check_change:
establish_media:
        clc
        ret

; 08h: the format of the disk in the drive; of one that cannot be read, 360 KB.
floppy_parameters:
        mov byte [bp+F_DH], 0                   ; what is tried, on head 0
        mov si, floppy_360
        call floppy_wake
        jc .tell
        mov al, 79
        mov cl, 18
        call floppy_has_sector
        jc .no_18
        mov si, floppy_1440
        mov cl, 36
        call floppy_has_sector_here
        jc .tell
        mov si, floppy_2880
        jmp .tell
.no_18:
        cmp ch, 79                              ; what track the ID said
        jne .tell
        mov si, floppy_1200
        mov cl, 15
        call floppy_has_sector_here
        jnc .tell
        mov si, floppy_720
.tell:
        mov al, [cs:si]
        mov ah, 0
        mov [bp+F_BX], ax
        mov ax, [cs:si+1]
        mov [bp+F_CX], ax
        mov byte [bp+F_DH], 1
        mov al, [BDA_EQUIPMENT]
        rol al, 1
        rol al, 1
        and al, 03h
        inc al
        mov [bp+F_DL], al
        mov byte [bp+F_AL], 0
        mov word [bp+F_ES], BIOS_SEGMENT
        mov word [bp+F_DI], diskette_parameters
        call motor_timer
        mov ah, 0
        ret

; Type, sectors, last track.
floppy_360:
        db 1, 9, 39
floppy_1200:
        db 2, 15, 79
floppy_720:
        db 3, 9, 79
floppy_1440:
        db 4, 18, 79
floppy_2880:
        db 5, 36, 79

; CF clear if drive DL's disk has sector CL on track AL; else CH = AL if it has that track.
floppy_has_sector:
        mov ch, al
        mov dh, 0
        push cx
        call fdc_seek
        pop cx
        mov al, 0
        jc .none
        push cx
        push si
        call floppy_read_id
        pop si
        pop cx
        test ah, ah
        jz floppy_has_sector_here
.none:
        mov ch, 0
        stc
        ret

; The same on track CH, where the head is.
floppy_has_sector_here:
        mov [bp+F_CH], ch
        mov [bp+F_CL], cl
        push cx
        push si
        mov ah, 1
        mov al, DMA_VERIFY
        xor bx, bx
        mov es, bx
        call fdc_dma
        mov al, FDC_READ
        call floppy_command
        jc .end
        call floppy_decode
        cmp ah, 1
        cmc
.end:
        pop si
        pop cx
        ret
