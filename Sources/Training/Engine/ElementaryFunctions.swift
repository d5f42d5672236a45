#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The C library's functions, so that only this file depends on which C library it is.
enum Elementary {
  /// Writes exp(logit − maximum), the numerators of the softmax, to `result`. Returns the maximum logit and the sum,
  /// the softmax's denominator.
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
