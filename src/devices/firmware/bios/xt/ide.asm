; ATA disks on an XT-IDE adapter, by PIO with 28-bit addresses (ATA/ATAPI-4, X3T13 1153D): detection at POST,
; and transfers. A word goes through the adapter's latch: its low byte at IDE_DATA, its high one at IDE_HIGH,
; which is read last and written first. Left out: disks without LBA.

; A drive's record in our data area.
DRIVE_SELECT            equ 0           ; for the device register: LBA, unit
DRIVE_CYLINDERS         equ 2           ; the geometry that INT 13h shows
DRIVE_HEADS             equ 4
DRIVE_SECTORS           equ 6
DRIVE_BLOCKS            equ 8           ; addressable sectors, a dword
DRIVE_SIZE              equ 16

IDE_DATA                equ 300h
IDE_ERROR               equ 301h
IDE_COUNT               equ 302h        ; three bytes of the address follow
IDE_DEVICE              equ 306h
IDE_COMMAND             equ 307h
IDE_STATUS              equ 307h
IDE_HIGH                equ 308h
IDE_CONTROL             equ 30Eh

ATA_READ                equ 20h
ATA_WRITE               equ 30h
ATA_VERIFY              equ 40h
ATA_IDENTIFY            equ 0ECh
ATA_BUSY                equ 80h
ATA_REQUEST             equ 08h
ATA_ERROR               equ 01h
ATA_NO_INTERRUPT        equ 02h
ATA_NOBODY              equ 7Fh         ; an empty cable
IDE_WAIT_SECONDS        equ 10
MOST_CYLINDERS          equ 1024
IDENTIFY_BUFFER         equ BOOT_SECTOR ; in segment 0

; Waits until the drive is not busy. AL = status; CF set after 10 s.
ide_wait:
        push bx
        push cx
        push dx
        mov dx, IDE_STATUS
        mov bl, IDE_WAIT_SECONDS
.second:
        xor cx, cx                              ; 65536 ticks are 0.99 s
.poll:
        in al, dx
        test al, ATA_BUSY
        jz .done
        call refresh_tick
        loop .poll
        dec bl
        jnz .second
        stc
.done:
        pop dx
        pop cx
        pop bx
        ret

; Selects the drive of device register BL, interrupts off, and waits for it. AL = status; CF set on time-out.
ide_select:
        mov dx, IDE_CONTROL
        mov al, ATA_NO_INTERRUPT
        out dx, al
        call ide_wait
        jc .done
        mov dx, IDE_DEVICE
        mov al, bl
        out dx, al
        call refresh_tick                       ; 400 ns until the status is the new drive's
        call ide_wait
.done:
        ret

; Command CL, CH sectors from block DX:AX of the drive of device register BL, at ES:DI. AH = status; CH =
; sectors not done.
ide_transfer:
        mov si, ax
        or bl, dh
        mov bh, dl
        call ide_select
        jc .timeout
        mov dx, IDE_COUNT
        mov al, ch
        out dx, al
        inc dx
        mov ax, si
        out dx, al
        inc dx
        mov al, ah
        out dx, al
        inc dx
        mov al, bh
        out dx, al
        mov dx, IDE_COMMAND
        mov al, cl
        out dx, al
        cmp cl, ATA_VERIFY
        je .end
.sector:
        call ide_wait
        jc .timeout
        test al, ATA_ERROR
        jnz ide_fail
        test al, ATA_REQUEST
        jz ide_fail
        call ide_move_sector
        dec ch
        jnz .sector
.end:
        call ide_wait
        jc .timeout
        test al, ATA_ERROR
        jnz ide_fail
        mov ch, 0
        mov ah, DISK_OK
        ret
.timeout:
        mov ah, DISK_TIMEOUT
        ret

; The error register into INT 13h's words: uncorrectable data, no such sector, anything else.
ide_fail:
        mov dx, IDE_ERROR
        in al, dx
        mov ah, DISK_CRC
        test al, 40h
        jnz .done
        mov ah, DISK_NOT_FOUND
        test al, 10h
        jnz .done
        mov ah, DISK_CONTROLLER
.done:
        ret

; One sector between the drive and ES:DI, which moves on; command CL tells the direction.
ide_move_sector:
        push cx
        cmp cl, ATA_WRITE
        mov cx, 256
        mov dx, IDE_DATA
        je .write
