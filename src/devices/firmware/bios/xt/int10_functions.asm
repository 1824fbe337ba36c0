; INT 10h on the xt board: the functions of a CGA and an MDA, and 13h.

INT10_LAST              equ 13h

; Each is called with AX, BX, CX, DX as the caller had them and may change any register but BP and DS.
int10_functions:
        dw video_set_mode, video_set_cursor_shape, video_set_cursor, video_get_cursor           ; 00h
        dw video_light_pen, video_set_page, video_scroll, video_scroll                          ; 04h
        dw video_read_character, video_write_character, video_write_character, video_cga_palette ; 08h
        dw video_write_pixel, video_read_pixel, video_teletype, video_get_mode                  ; 0Ch
        dw video_nothing, video_nothing, video_nothing, video_write_string                      ; 10h
