; Copies the BIOS from the ROM into the RAM under it and write-protects that, with the 440FX's
; programmable attribute map (82441FX data sheet, 3.2.18: PAM0, offset 59h, high nibble for F0000h..FFFFFh:
; bit 4 lets reads, bit 5 writes go to DRAM). While reads and writes both go to a RAM that is still empty,
; code in the F-segment cannot run; so this part runs from low memory, and reads the ROM below 4 GiB.

HOST_BRIDGE_440FX       equ 12378086h
SHADOW_STUB             equ 0600h       ; where it runs, in segment 0
PCI_ADDRESS             equ 0CF8h
PCI_DATA                equ 0CFCh
PAM0_DATA               equ PCI_DATA+1
PAM_READ_WRITE          equ 30h
PAM_READ                equ 10h

shadow_bios:
        mov eax, 80000000h
        mov dx, PCI_ADDRESS
        out dx, eax
        mov dx, PCI_DATA
        in eax, dx
        cmp eax, HOST_BRIDGE_440FX
        jne .done
        push cs
        pop ds
        xor ax, ax
        mov es, ax
        mov si, shadow_stub
        mov di, SHADOW_STUB
        mov cx, shadow_stub_end-shadow_stub
        rep movsb
        call 0000h:SHADOW_STUB
.done:
        ret

shadow_stub:
        call flat_data_segments
        mov eax, 80000058h
        mov dx, PCI_ADDRESS
        out dx, eax
        mov dx, PAM0_DATA
        mov al, PAM_READ_WRITE
        out dx, al
        mov esi, 0FFFF0000h
        mov edi, 000F0000h
        mov ecx, 10000h/4
        a32 rep movsd
        mov al, PAM_READ
        out dx, al
        retf

; DS and ES get base 0 and limit 4 GiB, which they keep in real mode while nobody loads them.
flat_data_segments:
        o32 lgdt [cs:SHADOW_STUB+(shadow_gdtr-shadow_stub)]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        mov bx, 08h
        mov ds, bx
        mov es, bx
        and al, 0FEh
        mov cr0, eax
        ret

        align 4
shadow_gdt:
        dq 0
        dq 00CF93000000FFFFh
shadow_gdtr:
        dw 15
        dd SHADOW_STUB+(shadow_gdt-shadow_stub)
shadow_stub_end:
