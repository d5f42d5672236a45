import SpeechFeatures
import Testing

@Suite struct MelFilterBankTests {
  @Test func noFilterIsEmptyAndNeighboursDiffer() {
    let parameters = FeatureParameters.standard
    let bank = MelFilterBank(parameters)
    let rows = (0..<128).map { bank.dense(band: $0, bins: parameters.bins) }
    for (band, row) in rows.enumerated() {
      #expect(row.contains { $0 > 0 }, "band \(band) is empty")
      if band > 0 { #expect(row != rows[band - 1], "bands \(band - 1) and \(band) are the same") }
    }
  }

  @Test(arguments: [0.92, 1.0, 1.08]) func warpedBanksStayWithinTheSpectrum(warp: Double) {
    let parameters = FeatureParameters.standard
    let bank = MelFilterBank(parameters, warp: warp)
    var last = -1.0
    for band in 0..<128 {
      let row = bank.dense(band: band, bins: parameters.bins)
      let sum = row.reduce(0) { $0 + Double($1) }
      #expect(sum > 0, "band \(band) is empty")
      let centre = row.enumerated().reduce(0) { $0 + Double($1.offset) * Double($1.element) } / sum
      #expect(centre > last, "band \(band) lies under its neighbour")
      last = centre
    }
  }

  @Test func aWarpMovesATonesBandUp() throws {
    let parameters = FeatureParameters.standard
    let extractor = try FeatureExtractor()
    let tone = TestSound.tone(1000, seconds: 0.5)
    func loudestBand(_ warp: Double) -> Int {
      var image = [Float](repeating: 0, count: parameters.spectrogramCount)
      tone.withUnsafeBufferPointer { tone in
        image.withUnsafeMutableBufferPointer { image in
          guard let base = image.baseAddress else { return }
          extractor.spectrogram(
            of: tone, background: UnsafeBufferPointer(start: nil, count: 0),
            variation: .init(filters: MelFilterBank(parameters, warp: warp)), into: base)
        }
      }
      return (0..<128).max { image[$0 * 128 + 64] < image[$1 * 128 + 64] } ?? -1
    }
    // Filters moved up: the tone is found in a lower one.
    #expect(loudestBand(1.08) < loudestBand(1))
    #expect(loudestBand(0.92) > loudestBand(1))
  }

  @Test(arguments: [1, 7, 8, 20, 128]) func sumsAreThoseOfTheDenseRows(count: Int) {
    var parameters = FeatureParameters.standard
    parameters.bands = 40
    let bank = MelFilterBank(parameters)
    let bins = parameters.bins
    let spectra = TestSound.noise(count * bins, amplitude: 1).map { $0 * $0 }
    var result = [Float](repeating: .nan, count: 40 * count)
    withUnsafeTemporaryAllocation(of: MelFilterBank.Frames.self, capacity: bins) { scratch in
      guard let scratch = scratch.baseAddress else { return }
      scratch.initialize(repeating: .zero, count: bins)
      bank.apply(spectra, count: count, bins: bins, into: &result, scratch: scratch)
    }
    for band in 0..<40 {
      let row = bank.dense(band: band, bins: bins)
      for frame in 0..<count {
        let exact = (0..<bins).reduce(0.0) { $0 + Double(row[$1]) * Double(spectra[frame * bins + $1]) }
        #expect(abs(Double(result[band * count + frame]) - exact) <= 1e-5 * exact)
      }
    }
  }
}
