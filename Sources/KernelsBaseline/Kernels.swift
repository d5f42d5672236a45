// The inner loops of the network.
//
// This one file is compiled twice on x86-64: as the module KernelsBaseline for any processor, and, through a symbolic
// link, as KernelsAVX2 for those with AVX2 and FMA. Both land in one program, where the linker keeps a single copy of
// every generic specialisation the two have in common, whichever comes first. Hence the rule for this file: unsafe
// pointers and SIMD types alone; no array, closure, range or generic code that could leave such a copy behind.
//
// Activations are laid out [frames, bands, channels], so that what a kernel's row sees of the input is one contiguous
// run of kernel.bands · channels values, and a convolution is a matrix product whose left side needs no packing: for
// every output pixel one pointer (the "indirect convolution" of Dukhan, 2019). The right side, the weights, is packed
// once into panels of 16 output channels.

/// The number of output channels of one panel of packed weights.
package let panelWidth = 16

/// y = max(x ∗ w + bias, 0) for the outputs of one frame of a streaming convolution.
///
/// - Parameters:
///   - x: the input [frames, bands, channels], from the frame that the kernel's first row sees.
///   - weights: [panels, rows · runLength, 16], 64-byte aligned.
///   - bias: [panels, 16], 64-byte aligned.
///   - y: the output, 64-byte aligned.
///   - xOffsets: for each output, in floats from `x`, where its first run begins.
///   - yOffsets: for each output, in floats from `y`, where its channels begin; multiples of 16.
///   - rows: the kernel's extent in frames, each a run of `runLength` values of the input, `rowStride` apart.
package func convolveFrameAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  xOffsets: UnsafePointer<Int32>, yOffsets: UnsafePointer<Int32>, outputs: Int, panels: Int, rows: Int,
  runLength: Int, rowStride: Int
) {
  var sixes = outputs / 6
  var ones = outputs &- 6 &* sixes
  var fours = 0
  if ones == 2, sixes > 0 {
    sixes &-= 1
    fours = 2
    ones = 0
  } else if ones >= 4 {
    fours = 1
    ones &-= 4
  }
  var panel = 0
  while panel < panels {
    let w = weights + panel &* rows &* runLength &* 64
    let b = bias + panel &* 64
    let out = y + panel &* 64
    var from = xOffsets
    var to = yOffsets
    var group = 0
    while group < sixes {
      sixPixels(x, w, b, out, from, to, rows, runLength, rowStride)
      from += 6
      to += 6
      group &+= 1
    }
    group = 0
    while group < fours {
      fourPixels(x, w, b, out, from, to, rows, runLength, rowStride)
      from += 4
      to += 4
      group &+= 1
    }
    group = 0
    while group < ones {
      onePixel(x + Int(from[0]), w, b, out, to[0], rows, runLength, rowStride)
      from += 1
      to += 1
      group &+= 1
    }
    panel &+= 1
  }
}

