; The monitor: the task that looks after the others. It answers keys, keeps the status line, checks the
; counter, and ends the run.

monitor:
        call answer_keys
        call show_status
        mov eax, [ticks]
        cmp eax, [next_report]
        jb .check
        add dword [next_report], REPORT_EVERY
        call report
.check:
        mov eax, [ticks]
        cmp eax, [next_check]
        jb .rest
        add dword [next_check], CHECK_EVERY
        call check
        cmp dword [ticks], LAST_TICK
        jae end_well
.rest:
        hlt                             ; the rest of the turn is nobody's
        jmp monitor

; No worker may run while the three numbers are read. A worker may have been stopped between adding to the
; counter and noting it, so the counter may be ahead of the notes, but never behind: then additions are lost.
check:
        cli
        mov eax, [counter]
        mov edx, [worker_a+task.additions]
        add edx, [worker_b+task.additions]
        sti
        cmp eax, edx
        jb panic_lost_update
        ret

; EAX the counter, EDX what it should be.
panic_lost_update:
        cli
        push edx
        push eax
        mov byte [attribute], WHITE_ON_RED
        call fresh_line
        mov esi, .text
        call announce
        pop eax
        call announce_number
        mov esi, .expected
        call announce
        pop eax
        call announce_number
        mov esi, at_tick
        call announce
        mov eax, [ticks]
        call announce_number
        call announce_line
        mov al, EXIT_LOST_UPDATE
        jmp exit

.text:          db "PANIC: lost update: counter=", 0
.expected:      db ", expected=", 0
at_tick:        db ", tick=", 0

; After the last tick, or on `q`. One last look first.
end_well:
        call check
        cli
        call fresh_line
        mov esi, .text
        call announce
        mov eax, [counter]
        call announce_number
        mov esi, at_tick
        call announce
        mov eax, [ticks]
        call announce_number
        call announce_line
        mov al, EXIT_WELL
        jmp exit

.text:          db "OK: counter=", 0

; Keys come from the keyboard and from the serial port alike.
answer_keys:
        call next_key
        jnz .key
        call serial_input
        jnz .key
        ret
.key:
        call stir_in
        call serial_output              ; the echo
        mov byte [echoed], 1
        cmp al, 'q'
        je end_well
        jmp answer_keys

; A key in AL changes how long the workers work from now on.
stir_in:
        movzx ecx, al
        rol dword [stir], 7
        add [stir], ecx
        ret

; Messages do not share a line with echoed keys.
fresh_line:
        cmp byte [echoed], 0
        je .done
        mov byte [echoed], 0
        mov esi, end_of_line
        call serial_text
.done:
        ret

; One line on the serial port now and then.
report:
        call fresh_line
        mov esi, .text
        call serial_text
        mov eax, [ticks]
        mov edi, serial_output
        call print_number
        mov esi, .counter
        call serial_text
        mov eax, [counter]
        call print_number
        mov esi, end_of_line
        jmp serial_text

.text:          db "tick ", 0
.counter:       db ", counter ", 0

; The top line of the screen.
show_status:
        mov dword [cursor], SCREEN
        mov esi, .text
        call screen_text
        mov eax, [ticks]
        mov edi, screen_output
        call print_number
        mov esi, .counter
        call screen_text
        mov eax, [counter]
        call print_number
        mov esi, .worker_a
        call screen_text
        mov eax, [worker_a+task.additions]
        call print_number
        mov esi, .worker_b
        call screen_text
        mov eax, [worker_b+task.additions]
        jmp print_number

.text:          db "racer  tick ", 0
.counter:       db "  counter ", 0
.worker_a:      db "  worker a ", 0
.worker_b:      db "  worker b ", 0

        align 4, db 0
next_check:     dd CHECK_EVERY
next_report:    dd REPORT_EVERY
echoed:         db 0                    ; a key since the last line began
