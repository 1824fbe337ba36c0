; What programs look for at fixed places of the F-segment (IBM PC/AT technical reference), and the reset
; vector.

; E05Bh: POST.
        times 0E05Bh-($-$$) db 0
        jmp post

; E6F5h: what INT 15h C0h returns: PC/AT; second 8259A, real-time clock, keyboard intercept, extended data
; area.
        times 0E6F5h-($-$$) db 0
configuration_table:
        dw 8
        db 0FCh, 0, 0, 74h, 0, 0, 0, 0

; EFC7h: INT 1Eh, the diskette parameters: step rate, DMA, motor-off ticks, 512 bytes, 18 sectors, gap, data
; length, format gap, filler, settle time, motor start time (1/8 s).
        times 0EFC7h-($-$$) db 0
diskette_parameters:
        db 0AFh, 02h, 37, 2, 18, 1Bh, 0FFh, 6Ch, 0F6h, 0Fh, 08h

; FA6Eh: characters 0 to 127 of the 8x8 font, which CGA programs draw themselves with.
        times 0FA6Eh-($-$$) db 0
        incbin "font8x8.bin", 0, 128*8

        times 0FF53h-($-$$) db 0
dummy_iret:
        iret

; FFF0h: where the CPU starts; FFF5h: the date; FFFEh: the model, PC/AT.
        times 0FFF0h-($-$$) db 0
        jmp BIOS_SEGMENT:post
        db "01/01/26", 0, 0FCh, 0
