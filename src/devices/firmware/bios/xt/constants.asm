; Addresses of the xt board: the 8255's ports, DMA, the display adapters, and our data of the disks, a KiB at
; the end of memory that is taken only if there are any (its segment in 40:0Eh).

; ---- 8255 (IBM PC/XT Technical Reference, "8255A I/O Bit Map") ----
PPI_A                   equ 60h         ; keyboard code
PPI_C                   equ 62h         ; switches in bits 3-0
PPI_CONTROL             equ 63h
PPI_MODE                equ 99h         ; A and C inputs, B output
; Bits of port B, SYSTEM_PORT_B.
B_HIGH_SWITCHES         equ 08h
B_CHECKS_OFF            equ 30h         ; parity and channel checks
B_CLOCK_FREE            equ 40h
B_CLEAR                 equ 80h         ; the keyboard's shift register and IRQ 1

NMI_MASK                equ 0A0h
PIT_CHANNEL1            equ 41h
REFRESH_COUNT           equ 18          ; 15.1 us

DMA_COUNT0              equ 01h
DMA_COMMAND             equ 08h
DMA_MASK                equ 0Ah
DMA_MODE                equ 0Bh
DMA_CLEAR               equ 0Dh
DMA_MODE_REFRESH        equ 58h         ; channel 0: single, autoinitializing, reading memory

CRTC_COLOUR             equ 3D4h
CRTC_MONOCHROME         equ 3B4h
CGA_COLOUR_SELECT       equ 3D9h

; ---- our data, offsets in the segment of 40:0Eh ----
EBDA_SIZE_KB            equ 00h
EBDA_DRIVES             equ 10h         ; 2 records of DRIVE_SIZE
