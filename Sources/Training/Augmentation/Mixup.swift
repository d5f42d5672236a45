/// Makes of some examples a mixture with the next one, picture and answer alike: between two words the answer should
/// change steadily, and what lies between two people's voices is one more voice (H. Zhang, M. Cisse, Y. Dauphin and
/// D. Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", 2018).
package struct Mixup {
  private let pixels: Int
  private let settings: AugmentationSettings
  /// The first example as it was: the last is mixed with it.
  private let firstImage: FloatBuffer
  private let firstTarget = FloatBuffer(count: Augmenter.classes)

  /// - Parameter pixels: values of a spectrogram.
  package init(pixels: Int, settings: AugmentationSettings) {
    self.pixels = pixels
    self.settings = settings
    firstImage = FloatBuffer(count: pixels)
  }

  /// - Parameters:
  ///   - images: `count` × `pixels` values.
  ///   - targets: `count` × 11 values.
  package func apply(
    to images: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
    _ random: inout SeededGenerator
  ) {
    let classes = Augmenter.classes
    firstImage.base.update(from: images, count: pixels)
    firstTarget.base.update(from: targets, count: classes)
    for i in 0..<count where random.chance(settings.mixup) {
      let share = random.uniform(in: settings.mixupShare)
      let (image, target) = (images + i * pixels, targets + i * classes)
      let isLast = i == count - 1
      Self.mix(image, with: isLast ? firstImage.base : image + pixels, share, pixels)
      Self.mix(target, with: isLast ? firstTarget.base : target + classes, share, classes)
    }
  }

  private static func mix(
    _ values: UnsafeMutablePointer<Float>, with others: UnsafePointer<Float>, _ share: Float, _ count: Int
  ) {
    for k in 0..<count { values[k] += share * (others[k] - values[k]) }
  }
}
