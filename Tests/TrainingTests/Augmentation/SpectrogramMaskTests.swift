import SpeechFeatures
import Testing
import Training

@Suite struct SpectrogramMaskTests {
  static let parameters = FeatureParameters.standard
  static let floor = -Float(parameters.mean / parameters.deviation)

  static func changed(_ image: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    var image = image
    image.withUnsafeMutableBufferPointer { image in
      guard let base = image.baseAddress else { return }
      body(base)
    }
    return image
  }

  @Test func masksStayWithinTheirWidthsAndAreBlank() {
    var settings = AugmentationSettings.standard
    (settings.maskBands, settings.maskFrames) = (12, 10)
    let image = [Float](repeating: 0.5, count: Self.parameters.spectrogramCount)
    var sizes = Set<Int>()
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let masked = Self.changed(image) { SpectrogramMask().apply(to: $0, settings, &random) }
      let (bands, frames) = (Self.parameters.bands, Self.parameters.frames)
      #expect(zip(masked, image).allSatisfy { $0 == $1 || $0 == Self.floor })
      func isBlank(_ band: Int, _ frame: Int) -> Bool { masked[band * frames + frame] == Self.floor }
      let blankBands = (0..<bands).count { band in (0..<frames).allSatisfy { isBlank(band, $0) } }
      let blankFrames = (0..<frames).count { frame in (0..<bands).allSatisfy { isBlank($0, frame) } }
      let blank = masked.count { $0 == Self.floor }
      #expect(blankBands <= 12 && blankFrames <= 10)
      #expect(blank == blankBands * frames + blankFrames * bands - blankBands * blankFrames)
      sizes.insert(blankBands)
    }
    #expect(sizes == Set(0...12))
  }
}
