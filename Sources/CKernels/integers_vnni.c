#include "ckernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINED VNNI static inline __attribute__((always_inline))

/// What the loops over an output's channels need to know.
struct layer {
  const float *scales;
  long rows, run, row_stride, scale_stride;
};

/// Two integers side by side, sixteen times.
INLINED __m512i pair(const int16_t *x) {
  int32_t both;
  __builtin_memcpy(&both, x, sizeof both);
  return _mm512_set1_epi32(both);
}

INLINED __m512 scaled(__m512i sum, const struct layer *layer, long row, __m512 total) {
  return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), _mm512_set1_ps(layer->scales[row * layer->scale_stride]), total);
}

INLINED void rectify(__m512 total, const float *filter_scales, const float *bias, float *y) {
  __m512 value = _mm512_fmadd_ps(total, _mm512_load_ps(filter_scales), _mm512_load_ps(bias));
  _mm512_store_ps(y, _mm512_max_ps(value, _mm512_setzero_ps()));
}

/// `PIXELS` pixels × two panels; where both are the same one, `second` is 0.
#define BLOCK(PIXELS)                                                                                                  \
  INLINED void block##PIXELS(const int16_t *x, const int16_t *left, const int16_t *right, const float *filter_scales,  \
                             const float *bias, float *y, long second, const int32_t *x_offsets,                       \
                             const int32_t *y_offsets, const struct layer *layer) {                                    \
    const int16_t *from[PIXELS];                                                                                       \
    __m512 totals[PIXELS][2];                                                                                          \
    for (int p = 0; p < PIXELS; p++) {                                                                                 \
      from[p] = x + x_offsets[p];                                                                                      \
      totals[p][0] = totals[p][1] = _mm512_setzero_ps();                                                               \
    }                                                                                                                  \
    for (long row = 0; row < layer->rows; row++) {                                                                     \
      __m512i sums[PIXELS][2];                                                                                         \
      for (int p = 0; p < PIXELS; p++) sums[p][0] = sums[p][1] = _mm512_setzero_si512();                               \
      for (long k = 0; k < layer->run; k += 2) {                                                                       \
        __m512i l = _mm512_load_si512(left), r = _mm512_load_si512(right);                                             \
        left += 32;                                                                                                    \
        right += 32;                                                                                                   \
        for (int p = 0; p < PIXELS; p++) {                                                                             \
          __m512i v = pair(from[p] + k);                                                                               \
          sums[p][0] = _mm512_dpwssd_epi32(sums[p][0], l, v);                                                          \
          sums[p][1] = _mm512_dpwssd_epi32(sums[p][1], r, v);                                                          \
        }                                                                                                              \
      }                                                                                                                \
      for (int p = 0; p < PIXELS; p++) {                                                                               \
        totals[p][0] = scaled(sums[p][0], layer, row, totals[p][0]);                                                   \
        totals[p][1] = scaled(sums[p][1], layer, row, totals[p][1]);                                                   \
        from[p] += layer->row_stride;                                                                                  \
      }                                                                                                                \
    }                                                                                                                  \
    for (int p = 0; p < PIXELS; p++) {                                                                                 \
      rectify(totals[p][0], filter_scales, bias, y + y_offsets[p]);                                                    \
      rectify(totals[p][1], filter_scales + second, bias + second, y + y_offsets[p] + second);                         \
    }                                                                                                                  \
  }
BLOCK(8)
BLOCK(4)

/// One pixel × one panel, the products dealt to four sums so that none waits for the one before it.
INLINED void one(const int16_t *x, const int16_t *weights, const float *filter_scales, const float *bias, float *y,
                 const struct layer *layer) {
  __m512 total = _mm512_setzero_ps();
  for (long row = 0; row < layer->rows; row++) {
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (long k = 0; k < layer->run; k += 8) {
      a = _mm512_dpwssd_epi32(a, _mm512_load_si512(weights), pair(x + k));
      b = _mm512_dpwssd_epi32(b, _mm512_load_si512(weights + 32), pair(x + k + 2));
      c = _mm512_dpwssd_epi32(c, _mm512_load_si512(weights + 64), pair(x + k + 4));
      d = _mm512_dpwssd_epi32(d, _mm512_load_si512(weights + 96), pair(x + k + 6));
      weights += 128;
    }
    total = scaled(_mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_add_epi32(c, d)), layer, row, total);
    x += layer->row_stride;
  }
  rectify(total, filter_scales, bias, y);
}

