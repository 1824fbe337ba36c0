; Memory after the image; the loader clears it.

        absolute BSS_ADDRESS

idt:            resq VECTORS
key_queue:      resb KEY_QUEUE_SIZE

        alignb 16
                resb 4096
monitor_stack_top:
                resb 4096
worker_a_stack_top:
                resb 4096
worker_b_stack_top:
