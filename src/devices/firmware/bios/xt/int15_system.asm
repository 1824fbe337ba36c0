; INT 15h: 4Fh lets a scan code pass, C0h tells the configuration; there is nothing else.

SYSTEM_UNSUPPORTED      equ 86h

int15:
        ENTER_SERVICE
        cmp byte [bp+F_AH], 0C0h
        je .configuration
        SET_CARRY
        cmp byte [bp+F_AH], 4Fh                 ; the code in AL goes on unchanged: CF set
        je .done
        mov byte [bp+F_AH], SYSTEM_UNSUPPORTED
.done:
        LEAVE_SERVICE
.configuration:
        mov word [bp+F_ES], BIOS_SEGMENT
        mov word [bp+F_BX], configuration_table
        mov byte [bp+F_AH], 0
        CLEAR_CARRY
        LEAVE_SERVICE
