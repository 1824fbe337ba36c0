; Numbers of the hardware, and those that decide how the race goes.

LOAD_ADDRESS    equ 100000h             ; 1 MiB, where multiboot kernels usually live
BSS_ADDRESS     equ 110000h             ; memory that is not in the image: stacks and the key queue
BSS_SIZE        equ 10000h

; ---- the race ----

TICKS_PER_SECOND equ 1000
LAST_TICK       equ 4000                ; a run that got so far without damage has ended well
CHECK_EVERY     equ 100                 ; ticks between two looks of the monitor
REPORT_EVERY    equ 1000                ; ticks between two lines on the serial port

; What a worker does between two additions: so many turns of a loop of two instructions. The window in
; which an interrupt does damage is two instructions long, so on average one tick in a few thousand hits.
LEAST_WORK      equ 512
WORK_MASK       equ 2047
ENTROPY_EVERY   equ 64                  ; additions between two readings of the entropy port

; ---- ports ----

PIC1            equ 20h                 ; 8259A interrupt controllers
PIC2            equ 0A0h
PIT_CHANNEL_0   equ 40h                 ; 8254 timer
PIT_COMMAND     equ 43h
KBC_DATA        equ 60h                 ; 8042 keyboard controller
KBC_STATUS      equ 64h
CRTC_INDEX      equ 3D4h                ; VGA
CRTC_DATA       equ 3D5h
COM1            equ 3F8h                ; 16550 serial port
ENTROPY         equ 0E8h                ; 32 random bits a reading; all ones if there is no such port
EXIT            equ 0F4h                ; a byte written here ends the run

PIT_FREQUENCY   equ 1193182             ; Hz

; ---- selectors ----

CODE            equ 08h
DATA            equ 10h
