// The kernels in floats, written once and compiled for each instruction set by the file that includes this one. It defines:
//
//   NAME(function)  the function's full name
//   LANES           floats in a vector
//   HAS_FMA         whether the processor can round once after a · b + c; elsewhere it is a product and a sum
//   VECTORS         vectors of output channels that are computed together, of one panel or of two side by side
//   PIXELS          outputs that are computed together; PIXELS · VECTORS sums stay in registers, beside VECTORS vectors
//                   of weights and one of the input
//   COLUMN_SUMS     sums among which the products of a column are dealt, so that none waits for the one before it
#include "ckernels.h"

#define INLINED static inline __attribute__((always_inline))

enum { PANEL = ckernels_panel_width, SUMS = 4 };

typedef float vector __attribute__((vector_size(LANES * 4)));
typedef uint32_t pairs __attribute__((vector_size(LANES * 4)));

/// The sum with a · b added.
INLINED vector plus_product(vector sum, vector a, float b) {
#if HAS_FMA
  return __builtin_elementwise_fma(a, (vector){} + b, sum);
#else
  return sum + a * b;
#endif
}

/// A convolution, as the loops over its outputs need it.
struct layer {
  long rows, run, row_stride;
};

/// Where the vectors of output channels that are computed together lie, in floats.
struct place {
  const float *weights[VECTORS];
  const float *bias[VECTORS];
  float *y[VECTORS];
};

/// max(v, 0), and NaN for NaN.
INLINED void rectify(vector v, float *y) {
  *(vector *)y = (vector)((pairs)v & ~(pairs)(v < 0));
}

/// `COUNT` outputs × `VECTORS` vectors of channels.
#define BLOCK(COUNT)                                                                                                   \
  INLINED void block##COUNT(const float *x, const struct place *place, const int32_t *x_offsets,                       \
                            const int32_t *y_offsets, const struct layer *layer) {                                     \
    const float *from[COUNT], *weights[VECTORS];                                                                       \
    vector sums[COUNT][VECTORS];                                                                                       \
    for (int v = 0; v < VECTORS; v++) weights[v] = place->weights[v];                                                  \
    for (int p = 0; p < COUNT; p++) {                                                                                  \
      from[p] = x + x_offsets[p];                                                                                      \
      for (int v = 0; v < VECTORS; v++) sums[p][v] = *(const vector *)place->bias[v];                                  \
    }                                                                                                                  \
    for (long row = 0; row < layer->rows; row++) {                                                                     \
      for (long k = 0; k < layer->run; k++) {                                                                          \
        vector w[VECTORS];                                                                                             \
        for (int v = 0; v < VECTORS; v++) {                                                                            \
          w[v] = *(const vector *)weights[v];                                                                          \
          weights[v] += PANEL;                                                                                         \
        }                                                                                                              \
        for (int p = 0; p < COUNT; p++)                                                                                \
          for (int v = 0; v < VECTORS; v++) sums[p][v] = plus_product(sums[p][v], w[v], from[p][k]);                                           \
      }                                                                                                                \
      for (int p = 0; p < COUNT; p++) from[p] += layer->row_stride;                                                    \
    }                                                                                                                  \
    for (int p = 0; p < COUNT; p++)                                                                                    \
      for (int v = 0; v < VECTORS; v++) rectify(sums[p][v], place->y[v] + y_offsets[p]);                               \
  }
BLOCK(6)
BLOCK(8)
BLOCK(4)

#define BLOCK_OF(COUNT) JOINED(block, COUNT)
#define JOINED(A, B) JOINED_AS_THEY_ARE(A, B)
#define JOINED_AS_THEY_ARE(A, B) A##B

/// One output, the products dealt to four sums.
INLINED void one(const float *x, const struct place *place, long y_offset, const struct layer *layer) {
  for (int v = 0; v < VECTORS; v++) {
    const float *from = x, *weights = place->weights[v];
    vector sums[SUMS] = {*(const vector *)place->bias[v]};
    for (long row = 0; row < layer->rows; row++) {
      long k = 0;
      for (; k + SUMS <= layer->run; k += SUMS) {
        for (int i = 0; i < SUMS; i++)
          sums[i] = plus_product(sums[i], *(const vector *)(weights + i * PANEL), from[k + i]);
        weights += SUMS * PANEL;
      }
      for (; k < layer->run; k++) {
        sums[0] = plus_product(sums[0], *(const vector *)weights, from[k]);
        weights += PANEL;
      }
      from += layer->row_stride;
    }
    rectify((sums[0] + sums[1]) + (sums[2] + sums[3]), place->y[v] + y_offset);
  }
}

