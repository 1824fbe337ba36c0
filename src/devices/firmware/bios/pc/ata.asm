; ATA disks on the two legacy channels, by PIO with 28-bit addresses (ATA/ATAPI-4, X3T13 1153D): detection
; at POST, and transfers. Interrupts stay off (nIEN) while a command runs; what the guest gets afterwards
; is the channel with interrupts on and none pending. Left out: disks without LBA, disks above 128 GiB
; beyond that mark.

; A drive's record in the extended data area.
DRIVE_PORT              equ 0           ; of the command block
DRIVE_SELECT            equ 2           ; for the device register: LBA, unit
DRIVE_CYLINDERS         equ 4           ; the geometry that INT 13h shows
DRIVE_HEADS             equ 6
DRIVE_SECTORS           equ 8
DRIVE_OWN_CYLINDERS     equ 10          ; the one that the drive names
DRIVE_OWN_HEADS         equ 12
DRIVE_OWN_SECTORS       equ 14
DRIVE_BLOCKS            equ 16          ; addressable sectors
DRIVE_SIZE              equ 32

; Registers, from DRIVE_PORT.
ATA_COUNT               equ 2
ATA_DEVICE              equ 6
ATA_COMMAND             equ 7
ATA_STATUS              equ 7
ATA_CONTROL             equ 206h

ATA_READ                equ 20h
ATA_WRITE               equ 30h
ATA_VERIFY              equ 40h
ATA_IDENTIFY            equ 0ECh
ATA_BUSY                equ 80h
ATA_REQUEST             equ 08h
ATA_ERROR               equ 01h
ATA_NO_INTERRUPT        equ 02h
ATA_WAIT                equ 10*1000*TICKS_PER_MS

; Waits until the channel whose first port is DX is not busy. AL = status; CF set after 10 s.
ata_wait:
        push ecx
        push dx
        mov ecx, ATA_WAIT
        add dx, ATA_STATUS
.poll:
        in al, dx
        test al, ATA_BUSY
        jz .done
        call refresh_tick
        dec ecx
        jnz .poll
        stc
.done:
        pop dx
        pop ecx
        ret

; Selects drive FS:SI, interrupts off, and waits for it. DX = first port; AL = status; CF set on time-out.
ata_select:
        mov dx, [fs:si+DRIVE_PORT]
        push dx
        add dx, ATA_CONTROL
        mov al, ATA_NO_INTERRUPT
        out dx, al
        pop dx
        call ata_wait
        jc .done
        add dx, ATA_DEVICE
        mov al, [fs:si+DRIVE_SELECT]
        out dx, al
        sub dx, ATA_DEVICE-ATA_STATUS
        in al, dx                               ; 400 ns until the status is the new drive's
        in al, dx
        in al, dx
        in al, dx
        sub dx, ATA_STATUS
        call ata_wait
.done:
        ret

; Reads, writes or verifies (command AL) CX sectors from block EBX of drive FS:SI, at ES:DI.
; AH = status; CX = sectors not done.
ata_transfer:
        mov ah, al
        call ata_select
        jc .timeout
        push ax
        movzx eax, cx
        add eax, ebx
        jc .beyond
        cmp eax, [fs:si+DRIVE_BLOCKS]
        ja .beyond
        call ata_put_address
        pop ax
        mov al, ah
        add dx, ATA_COMMAND
        out dx, al
        sub dx, ATA_COMMAND
        cmp ah, ATA_VERIFY
        je ata_finish_verify
.sector:
        call ata_wait
        jc .timeout
        test al, ATA_ERROR
        jnz ata_fail
        test al, ATA_REQUEST
        jz ata_fail
        call ata_move_sector
        loop .sector
        call ata_wait
        jc .timeout
        test al, ATA_ERROR
        jnz ata_fail
        jmp ata_done
.beyond:
        pop ax
        mov ah, DISK_NOT_FOUND
        jmp ata_end
.timeout:
        mov ah, DISK_TIMEOUT
        jmp ata_end

ata_finish_verify:
        call ata_wait
        mov ah, DISK_TIMEOUT
        jc ata_end
        test al, ATA_ERROR
        jnz ata_fail
        xor cx, cx
ata_done:
        mov ah, DISK_OK
ata_end:
        push dx
        add dx, ATA_CONTROL
        mov al, 0
        out dx, al
        pop dx
        ret

; Block EBX and count CL to the registers, port DX.
ata_put_address:
        push ebx
        add dx, ATA_COUNT
        mov al, cl
        out dx, al
        inc dx
        mov al, bl
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        inc dx
        shr ebx, 16
        mov al, bl
        out dx, al
        inc dx
        mov al, bh
        or al, [fs:si+DRIVE_SELECT]
        out dx, al
        sub dx, ATA_DEVICE
        pop ebx
        ret

; One sector between the data port DX and ES:DI, which moves on; command AH tells the direction.
ata_move_sector:
        push cx
        mov cx, 256
        cmp ah, ATA_WRITE
        je .write
        rep insw
        jmp .moved
.write:
        xchg si, di
        rep es outsw
        xchg si, di
.moved:
        cmp di, 8000h
        jb .done
        sub di, 8000h                           ; keeps the offset from wrapping
        mov cx, es
        add cx, 800h
        mov es, cx
.done:
        pop cx
        ret

