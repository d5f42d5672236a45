import Testing
import Training

@Suite("Mixup") struct MixupTests {
  private static let pixels = 4

  /// Four examples; example i is all i, its answer all class i.
  private static func mixed(chance: Float, share: ClosedRange<Float>) -> (images: [Float], targets: [Float]) {
    var settings = AugmentationSettings()
    settings.mixup = chance
    settings.mixupShare = share
    var images = (0..<4).flatMap { [Float](repeating: Float($0), count: pixels) }
    var targets = [Float](repeating: 0, count: 4 * Augmenter.classes)
    for i in 0..<4 { targets[i * Augmenter.classes + i] = 1 }
    var random = SeededGenerator(seed: 1, stream: 0)
    images.withUnsafeMutableBufferPointer { images in
      targets.withUnsafeMutableBufferPointer { targets in
        guard let images = images.baseAddress, let targets = targets.baseAddress else { return }
        Mixup(pixels: pixels, settings: settings).apply(to: images, targets, count: 4, &random)
      }
    }
    return (images, targets)
  }

  @Test("Each is mixed with the next as it was, the last with the first")
  func neighbours() {
    let (images, targets) = Self.mixed(chance: 1, share: 0.25...0.25)
    #expect(images == [0.25, 1.25, 2.25, 2.25].flatMap { [Float](repeating: $0, count: Self.pixels) })
    for i in 0..<4 {
      let target = targets[i * Augmenter.classes..<(i + 1) * Augmenter.classes]
      var wanted = [Float](repeating: 0, count: Augmenter.classes)
      wanted[i] = 0.75
      wanted[(i + 1) % 4] = 0.25
      #expect(Array(target) == wanted)
    }
  }

  @Test("Nothing is mixed by a chance of 0")
  func never() {
    let (images, _) = Self.mixed(chance: 0, share: 0.5...0.5)
    #expect(images == (0..<4).flatMap { [Float](repeating: Float($0), count: Self.pixels) })
  }

  @Test("Picture and answer are mixed by the same share, drawn anew for each")
  func shares() {
    let (images, targets) = Self.mixed(chance: 1, share: 0.05...0.5)
    let shares = (0..<3).map { images[$0 * Self.pixels] - Float($0) }
    #expect(Set(shares).count == 3)
    for (i, share) in shares.enumerated() {
      #expect((0.05...0.5).contains(share))
      #expect(abs(targets[i * Augmenter.classes + i + 1] - share) < 1e-6)
    }
  }
}
