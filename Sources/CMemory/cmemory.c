#include "cmemory.h"

#include <malloc.h>

void cmemory_prepare(void) {
  // A large block is mapped on its own and given back when it is freed. Left to itself glibc raises the bound to the
  // largest block ever freed, the model file's, and keeps such blocks for later.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  // No thread allocates while it is quiet, so none needs a heap of its own.
  mallopt(M_ARENA_MAX, 1);
}

void cmemory_settle(void) {
  malloc_trim(0);
}