/// y = max(x ∗ w + bias, 0) for a frame of one output, where every weight is used once: what takes time is to fetch them
/// from memory. So they are bfloat16, the upper half of a float, which takes one shift to be one again. A weight's 8 bits
/// change no score by more than a hundredth of the largest.
///
/// - Parameters:
///   - weights: [panels, rows · runLength / 2, 16] pairs of bfloat16, 64-byte aligned: the first in the lower half.
///   - runLength: even.
package func convolveColumnAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  panels: Int, rows: Int, runLength: Int, rowStride: Int
) {
  let zero = SIMD8<Float>(repeating: 0)
  var w = weights
  var panel = 0
  while panel < panels {
    var x = x
    var (l0, r0) = (vector(bias, panel &* 64), vector(bias, panel &* 64 &+ 32))
    var (l1, l2, l3, r1, r2, r3) = (zero, zero, zero, zero, zero, zero)
    var row = 0
    while row < rows {
      var k = 0
      while k &+ 4 <= runLength {
        let (lp0, rp0, lp1, rp1) = (pairs(w, 0), pairs(w, 32), pairs(w, 64), pairs(w, 96))
        let v0 = SIMD8<Float>(repeating: x[k])
        l0 = multiplyAdd(v0, first(lp0), l0)
        r0 = multiplyAdd(v0, first(rp0), r0)
        let v1 = SIMD8<Float>(repeating: x[k &+ 1])
        l1 = multiplyAdd(v1, second(lp0), l1)
        r1 = multiplyAdd(v1, second(rp0), r1)
        let v2 = SIMD8<Float>(repeating: x[k &+ 2])
        l2 = multiplyAdd(v2, first(lp1), l2)
        r2 = multiplyAdd(v2, first(rp1), r2)
        let v3 = SIMD8<Float>(repeating: x[k &+ 3])
        l3 = multiplyAdd(v3, second(lp1), l3)
        r3 = multiplyAdd(v3, second(rp1), r3)
        w += 128
        k &+= 4
      }
      while k < runLength {
        let (lp, rp) = (pairs(w, 0), pairs(w, 32))
        let (v0, v1) = (SIMD8<Float>(repeating: x[k]), SIMD8<Float>(repeating: x[k &+ 1]))
        l0 = multiplyAdd(v0, first(lp), l0)
        r0 = multiplyAdd(v0, first(rp), r0)
        l1 = multiplyAdd(v1, second(lp), l1)
        r1 = multiplyAdd(v1, second(rp), r1)
        w += 64
        k &+= 2
      }
      x += rowStride
      row &+= 1
    }
    rectify((l0 + l1) + (l2 + l3), y + panel &* 64, 0, 0)
    rectify((r0 + r1) + (r2 + r3), y + panel &* 64, 0, 1)
    panel &+= 1
  }
}

/// One pixel × 16 channels, the products dealt to four pairs of sums so that none waits for the one before it; `runLength`
/// is a multiple of four.
@inline(__always)
private func onePixel(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  _ yOffset: Int32, _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  var x = x
  var w = w
  let zero = SIMD8<Float>(repeating: 0)
  var (l0, r0) = (vector(bias, 0), vector(bias, 32))
  var (l1, l2, l3, r1, r2, r3) = (zero, zero, zero, zero, zero, zero)
  var row = 0
  while row < rows {
    var k = 0
    while k < runLength {
      let v0 = SIMD8<Float>(repeating: x[k])
      l0 = multiplyAdd(v0, vector(w, 0), l0)
      r0 = multiplyAdd(v0, vector(w, 32), r0)
      let v1 = SIMD8<Float>(repeating: x[k &+ 1])
      l1 = multiplyAdd(v1, vector(w, 64), l1)
      r1 = multiplyAdd(v1, vector(w, 96), r1)
      let v2 = SIMD8<Float>(repeating: x[k &+ 2])
      l2 = multiplyAdd(v2, vector(w, 128), l2)
      r2 = multiplyAdd(v2, vector(w, 160), r2)
      let v3 = SIMD8<Float>(repeating: x[k &+ 3])
      l3 = multiplyAdd(v3, vector(w, 192), l3)
      r3 = multiplyAdd(v3, vector(w, 224), r3)
      w += 256
      k &+= 4
    }
    x += rowStride
    row &+= 1
  }
  rectify((l0 + l1) + (l2 + l3), y, yOffset, 0)
  rectify((r0 + r1) + (r2 + r3), y, yOffset, 1)
}

@inline(__always)
private func vector(_ base: UnsafeRawPointer, _ offset: Int) -> SIMD8<Float> {
  base.load(fromByteOffset: offset, as: SIMD8<Float>.self)
}

@inline(__always)
private func pairs(_ base: UnsafeRawPointer, _ offset: Int) -> SIMD8<UInt32> {
  base.load(fromByteOffset: offset, as: SIMD8<UInt32>.self)
}

@inline(__always)
private func first(_ pairs: SIMD8<UInt32>) -> SIMD8<Float> {
  unsafeBitCast(pairs &<< SIMD8<UInt32>(repeating: 16), to: SIMD8<Float>.self)
}

