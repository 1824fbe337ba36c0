; The MC146818 clock: set-up at POST, the time of day in ticks from it, IRQ 8.

RTC_UPDATING            equ 80h
RTC_SECONDS             equ 00h
RTC_MINUTES             equ 02h
RTC_HOURS               equ 04h
RTC_DAY                 equ 07h
RTC_MONTH               equ 08h
RTC_YEAR                equ 09h

; 32.768 kHz, 1024 Hz periodic rate, 24 hours, BCD; no interrupts (MC146818 data sheet, registers A and B).
; Sets the tick count to the time of day: seconds x 1193182 / 65536.
init_rtc:
        mov ax, 2600h+CMOS_STATUS_A
        call cmos_write
        mov ax, 0200h+CMOS_STATUS_B
        call cmos_write
        mov al, CMOS_STATUS_C                   ; reading clears a pending interrupt
        call cmos_read
        call rtc_wait
        mov al, RTC_HOURS
        call rtc_read_binary
        imul ebx, eax, 60
        mov al, RTC_MINUTES
        call rtc_read_binary
        add ebx, eax
        imul ebx, ebx, 60
        mov al, RTC_SECONDS
        call rtc_read_binary
        add eax, ebx
        mov edx, 1193182
        mul edx
        shrd eax, edx, 16
        mov [BDA_TICKS], eax
        ret

; Waits until the clock is not being updated; CF set if it stays so for 5 ms (an update takes 2 ms).
rtc_wait:
        push cx
        mov cx, 5*TICKS_PER_MS
.poll:
        mov al, CMOS_STATUS_A
        call cmos_read
        test al, RTC_UPDATING
        jz .done
        call refresh_tick
        loop .poll
        stc
.done:
        pop cx
        ret

; EAX = clock register AL, converted from BCD.
rtc_read_binary:
        call cmos_read
        mov ah, al
        shr ah, 4
        and al, 0Fh
        aad
        movzx eax, ax
        ret

; IRQ 8: the alarm calls INT 4Ah.
int70:
        push ax
        mov al, CMOS_STATUS_C
        call cmos_read
        test al, 20h
        jz .done
        sti
        int 4Ah
        cli
.done:
        mov al, EOI
        out PIC2, al
        out PIC1, al
        pop ax
        iret