VNNI void ckernels_vnni_convolve(const int16_t *x, const float *scales, const int16_t *weights,
                               const float *filter_scales, const float *bias, float *y, const int32_t *x_offsets,
                               const int32_t *y_offsets, long outputs, long panels, long rows, long run,
                               long row_stride, long scale_stride) {
  struct layer layer = {scales, rows, run, row_stride, scale_stride};
  long panel_size = rows * run * 16;
  if (outputs < 4) {
    for (long panel = 0; panel < panels; panel++)
      for (long at = 0; at < outputs; at++)
        one(x + x_offsets[at], weights + panel * panel_size, filter_scales + panel * 16, bias + panel * 16,
            y + y_offsets[at] + panel * 16, &layer);
    return;
  }
  for (long panel = 0; panel < panels; panel += 2) {
    // Where the panels are odd in number, the last is computed twice.
    long second = panel + 1 < panels ? 16 : 0;
    const int16_t *left = weights + panel * panel_size, *right = second ? left + panel_size : left;
    const float *s = filter_scales + panel * 16, *b = bias + panel * 16;
    float *out = y + panel * 16;
    long at = 0;
    for (; at + 8 <= outputs; at += 8)
      block8(x, left, right, s, b, out, second, x_offsets + at, y_offsets + at, &layer);
    for (; at < outputs; at += 4) {
      // The last four may have outputs in common with those before: they are computed again.
      if (at + 4 > outputs) at = outputs - 4;
      block4(x, left, right, s, b, out, second, x_offsets + at, y_offsets + at, &layer);
    }
  }
}

/// The fourth of four weights, a multiple of 16, from what the other three hold of it.
INLINED __m512i fourth(__m512i a, __m512i b, __m512i c) {
  enum { choose = 0xCA };  // Bits of the second where the first has ones, else of the third.
  __m512i first = _mm512_slli_epi16(a, 4), second = _mm512_slli_epi16(b, 8), third = _mm512_slli_epi16(c, 12);
  __m512i low = _mm512_ternarylogic_epi32(_mm512_set1_epi16(0x00F0), first, second, choose);
  return _mm512_ternarylogic_epi32(_mm512_set1_epi16(0x0FFF), low, third, choose);
}

VNNI void ckernels_vnni_convolve_column(const int16_t *x, const float *scales, const int16_t *weights,
                                      const float *filter_scales, const float *bias, float *y, long panels, long rows,
                                      long run, long row_stride, long scale_stride) {
  struct layer layer = {scales, rows, run, row_stride, scale_stride};
  for (long panel = 0; panel < panels; panel++) {
    __m512 total = _mm512_setzero_ps();
    for (long row = 0; row < rows; row++) {
      for (long start = 0; start < run; start += 32) {
        const int16_t *from = x + row * row_stride + start;
        __m512i sums[4];
        for (int i = 0; i < 4; i++) sums[i] = _mm512_setzero_si512();
        for (long k = 0; k < 32; k += 8) {
          __m512i a = _mm512_load_si512(weights), b = _mm512_load_si512(weights + 32);
          __m512i c = _mm512_load_si512(weights + 64);
          sums[0] = _mm512_dpwssd_epi32(sums[0], a, pair(from + k));
          sums[1] = _mm512_dpwssd_epi32(sums[1], b, pair(from + k + 2));
          sums[2] = _mm512_dpwssd_epi32(sums[2], c, pair(from + k + 4));
          sums[3] = _mm512_dpwssd_epi32(sums[3], fourth(a, b, c), pair(from + k + 6));
          weights += 96;
        }
        __m512i sum = _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]), _mm512_add_epi32(sums[2], sums[3]));
        total = scaled(sum, &layer, row, total);
      }
    }
    rectify(total, filter_scales + panel * 16, bias + panel * 16, y + panel * 16);
  }
}

VNNI float ckernels_vnni_quantise(const float *x, int16_t *q, long count, long largest) {
  __m512 far = _mm512_setzero_ps();
  for (long i = 0; i < count; i += 16) far = _mm512_max_ps(far, _mm512_abs_ps(_mm512_loadu_ps(x + i)));
  float farthest = _mm512_reduce_max_ps(far);
  // So small that its inverse is too large: nothing.
  float steps = farthest > 1e-30f ? (float)largest / farthest : 0;
  for (long i = 0; i < count; i += 16) {
    __m512i rounded = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), _mm512_set1_ps(steps)));
    _mm256_storeu_si256((__m256i *)(q + i), _mm512_cvtsepi32_epi16(rounded));
  }
  return steps > 0 ? farthest / (float)largest : 0;
}

VNNI long ckernels_vnni_multiply_and_add(long rounds, void *result) {
  __m512i a = _mm512_set1_epi16(3), b = _mm512_set1_epi16(5), sums[12];
  for (int i = 0; i < 12; i++) sums[i] = _mm512_set1_epi32(i);
  for (long round = 0; round < rounds; round++) {
    for (int i = 0; i < 12; i++) {
      sums[i] = _mm512_dpwssd_epi32(sums[i], a, b);
      // The compiler must not multiply once for all rounds.
      __asm__("" : "+v"(sums[i]));
    }
  }
  for (int i = 1; i < 12; i++) sums[0] = _mm512_add_epi32(sums[0], sums[i]);
  _mm512_store_si512(result, sums[0]);
  return rounds * 12 * 2 * 32;
}

#endif
