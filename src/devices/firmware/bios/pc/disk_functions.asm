; INT 13h for ATA disks on the pc board: functions by cylinder, head and sector; edd.asm has those by block.

; FS:SI = the record of disk DL.
disk_record:
        movzx si, dl
        shl si, 5
        add si, EBDA_DRIVES
        ret

; Calls function AH of the caller; comes back with the status in AH.
disk_dispatch:
        mov al, [bp+F_AH]
        cmp al, 01h
        je disk_last_status
        cmp al, 41h
        jb .classic
        cmp al, 48h
        ja disk_bad_request
        sub al, 41h-19h
        jmp .call
.classic:
        cmp al, 18h
        ja disk_bad_request
.call:
        movzx bx, al
        add bx, bx
        jmp [cs:bx+disk_functions]

disk_functions:
        dw disk_ok, disk_last_status, disk_read, disk_write                     ; 00h
        dw disk_verify, disk_bad_request, disk_bad_request, disk_bad_request    ; 04h
        dw disk_parameters, disk_ok, disk_bad_request, disk_bad_request         ; 08h
        dw disk_ok, disk_ok, disk_bad_request, disk_bad_request                 ; 0Ch
        dw disk_ok, disk_ok, disk_bad_request, disk_bad_request                 ; 10h
        dw disk_ok, disk_type, disk_bad_request, disk_bad_request               ; 14h
        dw disk_bad_request                                                     ; 18h
        dw edd_present, edd_read, edd_write, edd_verify                         ; 41h
        dw disk_bad_request, disk_bad_request, disk_ok, edd_parameters          ; 45h

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
        call disk_chs_to_lba
        jc disk_bad_request
        movzx cx, byte [bp+F_AL]
        cmp cx, 128
        ja disk_bad_request
        test cx, cx
        jz disk_bad_request
        mov es, [bp+F_ES]
        mov di, [bp+F_BX]
        push cx
        call ata_transfer
        pop dx
        sub dl, cl                              ; sectors done
        mov [bp+F_AL], dl
        ret

; EBX = linear block of the caller's CX, DH; CF set if the translated geometry has no such sector. Keeps AL.
disk_chs_to_lba:
        movzx ecx, byte [bp+F_CL]
        shl cx, 2
        mov bl, [bp+F_CH]
        mov bh, ch
        movzx ebx, bx                           ; cylinder
        and cl, 0FCh
        shr cl, 2                               ; sector, from 1
        xor ch, ch
        cmp bx, [fs:si+DRIVE_CYLINDERS]
        jae .bad
        movzx edx, byte [bp+F_DH]
        cmp dx, [fs:si+DRIVE_HEADS]
        jae .bad
        dec cx
        cmp cx, [fs:si+DRIVE_SECTORS]
        jae .bad                                ; too high, or zero
        movzx edi, word [fs:si+DRIVE_HEADS]
        imul ebx, edi
        add ebx, edx
        movzx edi, word [fs:si+DRIVE_SECTORS]
        imul ebx, edi
        add ebx, ecx
        clc
        ret
.bad:
        stc
        ret

; 08h: the last cylinder, head and sector, and how many disks there are.
disk_parameters:
        mov ax, [fs:si+DRIVE_CYLINDERS]
        dec ax
        mov [bp+F_CH], al
        shl ah, 6
        or ah, [fs:si+DRIVE_SECTORS]
        mov [bp+F_CL], ah
        mov al, [fs:si+DRIVE_HEADS]
        dec al
        mov [bp+F_DH], al
        mov al, [BDA_DISK_COUNT]
        mov [bp+F_DL], al
        mov byte [bp+F_AL], 0
        jmp disk_ok

; 15h: AH = 3, a fixed disk; CX:DX = its sectors.
disk_type:
        mov eax, [fs:si+DRIVE_BLOCKS]
        mov [bp+F_DX], ax
        shr eax, 16
        mov [bp+F_CX], ax
        mov byte [bp+F_AH], 3
        CLEAR_CARRY
        add sp, 2
        jmp disk_leave
