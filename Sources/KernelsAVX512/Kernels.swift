// The inner loops of the network for processors with AVX-512: what KernelsBaseline/Kernels.swift says holds here, too. The
// blocks differ, because there are 32 registers, and one of them holds a panel's 16 channels.

/// See KernelsBaseline. Two panels at once: where their number is odd, the last is computed twice.
package func convolveFrameAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  xOffsets: UnsafePointer<Int32>, yOffsets: UnsafePointer<Int32>, outputs: Int, panels: Int, rows: Int,
  runLength: Int, rowStride: Int
) {
  let panelBytes = rows &* runLength &* 64
  var panel = 0
  while panel < panels {
    let second = panel &+ 1 < panels ? 1 : 0
    let w = weights + panel &* panelBytes
    let b = bias + panel &* 64
    let out = y + panel &* 64
    var at = 0
    while at &+ 8 <= outputs {
      eightPixels(
        x, w, w + second &* panelBytes, b, out, second &* 64, xOffsets + at, yOffsets + at, rows, runLength, rowStride)
      at &+= 8
    }
    while at < outputs, outputs >= 4 {
      // The last four may have outputs in common with those before: they are computed again.
      at = at &+ 4 <= outputs ? at : outputs &- 4
      fourPixels(
        x, w, w + second &* panelBytes, b, out, second &* 64, xOffsets + at, yOffsets + at, rows, runLength, rowStride)
      at &+= 4
    }
    while at < outputs {
      onePixel(x + Int(xOffsets[at]), w, b, out, yOffsets[at], rows, runLength, rowStride)
      if second == 1 {
        onePixel(x + Int(xOffsets[at]), w + panelBytes, b + 64, out + 64, yOffsets[at], rows, runLength, rowStride)
      }
      at &+= 1
    }
    panel &+= 2
  }
}

