#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The time unit of voice activity detection: 10 ms of mono sound at 8 kHz.
package enum VoiceFrame {
  /// Samples per second.
  package static let sampleRate = 8000
  /// Samples in a frame.
  package static let length = 80
  package static let milliseconds = 10
  package static let perSecond = 100

  /// The lowest level, in dBFS: digital silence, and anything quieter.
  package static let silence: Float = -100

  /// The level of samples (−1…1) in dBFS: ten times the logarithm of their mean square, so that a full-scale square
  /// wave is at 0 and a full-scale sine at −3. Never below `silence`. Samples that are not finite numbers count as
  /// zero.
  package static func level(of samples: UnsafeBufferPointer<Float>) -> Float {
    guard !samples.isEmpty else { return silence }
    var sum: Float = 0
    for sample in samples { sum += sample * sample }
    if !sum.isFinite {
      sum = 0
      for sample in samples where sample.isFinite && abs(sample) < 1e6 { sum += sample * sample }
    }
    return level(ofMeanSquare: sum / Float(samples.count))
  }

  /// A mean square as a level in dBFS, never below `silence`.
  package static func level(ofMeanSquare meanSquare: Float) -> Float {
    meanSquare > 1e-10 ? 10 * log10f(meanSquare) : silence
  }
}
