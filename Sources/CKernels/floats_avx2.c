#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(function) ckernels_avx2_##function
#define LANES 8
#define HAS_FMA 1
#define PIXELS 6
#define VECTORS 2
#define COLUMN_SUMS 4
#include "floats.h"
#pragma clang attribute pop
#endif
