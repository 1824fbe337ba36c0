; INT 13h for disks on the xt board, by cylinder, head and sector.

; ES:SI = the record of disk DL.
disk_record:
        mov es, [BDA_EBDA]
        mov al, dl
        mov ah, 0
        mov cl, 4
        shl ax, cl
        add ax, EBDA_DRIVES
        mov si, ax
        ret

; Calls function AH of the caller; comes back with the status in AH.
disk_dispatch:
        mov bl, [bp+F_AH]
        cmp bl, 15h
        ja disk_bad_request
        mov bh, 0
        add bx, bx
        jmp [cs:bx+disk_functions]

disk_functions:
        dw disk_ok, disk_last_status, disk_read, disk_write                     ; 00h
        dw disk_verify, disk_bad_request, disk_bad_request, disk_bad_request    ; 04h
        dw disk_parameters, disk_ok, disk_bad_request, disk_bad_request         ; 08h
        dw disk_ok, disk_ok, disk_bad_request, disk_bad_request                 ; 0Ch
        dw disk_ok, disk_ok, disk_bad_request, disk_bad_request                 ; 10h
        dw disk_ok, disk_type                                                   ; 14h

disk_read:
        mov al, ATA_READ
        jmp disk_chs
disk_write:
        mov al, ATA_WRITE
        jmp disk_chs
disk_verify:
        mov al, ATA_VERIFY

; Transfers AL sectors at cylinder, head, sector in CX, DH to or from ES:BX with the ATA command AL.
disk_chs:
        push ax
        call disk_chs_to_lba
        pop cx                                  ; CL: command
        jc disk_bad_request
        mov ch, [bp+F_AL]
        test ch, ch
        jz disk_bad_request
        cmp ch, 128
        ja disk_bad_request
        mov bl, [es:si+DRIVE_SELECT]
        mov es, [bp+F_ES]
        mov di, [bp+F_BX]
        call ide_transfer
        sub [bp+F_AL], ch                       ; sectors done
        ret

; DX:AX = linear block of the caller's CX, DH; CF set if the geometry shown has no such sector.
disk_chs_to_lba:
        mov cl, [bp+F_CL]
        mov bl, [bp+F_CH]
        mov bh, cl
        rol bh, 1
        rol bh, 1
        and bh, 03h                             ; BX: cylinder
        and cx, 3Fh
        dec cx                                  ; sector, from 0
        cmp bx, [es:si+DRIVE_CYLINDERS]
        jae .bad
        mov al, [bp+F_DH]
        mov ah, 0
        cmp ax, [es:si+DRIVE_HEADS]
        jae .bad
        cmp cx, [es:si+DRIVE_SECTORS]
        jae .bad                                ; too high, or none
        xchg ax, bx
        mul word [es:si+DRIVE_HEADS]
        add ax, bx
        adc dx, 0                               ; DX:AX: track
        mov bx, dx
        mov di, [es:si+DRIVE_SECTORS]
        mul di
        xchg ax, bx
        push dx
        mul di
        pop dx
        add dx, ax
        mov ax, bx
        add ax, cx
        adc dx, 0
        clc
        ret
.bad:
        stc
        ret

; 08h: the last cylinder, head and sector, and how many disks there are.
disk_parameters:
        mov ax, [es:si+DRIVE_CYLINDERS]
        dec ax
        mov [bp+F_CH], al
        ror ah, 1
        ror ah, 1
        or ah, [es:si+DRIVE_SECTORS]
        mov [bp+F_CL], ah
        mov al, [es:si+DRIVE_HEADS]
        dec al
        mov [bp+F_DH], al
        mov al, [BDA_DISK_COUNT]
        mov [bp+F_DL], al
        mov byte [bp+F_AL], 0
        jmp disk_ok

; 15h: AH = 3, a fixed disk; CX:DX = its sectors.
disk_type:
        mov ax, [es:si+DRIVE_BLOCKS]
        mov [bp+F_DX], ax
        mov ax, [es:si+DRIVE_BLOCKS+2]
        mov [bp+F_CX], ax
        mov byte [bp+F_AH], 3
        CLEAR_CARRY
        add sp, 2
        jmp disk_leave
