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

/// Whether both can run code compiled for x86-64-v4: AVX-512 with the extensions that all but the first processors have.
static inline bool ccpu_has_avx512(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return ccpu_has_avx2_fma() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd");
#else
  return false;
#endif
}

/// Whether both can run code compiled for AVX-512 with its products of 16-bit integers. What the operating system must do
/// for AVX-512, it does for these.
static inline bool ccpu_has_avx512_vnni(void) {
#if defined(__x86_64__)
  return ccpu_has_avx512() && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}
