#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The C library's functions, in one place that knows which C library.
enum Elementary {
  static func exponential(_ x: Float) -> Float { expf(x) }
  static func logarithm(_ x: Float) -> Float { logf(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
