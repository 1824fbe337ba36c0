; Racer: a very small preemptive kernel with a bug in it.
;
; Two workers add to one counter, each with the three instructions `mov`, `inc`, `mov` (tasks.asm). The
; timer interrupt takes the processor from one and gives it to the other. If it falls between the three
; instructions, the worker that was interrupted later stores what it had read long ago, and all that the
; other one added meanwhile is gone: a lost update. The monitor (monitor.asm) compares the counter with
; what the workers say they have added, and stops the machine when it finds additions missing, by then
; up to a tenth of a second after the fact.
;
; Whether that happens in a run depends on when the workers meet the timer, and that depends on what comes
; in from outside: keys typed and random numbers read from a port. Most of the time it does not happen at
; all for a second or more, which is what makes such bugs hard to find.
;
; Keys are echoed to COM1. `q` ends the run. The machine is told how the run ended through port F4h:
; 0 all well, 1 a lost update, 2 an unexpected exception.
;
; Delivery: a multiboot kernel (Multiboot Specification 0.6.96) that is a flat binary, no ELF: its header
; says where to load it. Runs at ring 0 in flat 32-bit protected mode, without paging.
;
; The source keeps to what both NASM and src/devices/firmware/assembler understand.

        cpu 486
        bits 32

%include "constants.asm"

        org LOAD_ADDRESS

image:
%include "multiboot.asm"
%include "start.asm"
%include "descriptors.asm"
%include "interrupts.asm"
%include "timer.asm"
%include "scheduler.asm"
%include "tasks.asm"
%include "monitor.asm"
%include "keyboard.asm"
%include "serial.asm"
%include "screen.asm"
%include "print.asm"
%include "ending.asm"
        align 16, db 0
image_end:

%include "memory.asm"
