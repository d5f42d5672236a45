#pragma once
#include <stdint.h>

// The inner loops of the network in integers, for processors with AVX-512 VNNI: an instruction multiplies and adds 32
// pairs of 16-bit integers, where one with floats does 16. A frame of the input has a scale of its own, and so has each
// filter, so the integers lose less than weights of bfloat16 do. In C, because Swift has no word for the instruction.

#if defined(__x86_64__)

/// Integers for a frame's values: the one farthest from 0 becomes ±`largest`.
///
/// - Parameters:
///   - q: `count` integers.
///   - count: a multiple of 16.
/// - Returns: the scale: a value is about its integer times this.
float kernelsvnni_quantise(const float *x, int16_t *q, long count, long largest);

/// y = max(x ∗ w + bias, 0) for the outputs of one frame of a streaming convolution. See KernelsBaseline, and:
///
/// - Parameters:
///   - x: the input's integers.
///   - scales: of each row's frame, `scale_stride` apart.
///   - weights: [panels, rows · run / 2, 16] pairs of integers that belong to inputs side by side, 64-byte aligned. The
///     products of a row add up to what 32 bits hold.
///   - filter_scales: [panels, 16], 64-byte aligned.
///   - run: a multiple of 8.
void kernelsvnni_convolve(const int16_t *x, const float *scales, const int16_t *weights, const float *filter_scales,
                          const float *bias, float *y, const int32_t *x_offsets, const int32_t *y_offsets, long outputs,
                          long panels, long rows, long run, long row_stride, long scale_stride);

/// The same for a frame of one output, where every weight is used once and to fetch them is what takes time: so they have
/// 12 bits. Three words hold four weights: the low four bits of each are the fourth's. They stay there as part of the first
/// three, which are rounded with them in view.
///
/// - Parameters:
///   - x: integers of -2047...2047, so that 32 products add up to what 32 bits hold.
///   - weights: [panels, rows · run / 8, 3, 16] pairs, 64-byte aligned.
///   - run: a multiple of 32.
void kernelsvnni_convolve_column(const int16_t *x, const float *scales, const int16_t *weights,
                                 const float *filter_scales, const float *bias, float *y, long panels, long rows,
                                 long run, long row_stride, long scale_stride);

/// See KernelsBaseline: products of 16-bit integers.
long kernelsvnni_multiply_and_add(long rounds, void *result);

#endif