.read:
        in al, dx
        stosb
        mov dl, IDE_HIGH & 0FFh
        in al, dx
        stosb
        mov dl, IDE_DATA & 0FFh
        loop .read
        jmp .moved
.write:
        mov al, [es:di+1]
        mov dl, IDE_HIGH & 0FFh
        out dx, al
        mov al, [es:di]
        mov dl, IDE_DATA & 0FFh
        out dx, al
        inc di
        inc di
        loop .write
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

; ---- detection ----

; Fills the drives' records, master first, in a KiB at the end of memory, which the first of them takes.
detect_disks:
        mov bl, 0E0h
.position:
        push bx
        call ide_identify
        pop bx
        jc .next
        call disk_memory
        mov al, [BDA_DISK_COUNT]
        inc byte [BDA_DISK_COUNT]
        mov dl, al
        call disk_record
        mov [es:si+DRIVE_SELECT], bl
        push bx
        call ide_fill_record
        pop bx
.next:
        add bl, 10h
        cmp bl, 0F0h
        je .position
        ret

; 40:0Eh = the segment of our data.
disk_memory:
        cmp word [BDA_EBDA], 0
        jne .done
        dec word [BDA_MEMORY_KB]
        mov ax, [BDA_MEMORY_KB]
        mov cl, 6
        shl ax, cl
        mov [BDA_EBDA], ax
        mov es, ax
        mov byte [es:EBDA_SIZE_KB], 1
.done:
        ret

; CF clear if there is an ATA disk with LBA at device register BL: its 256 words at 0:IDENTIFY_BUFFER.
ide_identify:
        mov dx, IDE_STATUS
        in al, dx
        or al, 80h
        cmp al, 80h+ATA_NOBODY                  ; nothing drives the bus
        je .none
        call ide_select
        jc .none
        test al, al
        jz .none
        mov dx, IDE_COMMAND
        mov al, ATA_IDENTIFY
        out dx, al
        call ide_wait
        jc .none
        test al, ATA_ERROR                      ; a packet device refuses this command
        jnz .none
        test al, ATA_REQUEST
        jz .none
        xor ax, ax
        mov es, ax
        mov di, IDENTIFY_BUFFER
        mov cl, ATA_READ
        call ide_move_sector
        test byte [es:IDENTIFY_BUFFER+49*2+1], 02h      ; word 49, bit 9: LBA
        jz .none
        clc
        ret
.none:
        stc
        ret

; Words 1, 3, 6: the geometry; 60 and 61: blocks. INT 13h shows a geometry that fits its 10-bit cylinders:
; the drive's own, or else 63 sectors and the fewest heads of 16, 32, 64, 128, 255 (LBA-assisted translation).
ide_fill_record:
        push ds
        xor ax, ax
        mov ds, ax
        mov ax, [IDENTIFY_BUFFER+60*2]
        mov [es:si+DRIVE_BLOCKS], ax
        mov ax, [IDENTIFY_BUFFER+61*2]
        mov [es:si+DRIVE_BLOCKS+2], ax
        mov ax, [IDENTIFY_BUFFER+1*2]
        mov bx, [IDENTIFY_BUFFER+3*2]
        mov cx, [IDENTIFY_BUFFER+6*2]
        pop ds
        cmp ax, MOST_CYLINDERS
        ja ide_translate
ide_show_geometry:
        mov [es:si+DRIVE_CYLINDERS], ax
        mov [es:si+DRIVE_HEADS], bx
        mov [es:si+DRIVE_SECTORS], cx
        ret

ide_translate:
        mov bx, 16
.heads:
        mov ax, 63*MOST_CYLINDERS
        mul bx
        cmp dx, [es:si+DRIVE_BLOCKS+2]
        ja .fits
        jb .more
        cmp ax, [es:si+DRIVE_BLOCKS]
        jae .fits
.more:
        add bx, bx
        cmp bx, 128
        jbe .heads
        mov bx, 255
.fits:
        mov ax, 63
        mul bx
        mov cx, ax                              ; sectors of a cylinder
        mov ax, [es:si+DRIVE_BLOCKS]
        mov dx, [es:si+DRIVE_BLOCKS+2]
        cmp dx, cx
        jae .most                               ; the quotient would not fit
        div cx
        cmp ax, MOST_CYLINDERS
        jbe .sectors
.most:
        mov ax, MOST_CYLINDERS
.sectors:
        mov cx, 63
        jmp ide_show_geometry
