; Power-on self-test, in name; what it does is to bring the machine from reset to INT 19h, in this order:
;   1. resets that only come back from protected mode (CMOS shutdown byte)
;   2. A20 on, stack, the F-segment copied into RAM
;   3. vectors, BIOS data area, memory map
;   4. interrupt controllers, timer, PCI
;   5. VGA in mode 3, keyboard and mouse, clock, serial ports, floppies, disks
;   6. interrupts on, one line on the screen, INT 19h.
; Memory is not tested: emulated RAM has no faults to find.

post:
        cli
        cld
        call resume_after_reset
        xor ax, ax
        mov ss, ax
        mov sp, POST_STACK
        call a20_on
        call shadow_bios
        call clear_data_areas
        call set_vectors
        call set_disk_vectors
        call build_memory_map
        call init_pics
        call init_timer
        call init_dma
        call init_pci
        mov ax, 0003h
        int 10h
        call init_keyboard
        call init_rtc
        call detect_mouse
        call detect_serial
        call detect_floppies
        call detect_disks
        call unmask_interrupts
        sti
        int 19h

; A program that leaves protected mode by resetting the CPU says in CMOS 0Fh where it wants to come back:
; 05h sends an end of interrupt and jumps through 40:67h, 0Ah jumps only (IBM PC/AT technical reference,
; BIOS listing TEST1). Comes back, to POST, for all other codes. Uses no stack but the return address.
resume_after_reset:
        mov al, CMOS_SHUTDOWN
        out CMOS_INDEX, al
        in al, CMOS_DATA
        mov ah, al
        mov al, CMOS_SHUTDOWN
        out CMOS_INDEX, al
        mov al, 0
        out CMOS_DATA, al
        cmp ah, 0Ah
        je .jump
        cmp ah, 05h
        je .acknowledge
        ret
.acknowledge:
        mov al, EOI
        out PIC2, al
        out PIC1, al
.jump:
        xor ax, ax
        mov ds, ax
        jmp far [BDA_SEGMENT*16+BDA_RESUME]

; Clears the BIOS data area and the extended one, and fills what does not depend on hardware.
clear_data_areas:
        push BDA_SEGMENT
        pop ds
        push ds
        pop es
        xor eax, eax
        xor di, di
        mov cx, 100h/4
        rep stosd
        mov ax, EBDA_SEGMENT
        mov es, ax
        xor eax, eax
        xor di, di
        mov cx, 400h/4
        rep stosd
        mov byte [es:EBDA_SIZE_KB], 1
        mov word [BDA_EBDA], EBDA_SEGMENT
        mov word [BDA_MEMORY_KB], BASE_MEMORY_KB
        mov word [BDA_KEY_HEAD], BDA_KEY_BUFFER
        mov word [BDA_KEY_TAIL], BDA_KEY_BUFFER
        mov word [BDA_KEY_BUFFER_FIRST], BDA_KEY_BUFFER
        mov word [BDA_KEY_BUFFER_LAST], BDA_KEY_BUFFER_END
        mov word [BDA_EQUIPMENT], 0022h         ; a coprocessor, 80x25 colour
        mov dword [BDA_COM_TIMEOUT], 01010101h
        mov byte [BDA_SHIFT3], 10h              ; a 101-key keyboard
        ret
