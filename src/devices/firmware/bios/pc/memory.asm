; The memory map that INT 15h E820h, E801h and 88h tell, computed once from the size in CMOS, and the A20
; gate. The last 64 KiB of RAM hold the ACPI tables, which the board writes before the start (acpiTables.ts,
; whose memoryMap is this one): 60 KiB to be reclaimed, 4 KiB to be kept.

ACPI_SIZE       equ 10000h
ACPI_KEPT_SIZE  equ 1000h
MAP_ENTRY       equ 12                  ; base, length, type

MAP_USABLE      equ 1
MAP_RESERVED    equ 2
MAP_ACPI        equ 3
MAP_ACPI_KEPT   equ 4

; EAX = size of RAM in bytes; above 16 MiB CMOS counts in units of 64 KiB, below in KiB above 1 MiB.
ram_size:
        mov al, CMOS_HIGH_64KB
        call cmos_read_word
        movzx eax, ax
        shl eax, 16
        jz .small
        add eax, 1000000h
        ret
.small:
        mov al, CMOS_EXTENDED_KB
        call cmos_read_word
        movzx eax, ax
        shl eax, 10
        add eax, 100000h
        ret

; Adds [EDX, EDX+ECX) of type EAX to the map.
%macro MAP_ADD 3
        mov edx, %1
        mov ecx, %2
        mov eax, %3
        call add_to_map
%endmacro

build_memory_map:
        push ds
        push EBDA_SEGMENT
        pop ds
        MAP_ADD 0, EBDA_SEGMENT*16, MAP_USABLE
        MAP_ADD EBDA_SEGMENT*16, 400h, MAP_RESERVED
        MAP_ADD 0F0000h, 10000h, MAP_RESERVED
        call ram_size
        sub eax, ACPI_SIZE
        cmp eax, 100000h
        jbe .done                               ; 1 MiB in all: no extended memory, no tables
        mov ebx, eax
        sub eax, 100000h
        MAP_ADD 100000h, eax, MAP_USABLE
        MAP_ADD ebx, ACPI_SIZE-ACPI_KEPT_SIZE, MAP_ACPI
        add ebx, ACPI_SIZE-ACPI_KEPT_SIZE
        MAP_ADD ebx, ACPI_KEPT_SIZE, MAP_ACPI_KEPT
.done:
        pop ds
        ret

; DS = extended data area. Changes DI.
add_to_map:
        imul di, [EBDA_MAP_COUNT], MAP_ENTRY
        mov [di+EBDA_MAP], edx
        mov [di+EBDA_MAP+4], ecx
        mov [di+EBDA_MAP+8], eax
        inc word [EBDA_MAP_COUNT]
        ret

; EAX = usable KiB above 1 MiB.
extended_kb:
        call ram_size
        sub eax, ACPI_SIZE+100000h
        jae .some
        xor eax, eax
.some:
        shr eax, 10
        ret

a20_on:
        in al, SYSTEM_PORT_A
        or al, 02h
        and al, 0FEh                            ; bit 0 would reset the CPU
        out SYSTEM_PORT_A, al
        ret

a20_off:
        in al, SYSTEM_PORT_A
        and al, 0FCh
        out SYSTEM_PORT_A, al
        ret
