#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,fma"))), \
                             apply_to = function)
#define NAME(function) ckernels_avx512_##function
#define LANES 16
#define HAS_FMA 1
#define PIXELS 8
#define VECTORS 2
#define COLUMN_SUMS 8
#include "floats.h"
#pragma clang attribute pop
#endif
