; The Rewind86 BIOS: a 64 KiB image for physical F0000h..FFFFFh of a PC/AT-compatible machine with an
; Intel 440FX/PIIX chipset, a standard VGA without option ROM, IDE disks, an 82077 and an 8042.
;
; Interfaces follow IBM's "PS/2 and PC BIOS Interface Technical Reference" and, for what came later, the
; EDD 1.1, PCI BIOS 2.1 and ACPI 1.0b (E820) specifications. The chips are programmed as their data
; sheets say. Left out: option ROMs, ATAPI boot, APM, floppy formatting, printers, 32-bit BIOS entries.
;
; The source keeps to what both NASM and src/devices/firmware/assembler understand.

        cpu 386
        bits 16
        org 0

%include "constants.asm"
%include "macros.asm"

; F000:0000, the table that the board knows (src/devices/firmware/biosLayout.ts): the name, then at 0020h
; room for the ACPI root pointer, which must lie on a paragraph between E0000h and FFFFFh.
        db "Rewind86 BIOS", 0
        times 0020h-($-$$) db 0
rsdp_slot:
        times 36 db 0
        align 16

%include "post.asm"
%include "memory.asm"
%include "shadow.asm"
%include "chipset.asm"
%include "pci.asm"
%include "pci_setup.asm"
%include "delay.asm"
%include "interrupts.asm"
%include "int08_timer.asm"
%include "int09_keyboard.asm"
%include "keymap.asm"
%include "int10_video.asm"
%include "video_mode.asm"
%include "video_text.asm"
%include "video_graphics.asm"
%include "video_palette.asm"
%include "video_font.asm"
%include "video_tables.asm"
%include "int11_equipment.asm"
%include "int13_disk.asm"
%include "ata.asm"
%include "edd.asm"
%include "floppy.asm"
%include "fdc.asm"
%include "int14_serial.asm"
%include "int15_system.asm"
%include "block_move.asm"
%include "ps2.asm"
%include "mouse.asm"
%include "int16_keyboard.asm"
%include "int17_printer.asm"
%include "int1a_time.asm"
%include "rtc.asm"
%include "boot.asm"
%include "kernel_entry.asm"
%include "tables.asm"
