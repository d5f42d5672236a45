import MelScale

/// Triangular filters, equally spaced on Slaney's mel scale as in librosa's `filters.mel(htk:false, norm:None)`, times
/// the power response of the pre-emphasis.
///
/// Each triangle has height 1. With Slaney's area normalisation the wide upper filters, which hold the fricatives,
/// would be the quietest.
package struct MelFilterBank: Sendable {
  /// One filter: its first bin and where its weights lie in `weights`.
  struct Filter: Sendable {
    var firstBin: Int
    var weights: Range<Int>
  }

  let filters: [Filter]
  let weights: [Float]

  /// - Parameter warp: the factor by which the centre frequencies are moved; 1 for none. A shorter vocal tract raises
  ///   the formants of the same sound (vocal-tract-length perturbation, Jaitly and Hinton, 2013). Frequencies in the
  ///   upper fifth are warped piecewise-linearly so that the highest stays in place.
  package init(_ parameters: FeatureParameters, warp: Double = 1) {
    let low = MelScale.mel(parameters.lowestFrequency)
    let high = MelScale.mel(parameters.highestFrequency)
    let edges = (0..<parameters.bands + 2).map { i in
      let hertz = MelScale.hertz(low + (high - low) * Double(i) / Double(parameters.bands + 1))
      return Self.warped(hertz, by: warp, highest: parameters.highestFrequency)
    }
    let binWidth = Double(parameters.sampleRate) / Double(parameters.fftSize)
    var filters: [Filter] = []
    var weights: [Float] = []
    for band in 0..<parameters.bands {
      let (left, centre, right) = (edges[band], edges[band + 1], edges[band + 2])
      let start = weights.count
      var firstBin = 0
      for bin in 0..<parameters.bins {
        let hertz = Double(bin) * binWidth
        let weight = min((hertz - left) / (centre - left), (right - hertz) / (right - centre))
        guard weight > 0 else { continue }
        if weights.count == start { firstBin = bin }
        weights.append(Float(weight) * Self.preEmphasisPower(parameters.preEmphasis, hertz, parameters.sampleRate))
      }
      filters.append(Filter(firstBin: firstBin, weights: start..<weights.count))
    }
    self.filters = filters
    self.weights = weights
  }

  /// One bin of eight frames.
  package typealias Frames = SIMD8<Float>

  /// Sums the power spectra of `count` frames under each filter.
  ///
  /// Works on eight frames at a time, transposed so that one bin of all eight is one vector. The filters are two or
  /// three bins wide, too narrow for SIMD along the frequency.
  ///
  /// - Parameters:
  ///   - spectra: [count, bins], power.
  ///   - result: [bands, count].
  ///   - scratch: room for `bins` vectors.
  package func apply(
    _ spectra: UnsafePointer<Float>, count: Int, bins: Int, into result: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Frames>
  ) {
    let width = Frames.scalarCount
    let turned = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Float.self)
    for first in stride(from: 0, to: count, by: width) {
      let frames = min(width, count - first)
      for frame in 0..<frames {
        let spectrum = spectra + (first + frame) * bins
        for bin in 0..<bins { turned[bin * width + frame] = spectrum[bin] }
      }
      sum(scratch) { band, sums in
        let place = result + band * count + first
        if frames == width {
          UnsafeMutableRawPointer(place).storeBytes(of: sums, as: Frames.self)
        } else {
          for frame in 0..<frames { place[frame] = sums[frame] }
        }
      }
    }
  }

  @inline(__always)
  private func sum(_ spectra: UnsafePointer<Frames>, store: (_ band: Int, Frames) -> Void) {
    weights.withUnsafeBufferPointer { weights in
      for (band, filter) in filters.enumerated() {
        var sums = Frames.zero
        var bin = filter.firstBin
        for index in filter.weights {
          sums += weights[index] * spectra[bin]
          bin += 1
        }
        store(band, sums)
      }
    }
  }

  private static func warped(_ hertz: Double, by warp: Double, highest: Double) -> Double {
    let knee = 0.8 * highest * min(1, 1 / warp)
    if hertz <= knee { return hertz * warp }
    return knee * warp + (hertz - knee) * (highest - knee * warp) / (highest - knee)
  }

  /// |1 - a e^(-jω)|² = 1 - 2a cos ω + a².
  static func preEmphasisPower(_ a: Double, _ hertz: Double, _ sampleRate: Int) -> Float {
    Float(1 + a * a) - Float(2 * a) * cosine(2 * Double.pi * hertz / Double(sampleRate))
  }
}
