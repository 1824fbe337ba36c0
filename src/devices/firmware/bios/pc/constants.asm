; Addresses of the pc board: our extended data area, the AT's ports and CMOS locations.

EBDA_SEGMENT            equ 9FC0h       ; the last KiB of the 640
BASE_MEMORY_KB          equ 639

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

; ---- interrupt controllers, CMOS, system ports ----
PIC2                    equ 0A0h
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
