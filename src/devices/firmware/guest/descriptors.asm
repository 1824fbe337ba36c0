; The global descriptor table: flat code and data (Intel SDM volume 3, sections 3.2.1 and 3.4.5).

load_descriptors:
        lgdt [gdtr]
        jmp CODE:.reload
.reload:
        mov eax, DATA
        mov ds, eax
        mov es, eax
        mov ss, eax
        xor eax, eax
        mov fs, eax
        mov gs, eax
        ret

        align 8, db 0
gdt:
        dq 0
        dq 00CF9A000000FFFFh            ; CODE: base 0, limit 4 GiB, 32-bit, readable
        dq 00CF92000000FFFFh            ; DATA: base 0, limit 4 GiB, writable
gdt_end:

gdtr:
        dw gdt_end - gdt - 1
        dd gdt