; The error register into INT 13h's words: uncorrectable data, no such sector, anything else.
ata_fail:
        push dx
        inc dx
        in al, dx
        pop dx
        mov ah, DISK_CRC
        test al, 40h
        jnz ata_end
        mov ah, DISK_NOT_FOUND
        test al, 10h
        jnz ata_end
        mov ah, DISK_CONTROLLER
        jmp ata_end

; ---- detection ----

; Fills the drives' records in the order primary master, slave, secondary master, slave.
detect_disks:
        push EBDA_SEGMENT
        pop fs
        mov si, EBDA_DRIVES
        mov bx, ata_positions
.position:
        mov ax, [cs:bx]
        mov [fs:si+DRIVE_PORT], ax
        mov al, [cs:bx+2]
        mov [fs:si+DRIVE_SELECT], al
        push bx
        call ata_identify
        pop bx
        jc .next
        inc byte [BDA_DISK_COUNT]
        add si, DRIVE_SIZE
.next:
        add bx, 3
        cmp bx, ata_positions_end
        jb .position
        jmp fill_fixed_disk_tables

ata_positions:
        dw 1F0h
        db 0E0h
        dw 1F0h
        db 0F0h
        dw 170h
        db 0E0h
        dw 170h
        db 0F0h
ata_positions_end:

; CF clear if there is an ATA disk with LBA at the record's place; fills the record.
ata_identify:
        mov dx, [fs:si+DRIVE_PORT]
        add dx, ATA_STATUS
        in al, dx
        cmp al, 0FFh                            ; nothing drives the bus
        je .none
        call ata_select
        jc .none
        test al, al
        jz .none
        cmp al, 0FFh
        je .none
        add dx, ATA_COMMAND
        mov al, ATA_IDENTIFY
        out dx, al
        in al, dx
        sub dx, ATA_COMMAND
        test al, al
        jz .none
        call ata_wait
        jc .none
        test al, ATA_ERROR                      ; a packet device refuses this command
        jnz .none
        test al, ATA_REQUEST
        jz .none
        push es
        push fs
        pop es
        mov di, EBDA_SECTOR
        mov cx, 256
        rep insw
        pop es
        call ata_end
        test byte [fs:EBDA_SECTOR+49*2+1], 02h  ; word 49, bit 9: LBA
        jz .none
        call ata_fill_record
        clc
        ret
.none:
        mov dx, [fs:si+DRIVE_PORT]
        call ata_end
        stc
        ret

; Words 1, 3, 6: the geometry; 60 and 61: blocks. INT 13h shows a geometry that fits its 10-bit cylinders:
; the drive's own, or else 63 sectors and the fewest heads of 16, 32, 64, 128, 255 (LBA-assisted translation).
ata_fill_record:
        mov ax, [fs:EBDA_SECTOR+1*2]
        mov [fs:si+DRIVE_OWN_CYLINDERS], ax
        mov [fs:si+DRIVE_CYLINDERS], ax
        mov bx, [fs:EBDA_SECTOR+3*2]
        mov [fs:si+DRIVE_OWN_HEADS], bx
        mov [fs:si+DRIVE_HEADS], bx
        mov cx, [fs:EBDA_SECTOR+6*2]
        mov [fs:si+DRIVE_OWN_SECTORS], cx
        mov [fs:si+DRIVE_SECTORS], cx
        mov edx, [fs:EBDA_SECTOR+60*2]
        mov [fs:si+DRIVE_BLOCKS], edx
        cmp ax, 1024
        jbe .done
        mov word [fs:si+DRIVE_SECTORS], 63
        mov bx, 16
.heads:
        movzx ecx, bx
        imul ecx, ecx, 63*1024
        cmp ecx, [fs:si+DRIVE_BLOCKS]
        jae .fits
        add bx, bx
        cmp bx, 128
        jbe .heads
        mov bx, 255
.fits:
        mov [fs:si+DRIVE_HEADS], bx
        movzx ebx, bx
        imul ebx, ebx, 63
        mov eax, [fs:si+DRIVE_BLOCKS]
        xor edx, edx
        div ebx
        cmp eax, 1024
        jbe .cylinders
        mov eax, 1024
.cylinders:
        mov [fs:si+DRIVE_CYLINDERS], ax
.done:
        ret

; The parameter tables that INT 41h and 46h point to: the first two disks' shown geometry, the drive's own,
; and A0h as the mark of a translated table (Phoenix, "Enhanced Disk Drive Specification", table 1).
fill_fixed_disk_tables:
        mov si, EBDA_DRIVES
        mov di, EBDA_FIXED_DISK
        mov cl, [BDA_DISK_COUNT]
        cmp cl, 2
        jbe .table
        mov cl, 2
.table:
        sub cl, 1
        jb .done
        mov ax, [fs:si+DRIVE_CYLINDERS]
        mov [fs:di], ax
        mov al, [fs:si+DRIVE_HEADS]
        mov [fs:di+2], al
        mov byte [fs:di+3], 0A0h
        mov al, [fs:si+DRIVE_OWN_SECTORS]
        mov [fs:di+4], al
        mov byte [fs:di+8], 08h                 ; more than 8 heads
        mov ax, [fs:si+DRIVE_OWN_CYLINDERS]
        mov [fs:di+9], ax
        mov al, [fs:si+DRIVE_OWN_HEADS]
        mov [fs:di+11], al
        mov al, [fs:si+DRIVE_SECTORS]
        mov [fs:di+14], al
        add si, DRIVE_SIZE
        add di, 16
        jmp .table
.done:
        ret
