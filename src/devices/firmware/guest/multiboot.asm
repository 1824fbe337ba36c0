; The multiboot header (Multiboot Specification, section 3.1). Bit 16 of the flags says that the header
; itself tells where the image belongs, so the loader need not understand any file format.

MULTIBOOT_MAGIC equ 1BADB002h
MULTIBOOT_FLAGS equ 00010000h

        align 4, db 0
multiboot_header:
        dd MULTIBOOT_MAGIC
        dd MULTIBOOT_FLAGS
        dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)
        dd multiboot_header
        dd image                        ; load from here
        dd image_end                    ; to here
        dd BSS_ADDRESS + BSS_SIZE       ; and clear from there to here
        dd start
