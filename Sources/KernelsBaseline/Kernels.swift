// The inner loops of the network.
//
// This one file is compiled twice on x86-64: as the module KernelsBaseline for any processor, and, through a symbolic
// link, as KernelsAVX2 for those with AVX2 and FMA. Both land in one program, where the linker keeps a single copy of
// every generic specialisation the two have in common, whichever comes first. Hence the rule for this file: unsafe
// pointers and SIMD types alone; no array, closure, range or generic code that could leave such a copy behind.
//
// Activations are laid out [bands, frames, channels], so that what a kernel's row sees of the input is one contiguous
// run of kernel.frames · channels values, and a convolution is a matrix product whose left side needs no packing: for
// every output pixel one pointer (the "indirect convolution" of Dukhan, 2019). The right side, the weights, is packed
// once into panels of 16 output channels.

/// The number of output channels of one panel of packed weights.
public let panelWidth = 16

/// The packed weight of 8 bits that stands for 0.
public let packedZero = 128

/// The packed weight of 16 bits that stands for 0.
public let packedFineZero = 32_768

/// y = max(x ∗ w + bias, 0), for groups of six, then of four output pixels.
///
/// - Parameters:
///   - x: the input [bands, frames, channels] with its border of zeros.
///   - weights: [panels, ⌈rows · runLength / 2⌉, 8, 2, 2] numbers of 8 bits, 64-byte aligned; a weight is its channel's
///     scale times what its number is above `packedZero`. Each 32 bits are two weights of channels c and c + 8 each, the
///     first of each, then the second; what is over at the end is not used. Or, if `fine`, [panels, rows · runLength, 8, 2]
///     numbers of 16 bits above `packedFineZero`, each 32 bits a weight of channel c and one of c + 8.
///   - scales: [panels, 16], 64-byte aligned.
///   - bias: [panels, 16], 64-byte aligned.
///   - scratch: room for [2 · ⌈rows · runLength / 2⌉, 16] floats, 64-byte aligned.
///   - y: the output, 64-byte aligned.
///   - xOffsets: for each output pixel, in floats from `x`, where its first run begins; as many as 6 · sixes + 4 · fours.
///   - yOffsets: for each output pixel, in floats from `y`, where its channels begin; multiples of 16.
///   - rows: the kernel's extent in bands, each a run of `runLength` values of the input, `rowStride` apart.
public func convolveAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, fine: Bool, _ scales: UnsafeRawPointer,
  _ bias: UnsafeRawPointer, _ scratch: UnsafeMutableRawPointer, _ y: UnsafeMutableRawPointer,
  xOffsets: UnsafePointer<Int32>, yOffsets: UnsafePointer<Int32>, sixes: Int, fours: Int, panels: Int, rows: Int,
  runLength: Int, rowStride: Int
) {
  let length = rows &* runLength
  let pairs = (length &+ 1) / 2
  let w = UnsafeRawPointer(scratch)
  var panel = 0
  while panel < panels {
    if fine {
      unpackFine(weights + panel &* length &* 32, scales + panel &* 64, length, scratch)
    } else {
      unpack(weights + panel &* pairs &* 32, scales + panel &* 64, pairs, scratch)
    }
    let b = bias + panel &* 64
    let out = y + panel &* 64
    var from = xOffsets
    var to = yOffsets
    var group = 0
    // The run of a 5×5 kernel over a single channel is so short that its loop must be unrolled to be worth its while.
    if runLength == 5 {
      while group < sixes {
        sixPixels(x, w, b, out, from, to, rows, 5, rowStride)
        from += 6
        to += 6
        group &+= 1
      }
    } else {
      while group < sixes {
        sixPixels(x, w, b, out, from, to, rows, runLength, rowStride)
        from += 6
        to += 6
        group &+= 1
      }
    }
    group = 0
    while group < fours {
      fourPixels(x, w, b, out, from, to, rows, runLength, rowStride)
      from += 4
      to += 4
      group &+= 1
    }
    panel &+= 1
  }
}

