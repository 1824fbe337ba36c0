; PCI configuration space through mechanism 1 (PCI Local Bus Specification 2.1, 3.7.4.1), and INT 1Ah B1xxh,
; the real-mode PCI BIOS (PCI BIOS Specification 2.1). A function's address is BX: bus, then device and
; function, as the specification passes it. Only bus 0 is searched: no bridge leads further.

PCI_LAST_FUNCTION       equ 00FFh
PCI_BAD_FUNCTION        equ 81h
PCI_BAD_VENDOR          equ 83h
PCI_NOT_FOUND           equ 86h
PCI_BAD_REGISTER        equ 87h

; Selects register DI of function BX; DX = the data port of its byte. Keeps all else.
pci_select:
        push eax
        movzx eax, bx
        shl eax, 8
        or eax, 80000000h
        mov dx, di
        and dl, 0FCh
        mov al, dl
        mov dx, PCI_ADDRESS
        out dx, eax
        mov dx, di
        and dx, 3
        add dx, PCI_DATA
        pop eax
        ret

; EAX = dword at register DI of function BX; changes DX.
pci_read_dword:
        call pci_select
        in eax, dx
        ret

pci_read_word:
        call pci_select
        in ax, dx
        ret

pci_read_byte:
        call pci_select
        in al, dx
        ret

pci_write_dword:
        call pci_select
        out dx, eax
        ret

pci_write_word:
        call pci_select
        out dx, ax
        ret

pci_write_byte:
        call pci_select
        out dx, al
        ret

; ---- INT 1Ah B1xxh; from int1a, with the frame at BP ----

pci_service:
        mov al, [bp+F_AL]
        and al, 7Fh                             ; 81h.. are the same calls from protected mode
        cmp al, 01h
        je pci_present
        cmp al, 02h
        je pci_find_device
        cmp al, 03h
        je pci_find_class
        cmp al, 08h
        jb pci_unsupported
        cmp al, 0Dh
        jbe pci_access
pci_unsupported:
        mov al, PCI_BAD_FUNCTION
pci_fail:
        mov [bp+F_AH], al
        SET_CARRY
        ret
pci_succeed:
        mov byte [bp+F_AH], 0
        CLEAR_CARRY
        ret

pci_present:
        mov dword [bp+F_EDX], "PCI "
        mov byte [bp+F_AL], 01h                 ; mechanism 1, no special cycles
        mov word [bp+F_BX], 0210h
        mov byte [bp+F_CL], 0                   ; last bus
        jmp pci_succeed

; CX device, DX vendor, SI which of several -> BX.
pci_find_device:
        mov ax, [bp+F_CX]
        shl eax, 16
        mov ax, [bp+F_DX]
        cmp ax, 0FFFFh
        mov ecx, eax
        mov al, PCI_BAD_VENDOR
        je pci_fail
        xor di, di
        mov esi, 0FFFFFFFFh
        jmp pci_search

; ECX class code, SI which -> BX. The register holds the class above the revision.
pci_find_class:
        mov ecx, [bp+F_ECX]
        shl ecx, 8
        mov di, 08h
        mov esi, 0FFFFFF00h

; Finds the function whose register DI, masked with ESI, is ECX.
pci_search:
        xor bx, bx
.function:
        call pci_read_dword
        and eax, esi
        cmp eax, ecx
        jne .next
        sub word [bp+F_SI], 1
        jb .found
.next:
        inc bx
        cmp bx, PCI_LAST_FUNCTION
        jbe .function
        mov al, PCI_NOT_FOUND
        jmp pci_fail
.found:
        mov [bp+F_BX], bx
        jmp pci_succeed

; 08h..0Ah read, 0Bh..0Dh write the byte, word, dword at register DI of function BX, in or out of ECX.
pci_access:
        mov bx, [bp+F_BX]
        mov di, [bp+F_DI]
        sub al, 08h
        movzx si, al
        mov cx, si
        cmp cl, 3
        jb .width
        sub cl, 3
.width:
        mov dx, 1                               ; DX = 1, 2, 4 bytes
        shl dx, cl
        dec dx
        test di, dx
        jnz .misaligned
        cmp di, 100h
        jae .misaligned
        mov eax, [bp+F_ECX]
        add si, si
        call [cs:si+pci_access_routines]
        cmp si, 6
        jae pci_succeed                         ; writes return nothing
        call pci_return_value
        jmp pci_succeed
.misaligned:
        mov al, PCI_BAD_REGISTER
        jmp pci_fail

; Puts EAX into the caller's CL, CX or ECX for SI = 0, 2, 4.
pci_return_value:
        cmp si, 2
        jb .byte
        je .word
        mov [bp+F_ECX], eax
        ret
.word:
        mov [bp+F_CX], ax
        ret
.byte:
        mov [bp+F_CL], al
        ret

pci_access_routines:
        dw pci_read_byte, pci_read_word, pci_read_dword
        dw pci_write_byte, pci_write_word, pci_write_dword
