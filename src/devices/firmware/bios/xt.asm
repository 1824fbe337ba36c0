; The Rewind86 BIOS of the xt board: a 64 KiB image for F0000h..FFFFFh of a PC/XT-compatible machine with a CGA
; or MDA, a 765 with up to two drives and an XT-IDE adapter at 300h.
;
; Interfaces follow IBM's "PC/XT Technical Reference" (with the keyboard functions 10h to 12h and INT 10h 13h of its
; last BIOS) and, for hard disks, "PS/2 and PC BIOS Interface Technical Reference". Left out: option ROMs, ROM
; BASIC, floppy formatting, printers, cassette.
;
; Files in common/ are those of all boards, xt/ has what only this one needs.

        cpu 8086
        bits 16
        org 0

%include "common/constants.asm"
%include "xt/constants.asm"
%include "common/macros.asm"
%include "xt/frame.asm"

        db "Rewind86 BIOS", 0
        align 16

%include "xt/post.asm"
%include "xt/chipset.asm"
%include "xt/delay.asm"
%include "common/interrupts.asm"
%include "xt/vectors.asm"
%include "common/int08_timer.asm"
%include "common/int09_keyboard.asm"
%include "common/keymap.asm"
%include "xt/keyboard.asm"
%include "common/int10_video.asm"
%include "xt/int10_functions.asm"
%include "xt/video_mode.asm"
%include "common/video_kinds.asm"
%include "common/video_text.asm"
%include "common/video_graphics.asm"
%include "xt/video_cga.asm"
%include "common/int11_equipment.asm"
%include "common/int13_disk.asm"
%include "xt/disk_functions.asm"
%include "xt/ide.asm"
%include "common/floppy.asm"
%include "xt/floppy_drives.asm"
%include "common/fdc.asm"
%include "common/int14_serial.asm"
%include "xt/int15_system.asm"
%include "common/int16_keyboard.asm"
%include "common/int17_printer.asm"
%include "common/int1a_time.asm"
%include "xt/int1a_functions.asm"
%include "common/boot.asm"
%include "xt/boot_order.asm"
%include "xt/tables.asm"
