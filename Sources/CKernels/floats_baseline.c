#define NAME(function) ckernels_baseline_##function
#define LANES 4
#define PIXELS 6
#if defined(__x86_64__)
// 16 registers.
#define VECTORS 2
#define HAS_FMA 0
#define COLUMN_SUMS 2
#else
// 32 registers.
#define VECTORS 4
#define HAS_FMA 1
#define COLUMN_SUMS 4
#endif
#include "floats.h"
