; What programs look for at fixed places of the F-segment (IBM PC/XT Technical Reference), and the reset vector.

font8x8:
        incbin "font8x8.bin"

; E05Bh: POST.
        times 0E05Bh-($-$$) db 0
        jmp post

; E6F5h: what INT 15h C0h returns: PC/XT; keyboard intercept.
        times 0E6F5h-($-$$) db 0
configuration_table:
        dw 8
        db 0FBh, 0, 0, 10h, 0, 0, 0, 0

; EFC7h: INT 1Eh, the diskette parameters: step rate, DMA, motor-off ticks, 512 bytes, 18 sectors, gap, data
; length, format gap, filler, settle time, motor start time (1/8 s).
        times 0EFC7h-($-$$) db 0
diskette_parameters:
        db 0CFh, 02h, 37, 2, 18, 2Ah, 0FFh, 50h, 0F6h, 19h, 04h

; F0A4h: INT 1Dh, the 6845's values for 40 and 80 columns, graphics, and monochrome; then page sizes, columns and
; mode control values.
        times 0F0A4h-($-$$) db 0
video_parameters:
        db 38h, 28h, 2Dh, 0Ah, 1Fh, 06h, 19h, 1Ch, 02h, 07h, 06h, 07h, 0, 0, 0, 0
        db 71h, 50h, 5Ah, 0Ah, 1Fh, 06h, 19h, 1Ch, 02h, 07h, 06h, 07h, 0, 0, 0, 0
        db 38h, 28h, 2Dh, 0Ah, 7Fh, 06h, 64h, 70h, 02h, 01h, 06h, 07h, 0, 0, 0, 0
        db 61h, 50h, 52h, 0Fh, 19h, 06h, 19h, 19h, 02h, 0Dh, 0Bh, 0Ch, 0, 0, 0, 0
        dw 2048, 4096, 16384, 16384
        db 40, 40, 80, 80, 40, 40, 80, 80
        db 2Ch, 28h, 2Dh, 29h, 2Ah, 2Eh, 1Eh, 29h

; FA6Eh: characters 0 to 127 of the 8x8 font, which programs draw themselves with.
        times 0FA6Eh-($-$$) db 0
        incbin "font8x8.bin", 0, 128*8

        times 0FF53h-($-$$) db 0
dummy_iret:
        iret

; FFF0h: where the CPU starts; FFF5h: the date; FFFEh: the model, PC/XT.
        times 0FFF0h-($-$$) db 0
        jmp BIOS_SEGMENT:post
        db "01/01/26", 0, 0FBh, 0
