import Testing
import Training

@Suite struct ElasticWarpTests {
  static let (bands, frames) = (32, 48)

  static func settings(frames: Float = 0, bands: Float = 0, drift: Float = 0) -> AugmentationSettings {
    var settings = AugmentationSettings.standard
    (settings.elasticFrames, settings.elasticBands, settings.elasticDrift) = (frames, bands, drift)
    return settings
  }

  static func warped(_ image: [Float], _ settings: AugmentationSettings, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    let warp = ElasticWarp(bandCount: bands, frameCount: frames, settings, &random)
    return [Float](unsafeUninitializedCapacity: image.count) { warped, count in
      image.withUnsafeBufferPointer { image in
        guard let image = image.baseAddress, let warped = warped.baseAddress else { return }
        warp.apply(to: image, into: warped)
      }
      count = image.count
    }
  }

  /// Value (b, t) is what `value` says of band and frame.
  static func image(_ value: (Int, Int) -> Float) -> [Float] {
    (0..<bands).flatMap { band in (0..<frames).map { value(band, $0) } }
  }

  @Test func withoutDisplacementThePictureStaysAsItIs() {
    var random = SeededGenerator(seed: 4)
    let image = Self.image { _, _ in random.normal() }
    let result = Self.warped(image, Self.settings(), seed: 1)
    let differences = zip(result, image).map { abs($0 - $1) }
    #expect((differences.max() ?? 1) < 1e-6)
  }

  /// A slope shows where each value came from.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func timeIsWarpedAlikeInAllBandsAndNoFurtherThanIsSaid(seed: UInt64) {
    let result = Self.warped(Self.image { _, frame in Float(frame) }, Self.settings(frames: 3), seed: seed)
    for band in 0..<Self.bands {
      for frame in 0..<Self.frames {
        let value = result[band * Self.frames + frame]
        #expect(value == result[frame])
        #expect(abs(value - Float(frame)) <= 3.001)
      }
    }
    #expect((0..<Self.frames).contains { abs(result[$0] - Float($0)) > 0.2 }, "nothing moved")
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func bandsAreWarpedAlikeAtAllTimesUnlessTheyDrift(seed: UInt64) {
    let slope = Self.image { band, _ in Float(band) }
    let still = Self.warped(slope, Self.settings(bands: 2), seed: seed)
    for band in 0..<Self.bands {
      let row = still[band * Self.frames..<(band + 1) * Self.frames]
      #expect(Set(row).count == 1)
      #expect(row.allSatisfy { abs($0 - Float(band)) <= 2.001 })
    }
    let drifting = Self.warped(slope, Self.settings(drift: 2), seed: seed)
    let middle = drifting[16 * Self.frames..<17 * Self.frames]
    #expect(Set(middle).count > Self.frames / 2)
    #expect(middle.allSatisfy { abs($0 - 16) <= 2.001 })
  }

  /// What lies between moves smoothly: neighbours that were near stay near, and in their order.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func timeNeverRunsBackwards(seed: UInt64) {
    let result = Self.warped(Self.image { _, frame in Float(frame) }, Self.settings(frames: 2), seed: seed)
    for frame in 1..<Self.frames { #expect(result[frame] >= result[frame - 1]) }
  }

  @Test func theSameSeedWarpsAlikeAndAnotherDoesNot() {
    let slope = Self.image { band, frame in Float(band + frame) }
    let settings = Self.settings(frames: 4, bands: 3, drift: 3)
    #expect(Self.warped(slope, settings, seed: 1) == Self.warped(slope, settings, seed: 1))
    #expect(Self.warped(slope, settings, seed: 1) != Self.warped(slope, settings, seed: 2))
  }
}