/// See KernelsBaseline.
package func convolveColumnAndRectify(
  _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  panels: Int, rows: Int, runLength: Int, rowStride: Int
) {
  let zero = SIMD16<Float>(repeating: 0)
  var w = weights
  var panel = 0
  while panel < panels {
    var x = x
    var (c0, c1, c2, c3, c4, c5, c6, c7) = (vector(bias, panel &* 64), zero, zero, zero, zero, zero, zero, zero)
    var row = 0
    while row < rows {
      var k = 0
      while k &+ 8 <= runLength {
        let (p0, p1, p2, p3) = (pairs(w, 0), pairs(w, 64), pairs(w, 128), pairs(w, 192))
        c0 = multiplyAdd(SIMD16(repeating: x[k]), first(p0), c0)
        c1 = multiplyAdd(SIMD16(repeating: x[k &+ 1]), second(p0), c1)
        c2 = multiplyAdd(SIMD16(repeating: x[k &+ 2]), first(p1), c2)
        c3 = multiplyAdd(SIMD16(repeating: x[k &+ 3]), second(p1), c3)
        c4 = multiplyAdd(SIMD16(repeating: x[k &+ 4]), first(p2), c4)
        c5 = multiplyAdd(SIMD16(repeating: x[k &+ 5]), second(p2), c5)
        c6 = multiplyAdd(SIMD16(repeating: x[k &+ 6]), first(p3), c6)
        c7 = multiplyAdd(SIMD16(repeating: x[k &+ 7]), second(p3), c7)
        w += 256
        k &+= 8
      }
      while k < runLength {
        let p = pairs(w, 0)
        c0 = multiplyAdd(SIMD16(repeating: x[k]), first(p), c0)
        c1 = multiplyAdd(SIMD16(repeating: x[k &+ 1]), second(p), c1)
        w += 64
        k &+= 2
      }
      x += rowStride
      row &+= 1
    }
    rectify(((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (c6 + c7)), y, 0, panel &* 64)
    panel &+= 1
  }
}

@inline(__always)
private func vector(_ base: UnsafeRawPointer, _ offset: Int) -> SIMD16<Float> {
  base.load(fromByteOffset: offset, as: SIMD16<Float>.self)
}

@inline(__always)
private func pairs(_ base: UnsafeRawPointer, _ offset: Int) -> SIMD16<UInt32> {
  base.load(fromByteOffset: offset, as: SIMD16<UInt32>.self)
}

@inline(__always)
private func first(_ pairs: SIMD16<UInt32>) -> SIMD16<Float> {
  unsafeBitCast(pairs &<< SIMD16<UInt32>(repeating: 16), to: SIMD16<Float>.self)
}

@inline(__always)
private func second(_ pairs: SIMD16<UInt32>) -> SIMD16<Float> {
  unsafeBitCast(pairs & SIMD16<UInt32>(repeating: 0xFFFF_0000), to: SIMD16<Float>.self)
}

@inline(__always)
private func multiplyAdd(_ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>) -> SIMD16<Float> {
  c.addingProduct(a, b)
}

@inline(__always)
private func rectify(_ v: SIMD16<Float>, _ y: UnsafeMutableRawPointer, _ floats: Int32, _ bytes: Int) {
  let zero = SIMD16<Float>(repeating: 0)
  y.storeBytes(
    of: v.replacing(with: zero, where: v .< zero), toByteOffset: Int(floats) &* 4 &+ bytes, as: SIMD16<Float>.self)
}

/// Eight pixels × two panels: sixteen accumulators, two vectors of weights and one of the input.
@inline(__always)
private func eightPixels(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ secondW: UnsafeRawPointer, _ bias: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer, _ secondPanel: Int, _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>,
  _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  var x0 = x + Int(xOffsets[0])
  var x1 = x + Int(xOffsets[1])
  var x2 = x + Int(xOffsets[2])
  var x3 = x + Int(xOffsets[3])
  var x4 = x + Int(xOffsets[4])
  var x5 = x + Int(xOffsets[5])
  var x6 = x + Int(xOffsets[6])
  var x7 = x + Int(xOffsets[7])
  var (lw, rw) = (w, secondW)
  let (left, right) = (vector(bias, 0), vector(bias, secondPanel))
  var (l0, l1, l2, l3, l4, l5, l6, l7) = (left, left, left, left, left, left, left, left)
  var (r0, r1, r2, r3, r4, r5, r6, r7) = (right, right, right, right, right, right, right, right)
  var row = 0
  while row < rows {
    var k = 0
    while k < runLength {
      let (lv, rv) = (vector(lw, 0), vector(rw, 0))
      lw += 64
      rw += 64
      let v0 = SIMD16<Float>(repeating: x0[k])
      l0 = multiplyAdd(v0, lv, l0)
      r0 = multiplyAdd(v0, rv, r0)
      let v1 = SIMD16<Float>(repeating: x1[k])
      l1 = multiplyAdd(v1, lv, l1)
      r1 = multiplyAdd(v1, rv, r1)
      let v2 = SIMD16<Float>(repeating: x2[k])
      l2 = multiplyAdd(v2, lv, l2)
      r2 = multiplyAdd(v2, rv, r2)
      let v3 = SIMD16<Float>(repeating: x3[k])
      l3 = multiplyAdd(v3, lv, l3)
      r3 = multiplyAdd(v3, rv, r3)
      let v4 = SIMD16<Float>(repeating: x4[k])
      l4 = multiplyAdd(v4, lv, l4)
      r4 = multiplyAdd(v4, rv, r4)
      let v5 = SIMD16<Float>(repeating: x5[k])
      l5 = multiplyAdd(v5, lv, l5)
      r5 = multiplyAdd(v5, rv, r5)
      let v6 = SIMD16<Float>(repeating: x6[k])
      l6 = multiplyAdd(v6, lv, l6)
      r6 = multiplyAdd(v6, rv, r6)
      let v7 = SIMD16<Float>(repeating: x7[k])
      l7 = multiplyAdd(v7, lv, l7)
      r7 = multiplyAdd(v7, rv, r7)
      k &+= 1
    }
    x0 += rowStride
    x1 += rowStride
    x2 += rowStride
    x3 += rowStride
    x4 += rowStride
    x5 += rowStride
    x6 += rowStride
    x7 += rowStride
    row &+= 1
  }
  rectify(l0, y, yOffsets[0], 0)
  rectify(r0, y, yOffsets[0], secondPanel)
  rectify(l1, y, yOffsets[1], 0)
  rectify(r1, y, yOffsets[1], secondPanel)
  rectify(l2, y, yOffsets[2], 0)
  rectify(r2, y, yOffsets[2], secondPanel)
  rectify(l3, y, yOffsets[3], 0)
  rectify(r3, y, yOffsets[3], secondPanel)
  rectify(l4, y, yOffsets[4], 0)
  rectify(r4, y, yOffsets[4], secondPanel)
  rectify(l5, y, yOffsets[5], 0)
  rectify(r5, y, yOffsets[5], secondPanel)
  rectify(l6, y, yOffsets[6], 0)
  rectify(r6, y, yOffsets[6], secondPanel)
  rectify(l7, y, yOffsets[7], 0)
  rectify(r7, y, yOffsets[7], secondPanel)
}

/// Four pixels × two panels: what is left where the pixels are no multiple of eight.
@inline(__always)
private func fourPixels(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ secondW: UnsafeRawPointer, _ bias: UnsafeRawPointer,
  _ y: UnsafeMutableRawPointer, _ secondPanel: Int, _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>,
  _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  var x0 = x + Int(xOffsets[0])
  var x1 = x + Int(xOffsets[1])
  var x2 = x + Int(xOffsets[2])
  var x3 = x + Int(xOffsets[3])
  var (lw, rw) = (w, secondW)
  let (left, right) = (vector(bias, 0), vector(bias, secondPanel))
  var (l0, l1, l2, l3) = (left, left, left, left)
  var (r0, r1, r2, r3) = (right, right, right, right)
  var row = 0
  while row < rows {
    var k = 0
    while k < runLength {
      let (lv, rv) = (vector(lw, 0), vector(rw, 0))
      lw += 64
      rw += 64
      let v0 = SIMD16<Float>(repeating: x0[k])
      l0 = multiplyAdd(v0, lv, l0)
      r0 = multiplyAdd(v0, rv, r0)
      let v1 = SIMD16<Float>(repeating: x1[k])
      l1 = multiplyAdd(v1, lv, l1)
      r1 = multiplyAdd(v1, rv, r1)
      let v2 = SIMD16<Float>(repeating: x2[k])
      l2 = multiplyAdd(v2, lv, l2)
      r2 = multiplyAdd(v2, rv, r2)
      let v3 = SIMD16<Float>(repeating: x3[k])
      l3 = multiplyAdd(v3, lv, l3)
      r3 = multiplyAdd(v3, rv, r3)
      k &+= 1
    }
    x0 += rowStride
    x1 += rowStride
    x2 += rowStride
    x3 += rowStride
    row &+= 1
  }
  rectify(l0, y, yOffsets[0], 0)
  rectify(r0, y, yOffsets[0], secondPanel)
  rectify(l1, y, yOffsets[1], 0)
  rectify(r1, y, yOffsets[1], secondPanel)
  rectify(l2, y, yOffsets[2], 0)
  rectify(r2, y, yOffsets[2], secondPanel)
  rectify(l3, y, yOffsets[3], 0)
  rectify(r3, y, yOffsets[3], secondPanel)
}

/// One pixel × 16 channels, the products dealt to four sums; `runLength` is a multiple of four.
@inline(__always)
private func onePixel(
  _ x: UnsafePointer<Float>, _ w: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
  _ yOffset: Int32, _ rows: Int, _ runLength: Int, _ rowStride: Int
) {
  var x = x
  var w = w
  let zero = SIMD16<Float>(repeating: 0)
  var (c0, c1, c2, c3) = (vector(bias, 0), zero, zero, zero)
  var row = 0
  while row < rows {
    var k = 0
    while k < runLength {
      c0 = multiplyAdd(SIMD16(repeating: x[k]), vector(w, 0), c0)
      c1 = multiplyAdd(SIMD16(repeating: x[k &+ 1]), vector(w, 64), c1)
      c2 = multiplyAdd(SIMD16(repeating: x[k &+ 2]), vector(w, 128), c2)
      c3 = multiplyAdd(SIMD16(repeating: x[k &+ 3]), vector(w, 192), c3)
      w += 256
      k &+= 4
    }
    x += rowStride
    row &+= 1
  }
  rectify((c0 + c1) + (c2 + c3), y, yOffset, 0)
}
