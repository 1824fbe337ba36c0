; The floppy drives of the pc board: their types are in CMOS 10h; which data rate the disk in one has is found
; by reading an ID.

FDC_DIGITAL_INPUT       equ 3F7h        ; bit 7: the disk was changed
FDC_RATE                equ 3F7h
MEDIA_ESTABLISHED       equ 10h
MEDIA_RATE              equ 0C0h

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

; CF set if drive DL says that its disk was changed.
change_line:
        push dx
        mov dx, FDC_DIGITAL_INPUT
        in al, dx
        pop dx
        shl al, 1
        ret

; CF set with the status in AH if drive DL's disk was changed. Forgets its rate then; a step clears the line if
; there is a disk.
check_change:
        call change_line
        jnc .done
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
        stc
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
