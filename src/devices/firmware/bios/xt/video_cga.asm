; Drawing on a CGA: for each kind of display memory its routines; nothing is needed around them.

kind_segments:
        dw 0B800h, 0B800h, 0B800h

cell_bytes:
        dw 0, 2, 1

draw_routines:
        dw 0, draw_cga4, draw_cga2
write_pixel_routines:
        dw pixel_none, write_pixel_cga, write_pixel_cga
read_pixel_routines:
        dw pixel_none, read_pixel_cga, read_pixel_cga

graphics_begin_copy:
graphics_begin_fill:
graphics_end:
        ret
