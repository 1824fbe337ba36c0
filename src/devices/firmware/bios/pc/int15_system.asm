; INT 15h: system services. 24h A20, 4Fh keyboard intercept, 53h APM (absent), 86h wait, 87h block move,
; 88h / E801h / E820h memory, 90h and 91h device busy and done, C0h configuration, C1h extended data area,
; C2h pointing device.

SYSTEM_UNSUPPORTED      equ 86h

int15:
        ENTER_SERVICE
        mov si, int15_functions
        mov al, [bp+F_AH]
.compare:
        cmp al, [cs:si]
        je .found
        add si, 3
        cmp si, int15_functions_end
        jb .compare
        call system_unsupported
        LEAVE_SERVICE
.found:
        CLEAR_CARRY
        call [cs:si+1]
        LEAVE_SERVICE

int15_functions:
        FUNCTION 24h, system_a20
        FUNCTION 4Fh, system_keyboard_intercept
        FUNCTION 86h, system_wait
        FUNCTION 87h, block_move
        FUNCTION 88h, system_extended_memory
        FUNCTION 90h, system_done
        FUNCTION 91h, system_done
        FUNCTION 0C0h, system_configuration
        FUNCTION 0C1h, system_extended_data_area
        FUNCTION 0C2h, mouse_service
        FUNCTION 0E8h, system_memory_map
int15_functions_end:

system_unsupported:
        mov byte [bp+F_AH], SYSTEM_UNSUPPORTED
        SET_CARRY
        ret

system_done:
        mov byte [bp+F_AH], 0
        ret

; The scan code in AL goes on unchanged: CF set.
system_keyboard_intercept:
        SET_CARRY
        ret

; 2400h off, 2401h on, 2402h state, 2403h which gates there are: the one in port 92h.
system_a20:
        mov al, [bp+F_AL]
        mov byte [bp+F_AH], 0
        cmp al, 01h
        jb a20_off
        je a20_on
        cmp al, 03h
        jb .state
        ja system_unsupported
        mov word [bp+F_BX], 0002h
        ret
.state:
        in al, SYSTEM_PORT_A
        shr al, 1
        and al, 1
        mov [bp+F_AL], al
        ret

; 86h: waits CX:DX microseconds; a flip of the refresh bit is 15.085 of them, near enough 15 + 1/12.
system_wait:
        sti
        mov ax, [bp+F_CX]
        shl eax, 16
        mov ax, [bp+F_DX]
        xor edx, edx
        mov ecx, 181
        mov ebx, 12
        mul ebx
        cmp edx, ecx
        jae system_unsupported
        div ecx
        lea ecx, [eax+1]
        call refresh_ticks
        mov byte [bp+F_AH], 0
        ret

; 88h: KiB above 1 MiB, up to 63 MiB, as 16 bits allow.
system_extended_memory:
        call extended_kb
        cmp eax, 63*1024
        jbe .small
        mov eax, 63*1024
.small:
        mov [bp+F_AX], ax
        ret

system_configuration:
        mov word [bp+F_ES], BIOS_SEGMENT
        mov word [bp+F_BX], configuration_table
        mov byte [bp+F_AH], 0
        ret

system_extended_data_area:
        mov word [bp+F_ES], EBDA_SEGMENT
        ret

system_memory_map:
        cmp byte [bp+F_AL], 01h
        je system_memory_sizes
        cmp byte [bp+F_AL], 20h
        jne system_unsupported

; E820h (ACPI 1.0b, 14.1): entry EBX to ES:DI, EBX = the next or 0.
        cmp dword [bp+F_EDX], "PAMS"            ; 534D4150h, "SMAP" with the first letter on top
        jne system_unsupported
        cmp dword [bp+F_ECX], 20
        jb system_unsupported
        movzx eax, word [fs:EBDA_MAP_COUNT]
        mov ebx, [bp+F_EBX]
        cmp ebx, eax
        jae system_unsupported
        imul si, bx, MAP_ENTRY
        inc ebx
        cmp ebx, eax
        jb .more
        xor ebx, ebx
.more:
        mov [bp+F_EBX], ebx
        mov es, [bp+F_ES]
        mov di, [bp+F_DI]
        xor ecx, ecx
        mov eax, [fs:si+EBDA_MAP]
        mov [es:di], eax
        mov [es:di+4], ecx
        mov eax, [fs:si+EBDA_MAP+4]
        mov [es:di+8], eax
        mov [es:di+12], ecx
        mov eax, [fs:si+EBDA_MAP+8]
        mov [es:di+16], eax
        mov dword [bp+F_ECX], 20
        mov eax, [bp+F_EDX]
        mov [bp+F_EAX], eax
        ret

; E801h: AX = CX = KiB between 1 and 16 MiB, BX = DX = 64 KiB blocks above.
system_memory_sizes:
        call extended_kb
        xor ebx, ebx
        cmp eax, 15*1024
        jbe .small
        mov ebx, eax
        sub ebx, 15*1024
        shr ebx, 6
        mov eax, 15*1024
.small:
        mov [bp+F_AX], ax
        mov [bp+F_CX], ax
        mov [bp+F_BX], bx
        mov [bp+F_DX], bx
        ret
