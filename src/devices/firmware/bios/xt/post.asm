; Power-on self-test, in name; what it does is to bring the machine from reset to INT 19h, in this order:
;   1. stack, NMI off, 8255, memory refresh
;   2. BIOS data area, vectors, size of memory, switches
;   3. interrupt controller, timer, display, keyboard
;   4. interrupts on; serial ports, floppies, disks
;   5. NMI on, one line on the screen, INT 19h.
; Memory is not tested: emulated RAM has no faults to find.

FIRST_MEMORY_KB         equ 64          ; what there is at least
MOST_MEMORY_KB          equ 640
BANK_KB                 equ 16
MEMORY_PATTERN          equ 0AA55h

post:
        cli
        cld
        mov al, 0
        out NMI_MASK, al
        xor ax, ax
        mov ss, ax
        mov sp, POST_STACK
        call init_ppi
        call init_refresh
        call clear_data_area
        call set_vectors
        call size_memory
        call read_switches
        call init_pic
        call init_timer
        call init_display
        call reset_keyboard
        sti
        call detect_serial
        call detect_floppies
        call detect_disks
        mov al, 80h
        out NMI_MASK, al
        int 19h

; Clears the BIOS data area but the reset flag, and fills what does not depend on hardware.
clear_data_area:
        DATA_SEGMENT
        push ds
        pop es
        mov bx, [BDA_RESET_FLAG]
        xor ax, ax
        xor di, di
        mov cx, 100h/2
        rep stosw
        mov [BDA_RESET_FLAG], bx
        mov ax, BDA_KEY_BUFFER
        mov [BDA_KEY_HEAD], ax
        mov [BDA_KEY_TAIL], ax
        mov [BDA_KEY_BUFFER_FIRST], ax
        mov word [BDA_KEY_BUFFER_LAST], BDA_KEY_BUFFER_END
        mov ax, 0101h
        mov [BDA_COM_TIMEOUT], ax
        mov [BDA_COM_TIMEOUT+2], ax
        ret

; 40:13h = KiB of memory: as many banks as keep what is written.
size_memory:
        mov bx, FIRST_MEMORY_KB
        mov dx, FIRST_MEMORY_KB*64              ; segment of the bank
.bank:
        mov es, dx
        mov word [es:0], MEMORY_PATTERN
        cmp word [es:0], MEMORY_PATTERN
        jne .end
        mov word [es:0], 0
        add bx, BANK_KB
        add dx, BANK_KB*64
        cmp bx, MOST_MEMORY_KB
        jb .bank
.end:
        mov [BDA_MEMORY_KB], bx
        ret

; The equipment word: switches 1 to 4 and 5 to 8 as they read are its low byte; whether there are floppies is
; found out later.
read_switches:
        in al, SYSTEM_PORT_B
        and al, 0FFh-B_HIGH_SWITCHES
        out SYSTEM_PORT_B, al
        in al, PPI_C
        and al, 0Eh
        mov ah, al
        in al, SYSTEM_PORT_B
        or al, B_HIGH_SWITCHES
        out SYSTEM_PORT_B, al
        in al, PPI_C
        mov cl, 4
        shl al, cl
        or al, ah
        mov ah, 0
        mov [BDA_EQUIPMENT], ax
        ret

; The mode that the switches ask for: 01 colour with 40 columns, 10 with 80, 11 monochrome.
init_display:
        mov al, [BDA_EQUIPMENT]
        and al, 30h
        mov ah, 01h
        cmp al, 10h
        je .set
        mov ah, 07h
        cmp al, 30h
        je .set
        mov ah, 03h
.set:
        mov al, ah
        mov ah, 0
        int 10h
        ret
