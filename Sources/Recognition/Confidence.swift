import DigitNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ModelMetadata.Calibration {
  /// The confidence that a score stands for, which rises with it: σ(ln(s / (1 − s)) + shift).
  ///
  /// - Parameter score: 0…1.
  public func confidence(of score: Double) -> Double {
    let raised = score * exp(logOddsShift)
    return raised / (raised + (1 - score))
  }
}
