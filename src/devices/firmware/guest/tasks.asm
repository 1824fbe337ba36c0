; The workers, and the bug.

; Both workers run this code, each with its own block in EBX and its own stack.
worker:
        call random
        and eax, WORK_MASK
        add eax, LEAST_WORK
.work:
        dec eax
        jnz .work

; One addition to the counter that both workers share. It takes three instructions and nothing makes them
; one: an interrupt after .load or after .add lets the other worker run, and .store then puts back what
; this one had read before. (`lock inc dword [counter]`, or just `inc dword [counter]` on a machine with
; one processor, would be right.)
.load:
        mov eax, [counter]
.add:
        inc eax
.store:
        mov [counter], eax

        inc dword [ebx+task.additions]
        jmp worker

; The next random number of the task at EBX, in EAX (G. Marsaglia, "Xorshift RNGs", 2003, with the triple
; 13, 17, 5). What comes in from outside is mixed in: the keys typed so far, and now and then the entropy
; port. Without such a port it reads as all ones, and the numbers depend on the keys alone.
random:
        test dword [ebx+task.additions], ENTROPY_EVERY - 1
        jnz .mix
        in eax, ENTROPY
        xor [ebx+task.random], eax
.mix:
        mov eax, [ebx+task.random]
        add eax, [stir]
        mov ecx, eax
        shl ecx, 13
        xor eax, ecx
        mov ecx, eax
        shr ecx, 17
        xor eax, ecx
        mov ecx, eax
        shl ecx, 5
        xor eax, ecx
        jnz .done                       ; zero would give zeros for ever
        inc eax
.done:
        mov [ebx+task.random], eax
        ret

        align 4, db 0
counter: dd 0
stir:   dd 0                            ; changed by every key
