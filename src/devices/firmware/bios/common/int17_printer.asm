; INT 17h: there is no printer port; every request times out.

PRINTER_TIMEOUT equ 01h

int17:
        mov ah, PRINTER_TIMEOUT
        iret
