#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// The function of the C library that this target uses, under a name that states its types.

func cosine(_ x: Double) -> Float { Float(cos(x)) }

/// 10 log₁₀ x for a normal x > 0, with an error below 1e-5 dB; for any other bits some finite number.
///
/// The C library's function, called for each band of each frame, cost more than all the Fourier transforms. This one
/// has neither branches nor a table, so that a loop over it becomes SIMD code. It uses only IEEE operations, so that
/// all machines get the same bits: x = 2ᵉ m with m in ⅔…4/3, and ln m = 2 artanh s, s = (m − 1) / (m + 1), |s| ≤ ⅕, by
/// its series to s⁷.
@inline(__always) package func decibels(_ x: Float) -> Float {
  let twoThirds: Int32 = 0x3F2A_AAAB
  let bits = Int32(bitPattern: x.bitPattern)
  let exponent = (bits &- twoThirds) >> 23
  let mantissa = Float(bitPattern: UInt32(bitPattern: bits &- exponent << 23))
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  let series = 1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7)))
  let octave: Float = 3.010_299_9  // 10 log₁₀ 2
  let artanh: Float = 8.685_889_6  // 20 / ln 10
  return Float(exponent) * octave + artanh * s * series
}
