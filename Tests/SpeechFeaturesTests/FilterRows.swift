import SpeechFeatures

extension MelFilterBank {
  /// Each band's weights over all bins: what the bank makes of each bin alone.
  func rows(_ parameters: FeatureParameters) -> [[Float]] {
    let (bands, bins) = (parameters.bands, parameters.bins)
    let spectra = (0..<bins * bins).map { $0 % bins == $0 / bins ? Float(1) : 0 }
    let sums = sums(of: spectra, count: bins, parameters)
    return (0..<bands).map { Array(sums[$0 * bins..<($0 + 1) * bins]) }
  }

  /// The sums of `count` spectra: [bands][count].
  func sums(of spectra: [Float], count: Int, _ parameters: FeatureParameters) -> [Float] {
    var result = [Float](repeating: .nan, count: parameters.bands * count)
    withUnsafeTemporaryAllocation(of: Frames.self, capacity: parameters.bins) { scratch in
      guard let scratch = scratch.baseAddress else { return }
      scratch.initialize(repeating: .zero, count: parameters.bins)
      apply(spectra, count: count, bins: parameters.bins, into: &result, scratch: scratch)
    }
    return result
  }
}
