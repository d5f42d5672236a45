#pragma once
#include <stdbool.h>

/// Whether this processor, and the operating system on it, can run code compiled for AVX2 with FMA.
static inline bool ccpu_has_avx2_fma(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}
