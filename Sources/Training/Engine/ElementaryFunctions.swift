#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The C library's functions, in one place that knows which C library.
enum Elementary {
  /// exp(logit − the largest), the numerators of the softmax, into `result`; returns the largest logit and their sum, its
  /// denominator.
  static func exponentials(
    of logits: UnsafePointer<Float>, count: Int, into result: UnsafeMutablePointer<Float>
  ) -> (largest: Float, sum: Float) {
    var (largest, sum) = (-Float.infinity, Float(0))
    for k in 0..<count { largest = max(largest, logits[k]) }
    for k in 0..<count {
      result[k] = expf(logits[k] - largest)
      sum += result[k]
    }
    return (largest, sum)
  }
  static func logarithm(_ x: Float) -> Float { logf(x) }
  static func cosine(_ x: Double) -> Double { cos(x) }
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
