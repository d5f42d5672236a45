#pragma once
#include <stdint.h>

// The inner loops of the network, for several instruction sets in one program: which of them run is decided at start. In
// C, where a function can be compiled for an instruction set that the rest of the program must do without.
//
// Activations are laid out [frames, bands, channels], so that what a kernel's row sees of the input is one contiguous run
// of kernel bands · channels values, and a convolution is a matrix product whose left side needs no packing: for every
// output pixel one offset (the "indirect convolution" of Dukhan, 2019). The right side, the weights, is packed once into
// panels of 16 output channels.

/// The number of output channels of one panel of packed weights.
enum { ckernels_panel_width = 16 };

/// y = max(x ∗ w + bias, 0) for the outputs of one frame of a streaming convolution.
///
/// - Parameters:
///   - x: the input [frames, bands, channels], from the frame that the kernel's first row sees.
///   - weights: [panels, rows · run, 16], 64-byte aligned.
///   - bias: [panels, 16], 64-byte aligned.
///   - y: the output, 64-byte aligned.
///   - x_offsets: for each output, in floats from `x`, where its first run begins.
///   - y_offsets: for each output, in floats from `y`, where its channels begin; multiples of 16.
///   - rows: the kernel's extent in frames, each a run of `run` values of the input, `row_stride` apart.
typedef void ckernels_convolve(const float *x, const float *weights, const float *bias, float *y,
                               const int32_t *x_offsets, const int32_t *y_offsets, long outputs, long panels, long rows,
                               long run, long row_stride);

/// The same for a frame of one output, where every weight is used once: what takes time is to fetch them from memory. So
/// they are bfloat16, the upper half of a float, which takes one shift to be one again. A weight's 8 bits change no score
/// by more than a hundredth of the largest.
///
/// - Parameters:
///   - weights: [panels, rows · run / 2, 16] pairs of bfloat16, 64-byte aligned: the first in the lower half.
///   - run: even.
typedef void ckernels_convolve_column(const float *x, const uint32_t *weights, const float *bias, float *y, long panels,
                                      long rows, long run, long row_stride);

/// What the processor can do at most, for the benchmark: twelve sums of products that never leave their registers, `rounds`
/// times one step of each. They are enough that none waits for the step before.
///
/// - Parameter result: room for 64 bytes, aligned to as many, so that the compiler keeps the computation.
/// - Returns: the operations that it took; a product and its sum are two.
typedef long ckernels_multiply_and_add(long rounds, void *result);

/// For any processor of its kind: SSE2 on x86-64, NEON on arm64.
ckernels_convolve ckernels_baseline_convolve;
ckernels_convolve_column ckernels_baseline_convolve_column;
ckernels_multiply_and_add ckernels_baseline_multiply_and_add;

#if defined(__x86_64__)

/// For AVX2 with FMA.
ckernels_convolve ckernels_avx2_convolve;
ckernels_convolve_column ckernels_avx2_convolve_column;
ckernels_multiply_and_add ckernels_avx2_multiply_and_add;

/// For AVX-512.
ckernels_convolve ckernels_avx512_convolve;
ckernels_convolve_column ckernels_avx512_convolve_column;
ckernels_multiply_and_add ckernels_avx512_multiply_and_add;

// In integers, for AVX-512 VNNI: an instruction multiplies and adds 32 pairs of 16-bit integers, where one with floats
// does 16. A frame of the input has a scale of its own, and so has each filter, so the integers lose less than weights of
// bfloat16 do.

/// Integers for a frame's values: the one farthest from 0 becomes ±`largest`.
///
/// - Parameters:
///   - q: `count` integers.
///   - count: a multiple of 16.
/// - Returns: the scale: a value is about its integer times this.
float ckernels_vnni_quantise(const float *x, int16_t *q, long count, long largest);

/// y = max(x ∗ w + bias, 0) for the outputs of one frame of a streaming convolution. See `ckernels_convolve`, and:
///
/// - Parameters:
///   - x: the input's integers.
///   - scales: of each row's frame, `scale_stride` apart.
///   - weights: [panels, rows · run / 2, 16] pairs of integers that belong to inputs side by side, 64-byte aligned. The
///     products of a row add up to what 32 bits hold.
///   - filter_scales: [panels, 16], 64-byte aligned.
///   - run: a multiple of 8.
void ckernels_vnni_convolve(const int16_t *x, const float *scales, const int16_t *weights, const float *filter_scales,
                            const float *bias, float *y, const int32_t *x_offsets, const int32_t *y_offsets,
                            long outputs, long panels, long rows, long run, long row_stride, long scale_stride);

/// The same for a frame of one output, where every weight is used once and to fetch them is what takes time: so they have
/// 12 bits. Three words hold four weights: the low four bits of each are the fourth's. They stay there as part of the first
/// three, which are rounded with them in view.
///
/// - Parameters:
///   - x: integers of -2047...2047, so that 32 products add up to what 32 bits hold.
///   - weights: [panels, rows · run / 8, 3, 16] pairs, 64-byte aligned.
///   - run: a multiple of 32.
void ckernels_vnni_convolve_column(const int16_t *x, const float *scales, const int16_t *weights,
                                   const float *filter_scales, const float *bias, float *y, long panels, long rows,
                                   long run, long row_stride, long scale_stride);

/// Products of 16-bit integers.
ckernels_multiply_and_add ckernels_vnni_multiply_and_add;

#endif
