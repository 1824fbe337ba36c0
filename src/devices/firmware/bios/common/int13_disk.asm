; INT 13h: disks. Drives 00h..7Fh go to the floppy service, 80h and up are ATA disks in the order of
; detection; disk_record finds one's record, disk_dispatch the function, both the board's. A disk's status goes
; to AH, CF and 40:74h.

DISK_OK                 equ 00h
DISK_BAD_REQUEST        equ 01h
DISK_NOT_FOUND          equ 04h
DISK_CRC                equ 10h
DISK_CONTROLLER         equ 20h
DISK_TIMEOUT            equ 80h

int13:
        ENTER_SERVICE
        sti
        mov dl, [bp+F_DL]
        test dl, 80h
        jz floppy_enter
        sub dl, 80h
        cmp dl, [BDA_DISK_COUNT]
        jae .bad
        call disk_record
        call disk_dispatch
        jmp .status
.bad:
        mov ah, DISK_BAD_REQUEST
.status:
        mov [BDA_DISK_STATUS], ah
        call return_status
disk_leave:
        LEAVE_SERVICE

; Gives the caller status AH and CF, set if it is an error. Functions 15h and 41h answer in AH themselves:
; they drop the return address to LEAVE_SERVICE instead.
return_status:
        mov [bp+F_AH], ah
        CLEAR_CARRY
        test ah, ah
        jz .done
        SET_CARRY
.done:
        ret

disk_ok:
        mov ah, DISK_OK
        ret

disk_bad_request:
        mov ah, DISK_BAD_REQUEST
        ret

disk_last_status:
        mov ah, [BDA_DISK_STATUS]
        ret
