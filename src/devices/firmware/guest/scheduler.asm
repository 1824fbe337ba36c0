; Round robin: at every tick the next task in the ring gets the processor, ready or not.

; A task that does not run is nothing but its saved stack pointer: on its stack lie the registers as PUSHAD
; left them and, above, the EIP, CS and EFLAGS that the interrupt pushed.
struc task
.stack:         resd 1                  ; saved ESP
.next:          resd 1                  ; the ring
.additions:     resd 1                  ; how often this task has added to the counter, by its own account
.random:        resd 1                  ; state of its random numbers
endstruc

; Leaves one task and enters the next. Comes from the timer interrupt, whose stack frame is the task's.
switch_task:
        mov ebx, [current]
        mov [ebx+task.stack], esp
        mov ebx, [ebx+task.next]
        mov [current], ebx
        mov esp, [ebx+task.stack]
        popad
        iretd

; Builds for each worker the stack it would have, had it been interrupted before its first instruction.
start_tasks:
        mov ebx, worker_a
        mov edx, worker_a_stack_top
        call .prepare
        mov ebx, worker_b
        mov edx, worker_b_stack_top
.prepare:
        sub edx, FRAME_SIZE
        mov dword [edx+FRAME_EIP], worker
        mov dword [edx+FRAME_CS], CODE
        mov dword [edx+FRAME_EFLAGS], 202h      ; IF; bit 1 is always set
        mov [edx+FRAME_EBX], ebx                ; a worker finds its own block in EBX
        mov [ebx+task.stack], edx
        ret

FRAME_EBX       equ 16                  ; as PUSHAD stores them: EDI ESI EBP ESP EBX EDX ECX EAX
FRAME_EIP       equ 32
FRAME_CS        equ 36
FRAME_EFLAGS    equ 40
FRAME_SIZE      equ 44

        align 4, db 0
current:        dd monitor_task
monitor_task:   dd 0, worker_a, 0, 0
worker_a:       dd 0, worker_b
.additions:     dd 0                    ; by name, for those who debug
.random:        dd 1
worker_b:       dd 0, monitor_task
.additions:     dd 0
.random:        dd 2
