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
  /// Eight bins side by side, over the frames.
  private let columns: UnsafeMutablePointer<SIMD8<Float>>

  package init(_ parameters: FeatureParameters) {
    self.parameters = parameters
    step = parameters.window / 2
    shortest = 3 * parameters.window
    longest = parameters.sampleRate
    power = [Float](repeating: 0, count: parameters.bins)
    let most = longest / step + 1
    spectra = .allocate(capacity: most * parameters.bins)
    spectra.initialize(repeating: 0, count: most * parameters.bins)
    columns = .allocate(capacity: most)
    columns.initialize(repeating: .zero, count: most)
  }

  deinit {
    spectra.deallocate()
    columns.deallocate()
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
    for first in stride(from: 0, to: bins, by: 8) {
      let width = min(8, bins - first)
      for frame in 0..<count {
        let values = spectra + frame * bins + first
        if width == 8 {
          columns[frame] = UnsafeRawPointer(values).loadUnaligned(as: SIMD8<Float>.self)
        } else {
          for lane in 0..<width { columns[frame][lane] = values[lane] }
        }
      }
      Self.sort(columns, count)
      let means = columns[(count - 1) / 2] / 0.693_147_2
      for lane in 0..<width { power[first + lane] = means[lane] }
    }
    return true
  }

  /// Sorts eight columns at once by merge exchange (K. E. Batcher, 1968; Knuth, The Art of Computer Programming, volume
  /// 3, algorithm 5.2.2M): which values it compares does not depend on them, so all columns go the same way.
  package static func sort(_ columns: UnsafeMutablePointer<SIMD8<Float>>, _ count: Int) {
    guard count > 1 else { return }
    let largest = 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    var p = largest
    while p > 0 {
      var (q, r, distance) = (largest, 0, p)
      while true {
        for i in 0..<max(0, count - distance) where i & p == r {
          let (a, b) = (columns[i], columns[i + distance])
          let isWrong = b .< a
          columns[i] = a.replacing(with: b, where: isWrong)
          columns[i + distance] = b.replacing(with: a, where: isWrong)
        }
        if q == p { break }
        distance = q - p
        q /= 2
        r = p
      }
      p /= 2
    }
  }
}

/// A Wiener filter that takes away less, the louder the noise.
///
/// For each bin of each frame the power is smoothed over neighbouring frames and bins; the gain on the power is
/// `smoothed / (smoothed + noise)`, never under the attenuation allowed. Smoothing the estimate is what keeps single bins
/// from twinkling ("musical noise"); the bound is what keeps a wrong profile from eating the speech.
///
/// How much is allowed depends on how far the loudest frame stands above the noise: all of it for an utterance that is
/// clear of the noise, where the filter cleans the pauses and the weak sounds, and nothing for one that hardly is. There
/// most bins of the speech itself lie near the noise, and a gain that depends on single bins roughens what a network that
/// was trained in noise reads well as it is.
package struct NoiseReduction {
  /// dB.
  private let depth: Float
  /// dB of the loudest frame over the noise from which, and from which all, is allowed.
  private let clearance: ClosedRange<Float>
  private let bins: Int
  /// The power response of the pre-emphasis by bin: loudness as the spectrogram has it.
  private let response: [Float]
  /// Power smoothed over frequency, for three frames in a row.
  private var smoothed: [Float]

  package init(_ parameters: FeatureParameters) {
    depth = Float(parameters.noiseReductionDepth)
    clearance = Float(parameters.noiseReductionStart)...Float(parameters.noiseReductionFull)
    bins = parameters.bins
    response = (0..<parameters.bins).map {
      MelFilterBank.preEmphasisPower(
        parameters.preEmphasis, Double($0 * parameters.sampleRate) / Double(parameters.fftSize), parameters.sampleRate)
    }
    smoothed = [Float](repeating: 0, count: 3 * parameters.bins)
  }

  /// Applies the filter in place to `count` power spectra of `bins` values each.
  package mutating func apply(_ spectra: UnsafeMutablePointer<Float>, count: Int, noise: UnsafePointer<Float>) {
    let allowed = allowance(spectra, count: count, noise: noise)
    guard allowed > 0 else { return }
    let bins = bins
    let smallestGain = Float(exponential10(-Double(allowed) / 10))
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
          power[bin] *= max(smallestGain, estimate / (estimate + noise[bin]))
        }
      }
    }
  }

  /// How many dB may be taken away from any bin of these spectra.
  package func allowance(_ spectra: UnsafePointer<Float>, count: Int, noise: UnsafePointer<Float>) -> Float {
    guard count > 0, depth > 0 else { return 0 }
    let loudest = (0..<count).reduce(Float(0)) { max($0, loudness(spectra + $1 * bins)) }
    let ratio = loudest / (loudness(noise) + 1e-20)
    guard ratio >= 1 else { return 0 }
    let share = (decibels(ratio) - clearance.lowerBound) / (clearance.upperBound - clearance.lowerBound)
    return depth * min(1, max(0, share))
  }

  /// The power of one spectrum, pre-emphasised: eight bins at a time, which the order of floating-point operations keeps a
  /// plain loop from becoming.
  private func loudness(_ spectrum: UnsafePointer<Float>) -> Float {
    response.withUnsafeBytes { response in
      guard let response = response.baseAddress else { return 0 }
      let spectrum = UnsafeRawPointer(spectrum)
      var lanes = SIMD8<Float>()
      let whole = bins & ~7
      for i in stride(from: 0, to: whole, by: 8) {
        lanes +=
          response.loadUnaligned(fromByteOffset: 4 * i, as: SIMD8<Float>.self)
          * spectrum.loadUnaligned(fromByteOffset: 4 * i, as: SIMD8<Float>.self)
      }
      return (whole..<bins).reduce(lanes.sum()) {
        $0 + response.loadUnaligned(fromByteOffset: 4 * $1, as: Float.self)
          * spectrum.loadUnaligned(fromByteOffset: 4 * $1, as: Float.self)
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
