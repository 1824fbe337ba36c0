; Starts a kernel that was loaded before power-on (linuxBoot.ts, multiboot.ts). Its start state lies in a
; mailbox at physical 9F800h, which POST does not touch:
;   +0 "RW86"   +4 EIP   +8 ESP   +12 EAX   +16 EBX   +20 ESI          (biosLayout.ts writes it)
; The kernel starts in 32-bit protected mode without paging, interrupts off, CS = 10h and the data segments
; 18h flat over 4 GiB, A20 on (Linux boot protocol, "32-bit boot protocol"; Multiboot 0.6.96, 3.2).

KERNEL_MAILBOX          equ 9F800h
KERNEL_MAILBOX_MAGIC    equ "RW86"
FLAT_CODE_SELECTOR      equ 10h
FLAT_DATA_SELECTOR      equ 18h
REAL_DATA_SELECTOR      equ 20h

; Comes back if the mailbox is empty.
start_kernel:
        push KERNEL_MAILBOX >> 4
        pop es
        cmp dword [es:0], KERNEL_MAILBOX_MAGIC
        jne .none
        cli
        call a20_on
        o32 lgdt [cs:flat_gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword FLAT_CODE_SELECTOR:BIOS_SEGMENT*16+enter_kernel
.none:
        ret

        bits 32
enter_kernel:
        mov ax, FLAT_DATA_SELECTOR
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov ss, ax
        mov esp, [KERNEL_MAILBOX+8]
        mov eax, [KERNEL_MAILBOX+12]
        mov ebx, [KERNEL_MAILBOX+16]
        mov esi, [KERNEL_MAILBOX+20]
        xor ecx, ecx
        xor edx, edx
        xor edi, edi
        xor ebp, ebp
        jmp [KERNEL_MAILBOX+4]
        bits 16

; The accessed bits are set, as the table lies in write-protected memory.
        align 8
flat_gdt:
        dq 0
        dq 0
        dq 00CF9B000000FFFFh
        dq 00CF93000000FFFFh
        dq 000093000000FFFFh
flat_gdt_end:

flat_gdtr:
        dw flat_gdt_end-flat_gdt-1
        dd BIOS_SEGMENT*16+flat_gdt
