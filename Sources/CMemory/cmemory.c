#define _GNU_SOURCE
#include "cmemory.h"

#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

void cmemory_prepare(void) {
  // A large block is mapped on its own and given back when it is freed. Left to itself glibc raises the bound to the
  // largest block ever freed, the model file's, and keeps such blocks for later.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  // No thread allocates while it is quiet, so none needs a heap of its own.
  mallopt(M_ARENA_MAX, 1);
}

// Whether the loader wrote to segments that are read-only now. Hardly any library has such relocations.
static bool has_text_relocations(const struct dl_phdr_info *object) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    if (object->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL)) return true;
    }
  }
  return false;
}

// Lets go of the pages of segments that are never written to. One that is wanted after all comes back from the page
// cache, or the file.
static int unmap_read_only(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  if (has_text_relocations(object)) return 0;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
    const uintptr_t start = object->dlpi_addr + segment->p_vaddr;
    const uintptr_t first = start & ~(page - 1);
    const uintptr_t end = (start + segment->p_memsz + page - 1) & ~(page - 1);
    madvise((void *)first, end - first, MADV_DONTNEED);
  }
  return 0;
}

void cmemory_settle(void) {
  malloc_trim(0);
  // Such pages would else stay mapped, and count as the process's own, until memory gets scarce.
  dl_iterate_phdr(unmap_read_only, NULL);
}