@inline(__always)
private func second(_ pairs: SIMD8<UInt32>) -> SIMD8<Float> {
  unsafeBitCast(pairs & SIMD8<UInt32>(repeating: 0xFFFF_0000), to: SIMD8<Float>.self)
}

/// a · b + c, rounded once where the processor can, twice elsewhere: there `addingProduct` is eight calls of `fmaf`.
@inline(__always)
private func multiplyAdd(_ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>) -> SIMD8<Float> {
  #if FMA || arch(arm64)
    c.addingProduct(a, b)
  #else
    c + a * b
  #endif
}

@inline(__always)
private func rectify(_ v: SIMD8<Float>, _ y: UnsafeMutableRawPointer, _ floats: Int32, _ half: Int) {
  let zero = SIMD8<Float>(repeating: 0)
  y.storeBytes(
    of: v.replacing(with: zero, where: v .< zero), toByteOffset: Int(floats) &* 4 &+ half &* 32, as: SIMD8<Float>.self)
}

/// Six pixels × 16 channels: with FMA twelve accumulators, two vectors of weights and one of the input, fifteen of the
/// sixteen registers of AVX2. Where a vector of eight takes two registers (SSE), the two halves come one after the other.
@inline(__always)
private func sixPixels(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>, _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  #if FMA || arch(arm64)
    var x0 = x + Int(xOffsets[0])
    var x1 = x + Int(xOffsets[1])
    var x2 = x + Int(xOffsets[2])
    var x3 = x + Int(xOffsets[3])
    var x4 = x + Int(xOffsets[4])
    var x5 = x + Int(xOffsets[5])
    var w = w
    let (left, right) = (vector(bias, 0), vector(bias, 32))
    var (l0, l1, l2, l3, l4, l5) = (left, left, left, left, left, left)
    var (r0, r1, r2, r3, r4, r5) = (right, right, right, right, right, right)
    var row = 0
    while row < rows {
      var k = 0
      while k < runLength {
        let (lw, rw) = (vector(w, 0), vector(w, 32))
        w += 64
        let v0 = SIMD8<Float>(repeating: x0[k])
        l0 = multiplyAdd(v0, lw, l0)
        r0 = multiplyAdd(v0, rw, r0)
        let v1 = SIMD8<Float>(repeating: x1[k])
        l1 = multiplyAdd(v1, lw, l1)
        r1 = multiplyAdd(v1, rw, r1)
        let v2 = SIMD8<Float>(repeating: x2[k])
        l2 = multiplyAdd(v2, lw, l2)
        r2 = multiplyAdd(v2, rw, r2)
        let v3 = SIMD8<Float>(repeating: x3[k])
        l3 = multiplyAdd(v3, lw, l3)
        r3 = multiplyAdd(v3, rw, r3)
        let v4 = SIMD8<Float>(repeating: x4[k])
        l4 = multiplyAdd(v4, lw, l4)
        r4 = multiplyAdd(v4, rw, r4)
        let v5 = SIMD8<Float>(repeating: x5[k])
        l5 = multiplyAdd(v5, lw, l5)
        r5 = multiplyAdd(v5, rw, r5)
        k &+= 1
      }
      x0 += rowStride
      x1 += rowStride
      x2 += rowStride
      x3 += rowStride
      x4 += rowStride
      x5 += rowStride
      row &+= 1
    }
    rectify(l0, y, yOffsets[0], 0)
    rectify(r0, y, yOffsets[0], 1)
    rectify(l1, y, yOffsets[1], 0)
    rectify(r1, y, yOffsets[1], 1)
    rectify(l2, y, yOffsets[2], 0)
    rectify(r2, y, yOffsets[2], 1)
    rectify(l3, y, yOffsets[3], 0)
    rectify(r3, y, yOffsets[3], 1)
    rectify(l4, y, yOffsets[4], 0)
    rectify(r4, y, yOffsets[4], 1)
    rectify(l5, y, yOffsets[5], 0)
    rectify(r5, y, yOffsets[5], 1)
  #else
    var half = 0
    while half < 2 {
      sixPixelsOfHalf(x, w + half &* 32, bias + half &* 32, y, xOffsets, yOffsets, rows, runLength, rowStride, half)
      half &+= 1
    }
  #endif
}

