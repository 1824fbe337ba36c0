; INT 1Ah on the pc board: the functions, and those of the real-time clock (02h..07h).

int1a:
        ENTER_SERVICE
        cmp byte [bp+F_AH], 0B1h
        je .pci
        movzx bx, byte [bp+F_AH]
        cmp bx, 07h
        ja .unknown
        add bx, bx
        CLEAR_CARRY
        call [cs:bx+int1a_functions]
        LEAVE_SERVICE
.pci:
        call pci_service
        LEAVE_SERVICE
.unknown:
        SET_CARRY
        LEAVE_SERVICE

int1a_functions:
        dw time_get_ticks, time_set_ticks, rtc_get_time, rtc_set_time
        dw rtc_get_date, rtc_set_date, rtc_set_alarm, rtc_cancel_alarm

; Copies clock register %1 to the caller's %2.
%macro RTC_GET 2
        mov al, %1
        call cmos_read
        mov [bp+%2], al
%endmacro

; Sets clock register %1 from the caller's %2.
%macro RTC_SET 2
        mov al, %1
        mov ah, [bp+%2]
        call cmos_write
%endmacro

; CH hours, CL minutes, DH seconds in BCD, DL daylight saving.
rtc_get_time:
        call rtc_wait
        jc rtc_fail
        RTC_GET RTC_HOURS, F_CH
        RTC_GET RTC_MINUTES, F_CL
        RTC_GET RTC_SECONDS, F_DH
        mov al, CMOS_STATUS_B
        call cmos_read
        and al, 01h
        mov [bp+F_DL], al
        ret
rtc_fail:
        SET_CARRY
        ret

rtc_set_time:
        call rtc_hold
        RTC_SET RTC_HOURS, F_CH
        RTC_SET RTC_MINUTES, F_CL
        RTC_SET RTC_SECONDS, F_DH
        mov al, CMOS_STATUS_B
        call cmos_read
        and al, 7Eh                             ; let it run
        mov ah, [bp+F_DL]
        and ah, 01h
        or al, ah
        jmp rtc_set_status_b

; CH century, CL year, DH month, DL day in BCD.
rtc_get_date:
        call rtc_wait
        jc rtc_fail
        RTC_GET CMOS_CENTURY, F_CH
        RTC_GET RTC_YEAR, F_CL
        RTC_GET RTC_MONTH, F_DH
        RTC_GET RTC_DAY, F_DL
        ret

rtc_set_date:
        call rtc_hold
        RTC_SET CMOS_CENTURY, F_CH
        RTC_SET RTC_YEAR, F_CL
        RTC_SET RTC_MONTH, F_DH
        RTC_SET RTC_DAY, F_DL
        mov al, CMOS_STATUS_B
        call cmos_read
        and al, 7Fh
        jmp rtc_set_status_b

; Register B, bit 7: stops the update so that the registers can be set.
rtc_hold:
        mov al, CMOS_STATUS_B
        call cmos_read
        or al, 80h
rtc_set_status_b:
        mov ah, al
        mov al, CMOS_STATUS_B
        jmp cmos_write

; Register B, bit 5: the alarm interrupt. Fails if an alarm is set already.
rtc_set_alarm:
        mov al, CMOS_STATUS_B
        call cmos_read
        test al, 20h
        jnz rtc_fail
        RTC_SET RTC_HOURS+1, F_CH
        RTC_SET RTC_MINUTES+1, F_CL
        RTC_SET RTC_SECONDS+1, F_DH
        in al, PIC2+1
        and al, 0FEh
        out PIC2+1, al
        mov al, CMOS_STATUS_B
        call cmos_read
        or al, 20h
        jmp rtc_set_status_b

rtc_cancel_alarm:
        mov al, CMOS_STATUS_B
        call cmos_read
        and al, 0DFh
        jmp rtc_set_status_b
