; The Rewind86 BIOS of the pc board: a 64 KiB image for physical F0000h..FFFFFh of a PC/AT-compatible machine with an
; Intel 440FX/PIIX chipset, a standard VGA without option ROM, IDE disks, an 82077 and an 8042.
;
; Interfaces follow IBM's "PS/2 and PC BIOS Interface Technical Reference" and, for what came later, the
; EDD 1.1, PCI BIOS 2.1 and ACPI 1.0b (E820) specifications. The chips are programmed as their data
; sheets say. Left out: option ROMs, ATAPI boot, APM, floppy formatting, printers, 32-bit BIOS entries.
;
; Files in common/ are those of all boards, pc/ has what only this one needs. The source keeps to what both NASM and src/devices/firmware/assembler understand.

        cpu 386
        bits 16
        org 0

%include "common/constants.asm"
%include "pc/constants.asm"
%include "common/macros.asm"
%include "pc/frame.asm"

; F000:0000, the table that the board knows (src/devices/firmware/biosLayout.ts): the name, then at 0020h
; room for the ACPI root pointer, which must lie on a paragraph between E0000h and FFFFFh.
        db "Rewind86 BIOS", 0
        times 0020h-($-$$) db 0
rsdp_slot:
        times 36 db 0
        align 16

%include "pc/post.asm"
%include "pc/memory.asm"
%include "pc/shadow.asm"
%include "pc/chipset.asm"
%include "pc/pci.asm"
%include "pc/pci_setup.asm"
%include "pc/delay.asm"
%include "common/interrupts.asm"
%include "pc/vectors.asm"
%include "common/int08_timer.asm"
%include "common/int09_keyboard.asm"
%include "common/keymap.asm"
%include "common/int10_video.asm"
%include "pc/int10_functions.asm"
%include "pc/video_mode.asm"
%include "common/video_kinds.asm"
%include "common/video_text.asm"
%include "common/video_graphics.asm"
%include "pc/video_planar.asm"
%include "pc/video_palette.asm"
%include "pc/video_font.asm"
%include "pc/video_tables.asm"
%include "common/int11_equipment.asm"
%include "common/int13_disk.asm"
%include "pc/disk_functions.asm"
%include "pc/ata.asm"
%include "pc/edd.asm"
%include "common/floppy.asm"
%include "pc/floppy_drives.asm"
%include "common/fdc.asm"
%include "common/int14_serial.asm"
%include "pc/int15_system.asm"
%include "pc/block_move.asm"
%include "pc/ps2.asm"
%include "pc/mouse.asm"
%include "common/int16_keyboard.asm"
%include "common/int17_printer.asm"
%include "common/int1a_time.asm"
%include "pc/int1a_clock.asm"
%include "pc/rtc.asm"
%include "common/boot.asm"
%include "pc/boot_order.asm"
%include "pc/kernel_entry.asm"
%include "pc/tables.asm"
