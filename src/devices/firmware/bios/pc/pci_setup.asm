; Gives every PCI function on bus 0 its addresses and its interrupt, and sets up the PIIX: interrupt
; routing, IDE channels, power management (82371FB/SB and 82371AB data sheets).
;
; I/O ranges start at C000h, memory ranges at E0000000h, in the order of the functions; so the IDE
; function's bus master registers, the first I/O range on this board, lie at C000h. Expansion ROMs stay
; disabled.

PCI_IO_FIRST            equ 0C000h
PCI_MEMORY_FIRST        equ 0E0000000h
PCI_BAR0                equ 10h
PCI_BAR5                equ 24h
PCI_COMMAND             equ 04h
PCI_HEADER_TYPE         equ 0Eh
PCI_INTERRUPT_LINE      equ 3Ch
PCI_INTERRUPT_PIN       equ 3Dh
COMMAND_IO_MEMORY       equ 0003h
COMMAND_IO_MEMORY_MASTER equ 0007h
ELCR2                   equ 4D1h        ; level-triggered lines of IRQ 8-15
PM_BASE                 equ 0600h
PM_IRQ                  equ 9

init_pci:
        push es
        push EBDA_SEGMENT
        pop es
        mov word [es:EBDA_PCI_IO], PCI_IO_FIRST
        mov dword [es:EBDA_PCI_MEMORY], PCI_MEMORY_FIRST
        mov dx, ELCR2
        mov al, 0Eh                             ; IRQ 9 (power management), 10 and 11 (PCI)
        out dx, al
        xor bx, bx
.function:
        xor di, di
        call pci_read_dword
        cmp ax, 0FFFFh
        je .next
        push eax
        call pci_assign_function
        pop eax
        call pci_setup_special
.next:
        inc bx
        cmp bx, PCI_LAST_FUNCTION
        jbe .function
        pop es
        ret

pci_assign_function:
        mov di, PCI_HEADER_TYPE
        call pci_read_byte
        test al, 7Fh
        jnz .done                               ; a bridge: its header has no six ranges
        mov di, PCI_COMMAND
        call pci_read_word
        and al, 0FFh-COMMAND_IO_MEMORY          ; decodes nothing while the ranges are sized
        call pci_write_word
        mov di, PCI_BAR0
.range:
        call pci_assign_range
        add di, 4
        cmp di, PCI_BAR5
        jbe .range
        mov di, PCI_COMMAND
        call pci_read_word
        or ax, COMMAND_IO_MEMORY_MASTER
        call pci_write_word
        call pci_assign_interrupt
.done:
        ret

; Sizes the base address register DI of function BX and gives it an address (PCI 2.1, 6.2.5.1).
pci_assign_range:
        mov eax, 0FFFFFFFFh
        call pci_write_dword
        call pci_read_dword
        test eax, eax
        jz .done
        test al, 1
        jnz .io
        mov si, ax
        and al, 0F0h
        neg eax                                 ; the size: the low writable bit
        mov ecx, eax
        add eax, [es:EBDA_PCI_MEMORY]
        dec eax
        neg ecx
        and eax, ecx                            ; rounded up to a multiple of it
        call pci_write_dword
        neg ecx
        add eax, ecx
        mov [es:EBDA_PCI_MEMORY], eax
        test si, 4
        jz .done
        add di, 4                               ; 64 bit: the upper half is zero
        xor eax, eax
        jmp pci_write_dword
.io:
        and al, 0FCh
        mov cx, ax
        neg ax
        add ax, [es:EBDA_PCI_IO]
        dec ax
        and ax, cx
        movzx eax, ax
        call pci_write_dword
        sub ax, cx
        mov [es:EBDA_PCI_IO], ax
.done:
        ret

; The board wires pin A..D (1..4) of device d to PIRQ (d - 1 + pin - 1) modulo 4.
pci_assign_interrupt:
        mov di, PCI_INTERRUPT_PIN
        call pci_read_byte
        test al, al
        jz .done
        mov si, bx
        shr si, 3
        add al, 2                               ; pin - 1 + d - 1, modulo 4
        cbw
        add si, ax
        and si, 3
        mov al, [cs:si+pirq_irqs]
        mov di, PCI_INTERRUPT_LINE
        jmp pci_write_byte
.done:
        ret

pirq_irqs:
        db 10, 11, 10, 11

; What functions of the PIIX need besides; EAX = device and vendor.
pci_setup_special:
        mov si, pci_special_functions
.compare:
        cmp eax, [cs:si]
        je .found
        add si, 6
        cmp si, pci_special_functions_end
        jb .compare
        ret
.found:
        jmp [cs:si+4]

pci_special_functions:
        dd 70008086h
        dw setup_isa_bridge
        dd 71108086h
        dw setup_isa_bridge
        dd 70108086h
        dw setup_ide
        dd 71118086h
        dw setup_ide
        dd 71138086h
        dw setup_power_management
pci_special_functions_end:

; PIRQRC[A:D], offsets 60h..63h.
setup_isa_bridge:
        mov eax, [cs:pirq_irqs]
        mov di, 60h
        jmp pci_write_dword

; IDETIM, offsets 40h and 42h, bit 15: decode the channel.
setup_ide:
        mov eax, 80008000h
        mov di, 40h
        jmp pci_write_dword

; PMBASE, offset 40h; PMREGMISC, offset 80h, bit 0: decode it. Its interrupt is wired to IRQ 9.
setup_power_management:
        mov eax, PM_BASE+1
        mov di, 40h
        call pci_write_dword
        mov di, 80h
        mov al, 1
        call pci_write_byte
        mov al, PM_IRQ
        mov di, PCI_INTERRUPT_LINE
        jmp pci_write_byte