void NAME(convolve)(const float *x, const float *weights, const float *bias, float *y, const int32_t *x_offsets,
                    const int32_t *y_offsets, long outputs, long panels, long rows, long run, long row_stride) {
  struct layer layer = {rows, run, row_stride};
  long vectors = panels * PANEL / LANES;
  for (long first = 0; first < vectors; first += VECTORS) {
    struct place place;
    for (int v = 0; v < VECTORS; v++) {
      // Where the panels are odd in number, the last may be computed twice.
      long channel = (first + v < vectors ? first + v : first) * LANES;
      place.weights[v] = weights + channel / PANEL * PANEL * rows * run + channel % PANEL;
      place.bias[v] = bias + channel;
      place.y[v] = y + channel;
    }
    long at = 0;
    // A rest of one to three is avoided: it would be computed as a block of four.
    for (; outputs - at >= PIXELS && (outputs - at == PIXELS || outputs - at >= PIXELS + 4); at += PIXELS)
      BLOCK_OF(PIXELS)(x, &place, x_offsets + at, y_offsets + at, &layer);
    for (; at < outputs && outputs >= 4; at += 4) {
      // The last four may have outputs in common with those before: they are computed again.
      if (at + 4 > outputs) at = outputs - 4;
      block4(x, &place, x_offsets + at, y_offsets + at, &layer);
    }
    for (; at < outputs; at++) one(x + x_offsets[at], &place, y_offsets[at], &layer);
  }
}

INLINED vector lower(pairs p) { return (vector)(p << 16); }
INLINED vector upper(pairs p) { return (vector)(p & 0xFFFF0000); }

void NAME(convolve_column)(const float *x, const uint32_t *weights, const float *bias, float *y, long panels, long rows,
                           long run, long row_stride) {
  enum { PARTS = PANEL / LANES };
  for (long panel = 0; panel < panels; panel++) {
    const float *from = x;
    vector sums[COLUMN_SUMS][PARTS];
    for (int i = 0; i < COLUMN_SUMS; i++)
      for (int part = 0; part < PARTS; part++)
        sums[i][part] = i > 0 ? (vector){} : *(const vector *)(bias + panel * PANEL + part * LANES);
    for (long row = 0; row < rows; row++) {
      long k = 0;
      for (; k + COLUMN_SUMS <= run; k += COLUMN_SUMS) {
        for (int i = 0; i < COLUMN_SUMS; i += 2) {
          for (int part = 0; part < PARTS; part++) {
            pairs p = *(const pairs *)(weights + part * LANES);
            sums[i][part] = plus_product(sums[i][part], lower(p), from[k + i]);
            sums[i + 1][part] = plus_product(sums[i + 1][part], upper(p), from[k + i + 1]);
          }
          weights += PANEL;
        }
      }
      for (; k < run; k += 2) {
        for (int part = 0; part < PARTS; part++) {
          pairs p = *(const pairs *)(weights + part * LANES);
          sums[0][part] = plus_product(sums[0][part], lower(p), from[k]);
          sums[1][part] = plus_product(sums[1][part], upper(p), from[k + 1]);
        }
        weights += PANEL;
      }
      from += row_stride;
    }
    for (int part = 0; part < PARTS; part++) {
      for (int step = 1; step < COLUMN_SUMS; step *= 2)
        for (int i = 0; i < COLUMN_SUMS; i += 2 * step) sums[i][part] += sums[i + step][part];
      rectify(sums[0][part], y + panel * PANEL + part * LANES);
    }
  }
}

long NAME(multiply_and_add)(long rounds, void *result) {
  enum { COUNT = 12 };
  vector sums[COUNT];
  for (int i = 0; i < COUNT; i++) sums[i] = (vector){} + (i % 2 ? 0.25f : 0.75f);
  for (long round = 0; round < rounds; round++)
    for (int i = 0; i < COUNT; i++) sums[i] = plus_product((vector){} + 0.25f, sums[i], 0.75f);
  for (int i = 1; i < COUNT; i++) sums[0] += sums[i];
  *(vector *)result = sums[0];
  return rounds * COUNT * 2 * LANES;
}
