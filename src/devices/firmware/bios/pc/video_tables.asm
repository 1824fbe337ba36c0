; Tables that the video services use: parameters of the modes, palettes and fonts, as src/devices/vga
; computes them (biosVgaTables), and what kind of display memory each mode has.

PARAMETER_RECORD        equ 64

; Offsets in a record of the video parameter table.
PARAMETER_COLUMNS       equ 0
PARAMETER_ROWS          equ 1           ; less one
PARAMETER_CHAR_HEIGHT   equ 2
PARAMETER_PAGE_SIZE     equ 3
PARAMETER_SEQUENCER     equ 5
PARAMETER_MISCELLANEOUS equ 9
PARAMETER_CRTC          equ 10
PARAMETER_ATTRIBUTE     equ 35
PARAMETER_GRAPHICS      equ 55

video_mode_numbers:
        incbin "vga_modes.bin"
video_mode_numbers_end:

        align 16
video_parameters:
        incbin "vga_parameters.bin"

palette_ega:
        incbin "palette_ega.bin"
palette_ega_end:
palette_cga:
        incbin "palette_cga.bin"
palette_cga_end:
palette_mono:
        incbin "palette_mono.bin"
palette_mono_end:
palette_256:
        incbin "palette_256.bin"
palette_256_end:

font8x16:
        incbin "font8x16.bin"
font8x14:
        incbin "font8x14.bin"
font8x8:
        incbin "font8x8.bin"

mode_kinds:
        db KIND_TEXT, KIND_TEXT, KIND_TEXT, KIND_TEXT, KIND_CGA4, KIND_CGA4, KIND_CGA2, KIND_TEXT
        times 5 db KIND_TEXT
        db KIND_PLANAR, KIND_PLANAR, KIND_PLANAR, KIND_PLANAR, KIND_PLANAR, KIND_PLANAR, KIND_LINEAR
