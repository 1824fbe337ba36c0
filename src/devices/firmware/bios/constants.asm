; Addresses that the whole BIOS shares: the BIOS data area as IBM's technical reference lays it out, our
; extended data area, and the ports of more than one file.

BIOS_SEGMENT            equ 0F000h
BDA_SEGMENT             equ 0040h
EBDA_SEGMENT            equ 9FC0h       ; the last KiB of the 640
BASE_MEMORY_KB          equ 639
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

; ---- extended BIOS data area, offsets in segment 9FC0h ----
EBDA_SIZE_KB            equ 00h
EBDA_DRIVES             equ 10h         ; 4 records of DRIVE_SIZE
EBDA_FIXED_DISK         equ 90h         ; 2 fixed disk parameter tables (INT 41h, 46h)
EBDA_MAP_COUNT          equ 0B0h        ; entries in the memory map
EBDA_MAP                equ 0B4h        ; base, length, type: 3 dwords each, at most 6
EBDA_MOUSE_HANDLER      equ 100h        ; far pointer
EBDA_MOUSE_SIZE         equ 104h        ; bytes in a packet
EBDA_MOUSE_COUNT        equ 105h        ; bytes received of it
EBDA_MOUSE_PACKET       equ 108h        ; up to 8 bytes
EBDA_PCI_IO             equ 110h        ; next free I/O address
EBDA_PCI_MEMORY         equ 114h        ; next free memory address
EBDA_SECTOR             equ 200h        ; 512 bytes for IDENTIFY DEVICE

; ---- interrupt controllers, timer, CMOS, system ports ----
PIC1                    equ 20h
PIC2                    equ 0A0h
EOI                     equ 20h
PIT_CHANNEL0            equ 40h
PIT_CONTROL             equ 43h
SYSTEM_PORT_B           equ 61h
CMOS_INDEX              equ 70h
CMOS_DATA               equ 71h
SYSTEM_PORT_A           equ 92h         ; bit 1: A20

; ---- CMOS locations ----
CMOS_STATUS_A           equ 0Ah
CMOS_STATUS_B           equ 0Bh
CMOS_STATUS_C           equ 0Ch
CMOS_SHUTDOWN           equ 0Fh
CMOS_FLOPPIES           equ 10h
CMOS_EXTENDED_KB        equ 30h         ; above 1 MiB, in KiB, at most 64 MiB
CMOS_CENTURY            equ 32h
CMOS_HIGH_64KB          equ 34h         ; above 16 MiB, in 64 KiB
CMOS_BOOT_ORDER         equ 3Dh
