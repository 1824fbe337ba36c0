; INT 1Ah on the xt board: the time of day; there is no clock that knows more.

int1a:
        ENTER_SERVICE
        CLEAR_CARRY
        mov al, [bp+F_AH]
        cmp al, 01h
        ja .unknown
        je .set
        call time_get_ticks
        LEAVE_SERVICE
.set:
        call time_set_ticks
        LEAVE_SERVICE
.unknown:
        SET_CARRY
        LEAVE_SERVICE
