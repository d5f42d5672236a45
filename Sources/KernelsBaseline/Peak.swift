// What the processor can do at most, for the benchmark. Compiled once for each instruction set; the rule of Kernels.swift
// holds here, too.

#if AVX512
  private typealias Vector = SIMD16<Float>
#elseif FMA
  private typealias Vector = SIMD8<Float>
#else
  private typealias Vector = SIMD4<Float>
#endif

/// Twelve sums of products that never leave their registers, `rounds` times one step of each: enough of them that none
/// waits for the step before.
///
/// - Parameter result: room for 64 bytes, aligned to as many, so that something comes of it.
/// - Returns: the floating-point operations that it took.
@inline(never)
package func multiplyAndAdd(rounds: Int, into result: UnsafeMutableRawPointer) -> Int {
  let (a, b) = (Vector(repeating: 0.75), Vector(repeating: 0.25))
  var (c0, c1, c2, c3, c4, c5) = (a, b, a, b, a, b)
  var (d0, d1, d2, d3, d4, d5) = (b, a, b, a, b, a)
  var round = 0
  while round < rounds {
    c0 = step(c0, a, b)
    c1 = step(c1, a, b)
    c2 = step(c2, a, b)
    c3 = step(c3, a, b)
    c4 = step(c4, a, b)
    c5 = step(c5, a, b)
    d0 = step(d0, a, b)
    d1 = step(d1, a, b)
    d2 = step(d2, a, b)
    d3 = step(d3, a, b)
    d4 = step(d4, a, b)
    d5 = step(d5, a, b)
    round &+= 1
  }
  let sum = ((c0 + c1) + (c2 + c3)) + ((c4 + c5) + (d0 + d1)) + ((d2 + d3) + (d4 + d5))
  result.storeBytes(of: sum, as: Vector.self)
  return rounds &* 12 &* 2 &* (MemoryLayout<Vector>.size / 4)
}

@inline(__always)
private func step(_ c: Vector, _ a: Vector, _ b: Vector) -> Vector {
  #if FMA || arch(arm64)
    b.addingProduct(c, a)
  #else
    b + c * a
  #endif
}
