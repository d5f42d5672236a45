/// What the room sounds like when nobody speaks: the mean power of each bin, from what was heard *before* an utterance.
///
/// Never from the utterance itself: a gate whose profile is the clip it cleans takes the speech away with the noise.
package final class NoiseProfile {
  /// Mean power by bin; meaningful only after `learn` returned true.
  package private(set) var power: [Float]
  /// Sound shorter than this says too little about the noise: 96 ms.
  package let shortest: Int
  /// More than this is not looked at: 1 s.
  let longest: Int

  private let parameters: FeatureParameters
  private let step: Int
  private let spectra: UnsafeMutablePointer<Float>
  private let column: UnsafeMutablePointer<Float>

  package init(_ parameters: FeatureParameters) {
    self.parameters = parameters
    step = parameters.window / 2
    shortest = 3 * parameters.window
    longest = parameters.sampleRate
    power = [Float](repeating: 0, count: parameters.bins)
    let most = longest / step + 1
    spectra = .allocate(capacity: most * parameters.bins)
    spectra.initialize(repeating: 0, count: most * parameters.bins)
    column = .allocate(capacity: most)
    column.initialize(repeating: 0, count: most)
  }

  deinit {
    spectra.deallocate()
    column.deallocate()
  }

  /// Learns from the end of `background`.
  ///
  /// Takes the median over frames and turns it into the mean it stands for: the power of a bin of Gaussian noise is
  /// exponentially distributed, whose mean is median / ln 2. A click or the tail of a word moves a mean, not a median.
  ///
  /// - Returns: whether there was enough to learn from.
  package func learn(_ background: UnsafeBufferPointer<Float>, with stft: PowerSpectrogram) -> Bool {
    guard background.count >= shortest else { return false }
    let used = UnsafeBufferPointer(rebasing: background.suffix(longest))
    let count = (used.count - parameters.window) / step + 1
    let bins = parameters.bins
    stft.compute(used, first: parameters.window / 2, step: step, count: count, into: spectra)
    power.withUnsafeMutableBufferPointer { power in
      for bin in 0..<bins {
        for frame in 0..<count { column[frame] = spectra[frame * bins + bin] }
        power[bin] = Self.median(column, count) / 0.693_147_2
      }
    }
    return true
  }

  /// The lower median of the first `count` values, by Hoare's selection; reorders them.
  package static func median(_ v: UnsafeMutablePointer<Float>, _ count: Int) -> Float {
    let target = (count - 1) / 2
    var low = 0
    var high = count - 1
    while low < high {
      let pivot = v[target]
      var i = low
      var j = high
      repeat {
        while v[i] < pivot { i += 1 }
        while pivot < v[j] { j -= 1 }
        if i <= j {
          (v[i], v[j]) = (v[j], v[i])
          i += 1
          j -= 1
        }
      } while i <= j
      if j < target { low = i }
      if target < i { high = j }
    }
    return v[target]
  }
}

/// Spectral gating with a Wiener-like gain.
///
/// For each bin of each frame the noise-to-signal ratio is estimated from the power smoothed over neighbouring frames
/// and bins; the gain on the power is `1 - oversubtraction * noise / smoothed`, never under the bounded attenuation.
/// Smoothing the estimate is what keeps single bins from twinkling ("musical noise"); the bound is what keeps a wrong
/// profile from eating the speech.
package struct NoiseReduction {
  private let oversubtraction: Float
  private let smallestGain: Float
  private let bins: Int
  /// Power smoothed over frequency, for three frames in a row.
  private var smoothed: [Float]

  package init(_ parameters: FeatureParameters) {
    oversubtraction = Float(parameters.noiseOversubtraction)
    smallestGain = Float(exponential10(-parameters.noiseReductionDepth / 10))
    bins = parameters.bins
    smoothed = [Float](repeating: 0, count: 3 * parameters.bins)
  }

  /// Applies the gate in place to `count` power spectra of `bins` values each.
  package mutating func apply(_ spectra: UnsafeMutablePointer<Float>, count: Int, noise: UnsafePointer<Float>) {
    guard count > 0 else { return }
    let bins = bins
    let oversubtraction = oversubtraction
    let smallestGain = smallestGain
    smoothed.withUnsafeMutableBufferPointer { buffer in
      guard let rows = buffer.baseAddress else { return }
      func row(_ frame: Int) -> UnsafeMutablePointer<Float> { rows + (frame % 3) * bins }
      Self.smooth(spectra, into: row(0), bins)
      for frame in 0..<count {
        // The next frame is smoothed before this one is changed; at the ends the frame itself stands in.
        if frame + 1 < count { Self.smooth(spectra + (frame + 1) * bins, into: row(frame + 1), bins) }
        let before = row(frame > 0 ? frame - 1 : 0)
        let here = row(frame)
        let after = row(frame + 1 < count ? frame + 1 : frame)
        let power = spectra + frame * bins
        for bin in 0..<bins {
          let estimate = 0.25 * before[bin] + 0.5 * here[bin] + 0.25 * after[bin] + 1e-20
          power[bin] *= max(smallestGain, 1 - oversubtraction * noise[bin] / estimate)
        }
      }
    }
  }

  /// [1 2 1] / 4 over frequency.
  private static func smooth(_ from: UnsafePointer<Float>, into to: UnsafeMutablePointer<Float>, _ bins: Int) {
    to[0] = 0.75 * from[0] + 0.25 * from[1]
    for bin in 1..<bins - 1 { to[bin] = 0.25 * from[bin - 1] + 0.5 * from[bin] + 0.25 * from[bin + 1] }
    to[bins - 1] = 0.75 * from[bins - 1] + 0.25 * from[bins - 2]
  }
}
