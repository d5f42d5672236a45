import SpeechFeatures
import Testing

@Suite struct MelFilterBankTests {
  private static let parameters = FeatureParameters.standard
  /// The narrowest filters that are of use.
  private static let narrow: FeatureParameters = {
    var parameters = FeatureParameters.standard
    parameters.bands = 128
    return parameters
  }()

  @Test(arguments: [parameters, narrow])
  func `no filter is empty and neighbours differ`(parameters: FeatureParameters) {
    let rows = MelFilterBank(parameters).rows(parameters)
    for (band, row) in rows.enumerated() {
      #expect(row.contains { $0 > 0 }, "band \(band) is empty")
      if band > 0 { #expect(row != rows[band - 1], "bands \(band - 1) and \(band) are the same") }
    }
  }

  @Test(arguments: [0.92, 1.0, 1.08]) func `warped banks stay within the spectrum`(warp: Double) {
    var last = -1.0
    for (band, row) in MelFilterBank(Self.parameters, warp: warp).rows(Self.parameters).enumerated() {
      let sum = row.reduce(0) { $0 + Double($1) }
      #expect(sum > 0, "band \(band) is empty")
      let centre = row.enumerated().reduce(0) { $0 + Double($1.offset) * Double($1.element) } / sum
      #expect(centre > last, "band \(band) lies under its neighbour")
      last = centre
    }
  }

  @Test func `a warp up finds a tone in a lower band`() throws {
    let tone = TestSound.tone(1000, seconds: 0.5)
    func loudestBand(_ warp: Double) throws -> Int {
      let features = try StreamingFeatures()
      let variation = StreamingFeatures.Variation(filters: MelFilterBank(Self.parameters, warp: warp))
      tone.withUnsafeBufferPointer { features.process($0, variation: variation) { _ in } }
      return (0..<Self.parameters.bands).max { features.power[$0] < features.power[$1] } ?? -1
    }
    let unwarped = try loudestBand(1)
    #expect(try loudestBand(1.08) < unwarped)
    #expect(try loudestBand(0.92) > unwarped)
  }

  @Test(arguments: [1, 7, 8, 20, 128]) func `any count of frames gives the sums of the rows`(count: Int) {
    var parameters = Self.parameters
    parameters.bands = 40
    let (bank, bins) = (MelFilterBank(parameters), parameters.bins)
    let spectra = TestSound.noise(count * bins, amplitude: 1).map { $0 * $0 }
    let result = bank.sums(of: spectra, count: count, parameters)
    for (band, row) in bank.rows(parameters).enumerated() {
      for frame in 0..<count {
        let exact = (0..<bins).reduce(0.0) { $0 + Double(row[$1]) * Double(spectra[frame * bins + $1]) }
        #expect(abs(Double(result[band * count + frame]) - exact) <= 1e-5 * exact)
      }
    }
  }
}
