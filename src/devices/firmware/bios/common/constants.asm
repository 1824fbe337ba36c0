; Addresses that all boards share: the BIOS data area as IBM's technical reference lays it out, and the ports
; of more than one file.

BIOS_SEGMENT            equ 0F000h
BDA_SEGMENT             equ 0040h
POST_STACK              equ 7000h
BOOT_SECTOR             equ 7C00h

; ---- BIOS data area, offsets in segment 0040h ----
BDA_COM_PORTS           equ 00h
BDA_EBDA                equ 0Eh
BDA_EQUIPMENT           equ 10h
BDA_MEMORY_KB           equ 13h
BDA_SHIFT               equ 17h         ; shift and lock states
BDA_SHIFT2              equ 18h         ; keys held down
BDA_ALT_KEYPAD          equ 19h         ; code being typed with Alt and the keypad
BDA_KEY_HEAD            equ 1Ah
BDA_KEY_TAIL            equ 1Ch
BDA_KEY_BUFFER          equ 1Eh
BDA_KEY_BUFFER_END      equ 3Eh
BDA_FLOPPY_RECALIBRATED equ 3Eh         ; bits 0-3: drive is calibrated; bit 7: interrupt came
BDA_FLOPPY_MOTOR        equ 3Fh
BDA_MOTOR_TICKS         equ 40h
BDA_FLOPPY_STATUS       equ 41h
BDA_FLOPPY_RESULT       equ 42h         ; 7 result bytes
BDA_VIDEO_MODE          equ 49h
BDA_COLUMNS             equ 4Ah
BDA_PAGE_SIZE           equ 4Ch
BDA_PAGE_START          equ 4Eh
BDA_CURSOR              equ 50h         ; column, row of 8 pages
BDA_CURSOR_SHAPE        equ 60h         ; end line, start line
BDA_PAGE                equ 62h
BDA_CRTC_PORT           equ 63h
BDA_CGA_MODE            equ 65h
BDA_CGA_PALETTE         equ 66h
BDA_RESUME              equ 67h         ; far pointer for resets that come back
BDA_TICKS               equ 6Ch
BDA_MIDNIGHT            equ 70h
BDA_BREAK               equ 71h
BDA_RESET_FLAG          equ 72h
BDA_DISK_STATUS         equ 74h
BDA_DISK_COUNT          equ 75h
BDA_COM_TIMEOUT         equ 7Ch
BDA_KEY_BUFFER_FIRST    equ 80h
BDA_KEY_BUFFER_LAST     equ 82h
BDA_ROWS                equ 84h         ; less one
BDA_CHAR_HEIGHT         equ 85h
BDA_VIDEO_CONTROL       equ 87h
BDA_VIDEO_SWITCHES      equ 88h
BDA_VGA_FLAGS           equ 89h
BDA_DISPLAY_CODE        equ 8Ah
BDA_FLOPPY_RATE         equ 8Bh         ; data rate set last, in bits 7-6
BDA_FLOPPY_MEDIA        equ 90h         ; for each drive: rate, bit 4 established
BDA_FLOPPY_TRACK        equ 94h         ; for each drive
BDA_SHIFT3              equ 96h         ; E0/E1 seen, 101-key keyboard
BDA_LEDS                equ 97h

; ---- interrupt controller, timer, system port ----
PIC1                    equ 20h
EOI                     equ 20h
PIT_CHANNEL0            equ 40h
PIT_CONTROL             equ 43h
SYSTEM_PORT_B           equ 61h
