/** Firmware of an xt: shows characters on the CGA's screen, calls, repeats, and waits for the timer in between. */
export const STACK_SEGMENT = 0x3000;

export const XT_PROGRAM = `
        cpu 8086
start:  cli
        cld
        mov     ax, ${STACK_SEGMENT}
        mov     ss, ax
        mov     sp, 0200h
        mov     ax, 0B800h
        mov     es, ax
        mov     bp, 0
again:  mov     di, 0
        mov     ax, 1E41h
        mov     cx, 5
        rep stosw
        push    cs
        pop     ds
        mov     si, words
        call    add_up
returned:
        mov     [es:100h], al
        in      al, 61h
        inc     bp
        jmp     again
add_up: push    cx
        mov     cx, 4
        xor     ax, ax
.next:  add     ax, [si]
        add     si, 2
        loop    .next
summed_up:
        pop     cx
        ret
words:  dw      1, 20h, 300h, 4000h
`;
