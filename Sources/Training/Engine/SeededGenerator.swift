#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A random number generator that gives the same numbers for the same seed on every machine: xoshiro256++ (D. Blackman
/// and S. Vigna, "Scrambled linear pseudorandom number generators", 2021), with its state filled by SplitMix64 as its
/// authors advise.
///
/// `stream` gives independent sequences for one seed: `SeededGenerator(seed: seed, stream: epoch, clip)` is the same on
/// any thread and in any order.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable, Codable {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  package init(seed: UInt64) {
    self.init(mixed: seed)
  }

  /// The sequence identified by `seed` and the numbers of `stream` in their order.
  package init(seed: UInt64, stream: UInt64...) {
    var key = seed
    for number in stream {
      // One SplitMix64 step between the numbers, so that (1, 2) and (2, 1) give different sequences.
      var mixer = SplitMix64(state: key)
      key = mixer.next() ^ number
    }
    self.init(mixed: key)
  }

  private init(mixed key: UInt64) {
    var mixer = SplitMix64(state: key)
    s0 = mixer.next()
    s1 = mixer.next()
    s2 = mixer.next()
    s3 = mixer.next()
  }

  package mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotated(s0 &+ s3, 23) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = rotated(s3, 45)
    return result
  }

  /// A number in 0 ..< 1: one of the 2²⁴ that a `Float` spaces evenly there.
  package mutating func unit() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// A number uniformly distributed over `range`.
  package mutating func uniform(in range: ClosedRange<Float>) -> Float {
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    return min(value, range.upperBound)
  }

  /// A number of the standard normal distribution (mean 0, deviation 1), by the Box–Muller transform.
  package mutating func normal() -> Float {
    // 1 - u lies in (0, 1], where the logarithm is finite.
    let u = 1 - Double(next() >> 11) * 0x1p-53
    let v = Double(next() >> 11) * 0x1p-53
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }

  /// True with probability `p`.
  package mutating func chance(_ p: Float) -> Bool {
    unit() < p
  }

  /// A uniformly distributed index in `0 ..< count`; `count` must be above 0.
  package mutating func index(below count: Int) -> Int {
    // The high word of a 64 × 64-bit product: its bias is below count / 2⁶⁴.
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
  }
}

/// SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators", 2014).
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
