; Enhanced Disk Drive services, INT 13h 41h..48h (Phoenix EDD specification 1.1): block addresses through a
; packet at DS:SI. The subsets present are fixed disk access and drive parameters.

EDD_VERSION             equ 21h
EDD_ACCESS              equ 0001h
PACKET_COUNT            equ 2
PACKET_BUFFER           equ 4
PACKET_BLOCK            equ 8
EDD_RESULT_SIZE         equ 1Ah

; 41h: BX = 55AAh asks, AA55h answers; AH = version, CX = subsets.
edd_present:
        cmp word [bp+F_BX], 55AAh
        jne disk_bad_request
        mov word [bp+F_BX], 0AA55h
        mov word [bp+F_CX], EDD_ACCESS
        mov byte [bp+F_AH], EDD_VERSION
        CLEAR_CARRY
        add sp, 2
        jmp disk_leave

edd_read:
        mov al, ATA_READ
        jmp edd_transfer
edd_write:
        mov al, ATA_WRITE
        jmp edd_transfer
edd_verify:
        mov al, ATA_VERIFY

; The packet's count becomes the number of sectors that were done.
edd_transfer:
        mov es, [bp+F_DS]
        mov di, [bp+F_SI]
        cmp byte [es:di], 10h
        jb disk_bad_request
        cmp dword [es:di+PACKET_BLOCK+4], 0
        jne disk_bad_request
        mov ebx, [es:di+PACKET_BLOCK]
        mov cx, [es:di+PACKET_COUNT]
        test cx, cx
        jz disk_ok
        cmp cx, 128
        ja disk_bad_request
        push es
        push di
        les di, [es:di+PACKET_BUFFER]
        push cx
        mov dx, di                              ; a paragraph-aligned start keeps DI below 64 KiB
        shr dx, 4
        mov cx, es
        add cx, dx
        mov es, cx
        and di, 0Fh
        pop cx
        push cx
        call ata_transfer
        pop dx
        pop di
        pop es
        sub dx, cx
        mov [es:di+PACKET_COUNT], dx
        ret

; 48h: the result buffer at DS:SI. The drive's own geometry is valid.
edd_parameters:
        mov es, [bp+F_DS]
        mov di, [bp+F_SI]
        cmp word [es:di], EDD_RESULT_SIZE
        jb disk_bad_request
        mov word [es:di], EDD_RESULT_SIZE
        mov word [es:di+2], 0002h               ; CHS is valid
        movzx eax, word [fs:si+DRIVE_OWN_CYLINDERS]
        mov [es:di+4], eax
        movzx eax, word [fs:si+DRIVE_OWN_HEADS]
        mov [es:di+8], eax
        movzx eax, word [fs:si+DRIVE_OWN_SECTORS]
        mov [es:di+12], eax
        mov eax, [fs:si+DRIVE_BLOCKS]
        mov [es:di+16], eax
        mov dword [es:di+20], 0
        mov word [es:di+24], 512
        jmp disk_ok
