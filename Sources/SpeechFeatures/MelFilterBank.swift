/// Triangular filters, equally spaced on Slaney's mel scale (linear under 1 kHz, logarithmic over it; M. Slaney,
/// "Auditory Toolbox", 1998, as in librosa's `filters.mel(htk:false, norm:None)`), times the power response of the
/// pre-emphasis.
///
/// Each triangle has height 1: with Slaney's area normalisation the wide upper filters, where fricatives live, would be
/// the quietest of all.
public struct MelFilterBank: Sendable {
  /// One filter: its first bin and where its weights lie in `weights`.
  struct Filter: Sendable {
    var firstBin: Int
    var weights: Range<Int>
  }

  let filters: [Filter]
  let weights: [Float]

  /// - Parameter warp: the factor by which the centre frequencies are moved, 1 for none: a shorter vocal tract puts the
  ///   same sound's formants higher (vocal-tract-length perturbation, Jaitly and Hinton, 2013). Frequencies in the upper
  ///   fifth are warped piecewise-linearly so that the highest stays the highest.
  public init(_ parameters: FeatureParameters, warp: Double = 1) {
    let low = Self.mel(parameters.lowestFrequency)
    let high = Self.mel(parameters.highestFrequency)
    let edges = (0..<parameters.bands + 2).map { i in
      let hertz = Self.hertz(low + (high - low) * Double(i) / Double(parameters.bands + 1))
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

  /// The band's weights over all bins, for tests and pictures.
  public func dense(band: Int, bins: Int) -> [Float] {
    var row = [Float](repeating: 0, count: bins)
    let filter = filters[band]
    for (offset, index) in filter.weights.enumerated() { row[filter.firstBin + offset] = weights[index] }
    return row
  }

  /// Sums `spectrum` (power, one value a bin) under each filter.
  ///
  /// - Parameters:
  ///   - result: band `b` goes to `result[b * stride]`.
  package func apply(_ spectrum: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, stride: Int) {
    weights.withUnsafeBufferPointer { weights in
      for (band, filter) in filters.enumerated() {
        var sum: Float = 0
        var bin = filter.firstBin
        for index in filter.weights {
          sum += weights[index] * spectrum[bin]
          bin += 1
        }
        result[band * stride] = sum
      }
    }
  }

  static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? hertz * 3 / 200 : 15 + naturalLogarithm(hertz / 1000) * 27 / naturalLogarithm(6.4)
  }

  static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exponential((mel - 15) * naturalLogarithm(6.4) / 27)
  }

  private static func warped(_ hertz: Double, by warp: Double, highest: Double) -> Double {
    let knee = 0.8 * highest * min(1, 1 / warp)
    if hertz <= knee { return hertz * warp }
    return knee * warp + (hertz - knee) * (highest - knee * warp) / (highest - knee)
  }

  /// |1 - a e^(-jω)|² = 1 - 2a cos ω + a².
  private static func preEmphasisPower(_ a: Double, _ hertz: Double, _ sampleRate: Int) -> Float {
    Float(1 + a * a) - Float(2 * a) * cosine(2 * Double.pi * hertz / Double(sampleRate))
  }
}