/// Four pixels × 16 channels: what is left where the pixels are no multiple of six.
@inline(__always)
private func fourPixels(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>, _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  var x0 = x + Int(xOffsets[0])
  var x1 = x + Int(xOffsets[1])
  var x2 = x + Int(xOffsets[2])
  var x3 = x + Int(xOffsets[3])
  var w = w
  let (left, right) = (vector(bias, 0), vector(bias, 32))
  var (l0, l1, l2, l3) = (left, left, left, left)
  var (r0, r1, r2, r3) = (right, right, right, right)
  var row = 0
  while row < rows {
    var k = 0
    while k < runLength {
      let (lw, rw) = (vector(w, 0), vector(w, 32))
      w += 64
      let v0 = SIMD8<Float>(repeating: x0[k])
      l0 = multiplyAdd(v0, lw, l0)
      r0 = multiplyAdd(v0, rw, r0)
      let v1 = SIMD8<Float>(repeating: x1[k])
      l1 = multiplyAdd(v1, lw, l1)
      r1 = multiplyAdd(v1, rw, r1)
      let v2 = SIMD8<Float>(repeating: x2[k])
      l2 = multiplyAdd(v2, lw, l2)
      r2 = multiplyAdd(v2, rw, r2)
      let v3 = SIMD8<Float>(repeating: x3[k])
      l3 = multiplyAdd(v3, lw, l3)
      r3 = multiplyAdd(v3, rw, r3)
      k &+= 1
    }
    x0 += rowStride
    x1 += rowStride
    x2 += rowStride
    x3 += rowStride
    row &+= 1
  }
  rectify(l0, y, yOffsets[0], 0)
  rectify(r0, y, yOffsets[0], 1)
  rectify(l1, y, yOffsets[1], 0)
  rectify(r1, y, yOffsets[1], 1)
  rectify(l2, y, yOffsets[2], 0)
  rectify(r2, y, yOffsets[2], 1)
  rectify(l3, y, yOffsets[3], 0)
  rectify(r3, y, yOffsets[3], 1)
}

#if !(FMA || arch(arm64))
  @inline(__always)
  private func sixPixelsOfHalf(
    _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
    _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>, _ rows: Int, _ runLength: Int,
    _ rowStride: Int, _ half: Int
  ) {
    var x0 = x + Int(xOffsets[0])
    var x1 = x + Int(xOffsets[1])
    var x2 = x + Int(xOffsets[2])
    var x3 = x + Int(xOffsets[3])
    var x4 = x + Int(xOffsets[4])
    var x5 = x + Int(xOffsets[5])
    var w = w
    let start = vector(bias, 0)
    var (c0, c1, c2, c3, c4, c5) = (start, start, start, start, start, start)
    var row = 0
    while row < rows {
      var k = 0
      while k < runLength {
        let weights = vector(w, 0)
        w += 64
        c0 = multiplyAdd(SIMD8<Float>(repeating: x0[k]), weights, c0)
        c1 = multiplyAdd(SIMD8<Float>(repeating: x1[k]), weights, c1)
        c2 = multiplyAdd(SIMD8<Float>(repeating: x2[k]), weights, c2)
        c3 = multiplyAdd(SIMD8<Float>(repeating: x3[k]), weights, c3)
        c4 = multiplyAdd(SIMD8<Float>(repeating: x4[k]), weights, c4)
        c5 = multiplyAdd(SIMD8<Float>(repeating: x5[k]), weights, c5)
        k &+= 1
      }
      x0 += rowStride
      x1 += rowStride
      x2 += rowStride
      x3 += rowStride
      x4 += rowStride
      x5 += rowStride
      row &+= 1
    }
    rectify(c0, y, yOffsets[0], half)
    rectify(c1, y, yOffsets[1], half)
    rectify(c2, y, yOffsets[2], half)
    rectify(c3, y, yOffsets[3], half)
    rectify(c4, y, yOffsets[4], half)
    rectify(c5, y, yOffsets[5], half)
  }
#endif
