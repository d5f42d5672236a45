import Glibc

/// A second-order Butterworth high-pass at 8 kHz that removes DC and rumble.
///
/// Coefficients by the bilinear transform, from R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter
/// coefficients" (HPF, Q = 1/√2); transposed direct form II in double precision. At 80 Hz: −3.01 dB, 12 dB an octave
/// below, within 0.1 dB above 210 Hz. The first sample is extended infinitely into the past, so a microphone's DC
/// offset makes no click. States too small to matter are set to zero: silence costs no denormal arithmetic.
package struct HighPassFilter: Sendable {
  private let b0: Double
  private let b1: Double
  private let b2: Double
  private let a1: Double
  private let a2: Double
  private var s1 = 0.0
  private var s2 = 0.0
  private var primed = false

  package init(cutoff: Double = 80, sampleRate: Double = Double(AudioConditioner.outputRate)) {
    let w = 2 * Double.pi * cutoff / sampleRate
    let alpha = sin(w) / 2.0.squareRoot()  // sin(w) / 2Q
    let a0 = 1 + alpha
    b0 = (1 + cos(w)) / 2 / a0
    b1 = -(1 + cos(w)) / a0
    b2 = (1 + cos(w)) / 2 / a0
    a1 = -2 * cos(w) / a0
    a2 = (1 - alpha) / a0
  }

  /// Filters in place.
  package mutating func process(_ samples: UnsafeMutableBufferPointer<Float>) {
    guard let first = samples.first else { return }
    if !primed {
      // A constant x gives y = 0 for ever: s1 = -b0 x and s2 = b2 x.
      s1 = -b0 * Double(first)
      s2 = b2 * Double(first)
      primed = true
    }
    for i in samples.indices {
      let x = Double(samples[i])
      let y = b0 * x + s1
      s1 = b1 * x - a1 * y + s2
      s2 = b2 * x - a2 * y
      samples[i] = abs(y) < 1e-15 ? 0 : Float(y)
    }
    // One NaN must not silence the stream for good.
    if !(s1.isFinite && s2.isFinite) { reset() }
    if abs(s1) < 1e-15 { s1 = 0 }
    if abs(s2) < 1e-15 { s2 = 0 }
  }

  package mutating func reset() {
    s1 = 0
    s2 = 0
    primed = false
  }
}
