// Runs x87 instructions on the host's own unit, for comparison. Reads records from standard input,
// executes each one's instruction on its register image, and writes the records back. x86-64 only.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct Record {
  uint8_t code[4];     // the instruction; a memory operand is addressed as [rsi]
  uint32_t flags;      // EFLAGS before and after
  uint8_t image[160];  // FXSAVE's first 160 bytes, before and after
  uint8_t memory[128]; // at rsi
};

static uint8_t *emit(uint8_t *p, const void *bytes, size_t length) {
  memcpy(p, bytes, length);
  return p + length;
}

// void run(void *image /* rdi */, void *memory /* rsi */, uint32_t *flags /* rdx */)
static const uint8_t before[] = {
    0x0f, 0xae, 0x0f, // fxrstor [rdi]
    0x8b, 0x02,       // mov eax, [rdx]
    0x50, 0x9d,       // push rax; popfq
};
static const uint8_t after[] = {
    0x9c, 0x58,       // pushfq; pop rax
    0x0f, 0xae, 0x07, // fxsave [rdi]
    0x89, 0x02,       // mov [rdx], eax
    0xdb, 0xe3,       // fninit
    0xfc, 0xc3,       // cld; ret
};

int main() {
  static Record record;
  static uint8_t image[512] __attribute__((aligned(64)));
  static uint8_t memory[128] __attribute__((aligned(64)));
  uint8_t *page = (uint8_t *)mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return 2;
  void (*run)(void *, void *, uint32_t *) = (void (*)(void *, void *, uint32_t *))page;
  while (fread(&record, sizeof record, 1, stdin) == 1) {
    uint8_t *p = emit(page, before, sizeof before);
    p = emit(p, record.code + 1, record.code[0]);
    emit(p, after, sizeof after);
    memset(image, 0, sizeof image);
    memcpy(image, record.image, sizeof record.image);
    memcpy(memory, record.memory, sizeof memory);
    run(image, memory, &record.flags);
    memcpy(record.image, image, sizeof record.image);
    memcpy(record.memory, memory, sizeof memory);
    fwrite(&record, sizeof record, 1, stdout);
  }
  return 0;
}