/// y = max(x ∗ w + bias, 0) for the outputs of one frame of a streaming convolution, with weights that are floats already:
/// a frame has too few outputs for unpacking to pay.
///
/// - Parameters:
///   - x: the input [frames, bands, channels], from the frame that the kernel's first row sees.
///   - weights: [panels, rows · runLength, 16], 64-byte aligned.
///   - bias: [panels, 16], 64-byte aligned.
///   - y: the output, 64-byte aligned.
///   - xOffsets, yOffsets: for each output as in `convolveAndRectify`; as many as 6 · sixes + 4 · fours + ones.
///   - rows: the kernel's extent in frames, each a run of `runLength` values of the input, `rowStride` apart.
public func convolveFrameAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  xOffsets: UnsafePointer<Int32>, yOffsets: UnsafePointer<Int32>, sixes: Int, fours: Int, ones: Int, panels: Int,
  rows: Int, runLength: Int, rowStride: Int
) {
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

/// The mean over time, then the linear layer: logits[c] = bias[c] + Σ weights[c, i] · mean over frames of x[i].
///
/// - Parameters:
///   - x: the last activations [bands, frames, channels], 64-byte aligned; channels is a multiple of 16.
///   - weights: [classes, bands, channels], already divided by the number of frames, 64-byte aligned.
///   - bias: [classes].
///   - sums: room for [bands, channels], 64-byte aligned.
///   - logits: room for [classes].
public func averageAndClassify(
  _ x: UnsafeRawPointer, _ weights: UnsafeRawPointer, _ bias: UnsafePointer<Float>, _ sums: UnsafeMutableRawPointer,
  _ logits: UnsafeMutablePointer<Float>, bands: Int, frames: Int, channels: Int, classes: Int
) {
  let row = channels &* 4
  var band = 0
  while band < bands {
    let from = x + band &* frames &* row
    var offset = 0
    while offset < row {
      var sum = vector(from, offset)
      var frame = 1
      while frame < frames {
        sum += vector(from, frame &* row &+ offset)
        frame &+= 1
      }
      sums.storeBytes(of: sum, toByteOffset: band &* row &+ offset, as: SIMD8<Float>.self)
      offset &+= 32
    }
    band &+= 1
  }
  let length = bands &* row
  var c = 0
  while c < classes {
    let w = weights + c &* length
    var even = SIMD8<Float>(repeating: 0)
    var odd = SIMD8<Float>(repeating: 0)
    var offset = 0
    while offset < length {
      even = multiplyAdd(vector(sums, offset), vector(w, offset), even)
      odd = multiplyAdd(vector(sums, offset &+ 32), vector(w, offset &+ 32), odd)
      offset &+= 64
    }
    let all = even + odd
    let four = all.lowHalf + all.highHalf
    let two = four.lowHalf + four.highHalf
    logits[c] = bias[c] + two.x + two.y
    c &+= 1
  }
}

/// One panel's weights as floats: [2 · pairs, 16]. Once for all its pixels, so that it costs next to nothing.
@inline(__always)
private func unpack(
  _ packed: UnsafeRawPointer, _ scales: UnsafeRawPointer, _ pairs: Int, _ weights: UnsafeMutableRawPointer
) {
  let (left, right) = (vector(scales, 0), vector(scales, 32))
  var pair = 0
  while pair < pairs {
    let numbers = packed.load(fromByteOffset: pair &* 32, as: SIMD8<UInt32>.self)
    let first = pair &* 128
    weights.storeBytes(of: lastByte(numbers) * left, toByteOffset: first, as: SIMD8<Float>.self)
    weights.storeBytes(
      of: lastByte(numbers &>> SIMD8<UInt32>(repeating: 8)) * right, toByteOffset: first &+ 32, as: SIMD8<Float>.self)
    weights.storeBytes(
      of: lastByte(numbers &>> SIMD8<UInt32>(repeating: 16)) * left, toByteOffset: first &+ 64, as: SIMD8<Float>.self)
    weights.storeBytes(
      of: lastByte(numbers &>> SIMD8<UInt32>(repeating: 24)) * right, toByteOffset: first &+ 96, as: SIMD8<Float>.self)
    pair &+= 1
  }
}

/// The same for weights of 16 bits: [length, 16].
@inline(__always)
private func unpackFine(
  _ packed: UnsafeRawPointer, _ scales: UnsafeRawPointer, _ length: Int, _ weights: UnsafeMutableRawPointer
) {
  let (left, right) = (vector(scales, 0), vector(scales, 32))
  let low = SIMD8<UInt32>(repeating: 0xFFFF)
  let zero = SIMD8<Float>(repeating: 8_388_608 + 32_768)
  var k = 0
  while k < length {
    let numbers = packed.load(fromByteOffset: k &* 32, as: SIMD8<UInt32>.self)
    let l = whole(numbers & low) - zero
    let r = whole(numbers &>> SIMD8<UInt32>(repeating: 16)) - zero
    weights.storeBytes(of: l * left, toByteOffset: k &* 64, as: SIMD8<Float>.self)
    weights.storeBytes(of: r * right, toByteOffset: k &* 64 &+ 32, as: SIMD8<Float>.self)
    k &+= 1
  }
}

/// What the last eight bits of each number are above `packedZero`.
@inline(__always)
private func lastByte(_ numbers: SIMD8<UInt32>) -> SIMD8<Float> {
  whole(numbers & SIMD8<UInt32>(repeating: 0xFF)) - SIMD8<Float>(repeating: 8_388_608 + 128)
}

/// 2²³ + n for whole numbers n under 2²³: its bits are those of 2²³ with n in the last ones, so no conversion is needed.
@inline(__always)
private func whole(_ numbers: SIMD8<UInt32>) -> SIMD8<Float> {
  unsafeBitCast(numbers | SIMD8<UInt32>(repeating: 0x4B00_0000), to: SIMD8<Float>.self)
}

@inline(__always)
private func vector(_ base: UnsafeRawPointer, _ offset: Int) -> SIMD8<Float> {
  base.load(fromByteOffset: offset, as: SIMD8<Float>.self)
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
