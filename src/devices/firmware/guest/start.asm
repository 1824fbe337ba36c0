; From the loader to the first task.

; Protected mode, interrupts off, flat segments of the loader's, no stack (section 3.2).
start:
        cli
        cld
        mov esp, monitor_stack_top
        call load_descriptors
        call install_interrupts
        call start_serial
        call start_keyboard
        call clear_screen
        mov esi, banner
        call announce
        call announce_line
        call start_tasks
        call start_timer
        sti
        jmp monitor                     ; this thread of control becomes the monitor

banner: db "racer: two workers, one counter, no lock", 0
