/// Makes of some examples a mixture with the next one, picture and answer alike: between two words the answer should
/// change steadily, and what lies between two people's voices is one more voice (H. Zhang, M. Cisse, Y. Dauphin and
/// D. Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", 2018).
package struct Mixup {
  private let pixels: Int
  private let targetCount: Int
  private let settings: AugmentationSettings
  /// The first example as it was: the last is mixed with it.
  private let firstImage: FloatBuffer
  private let firstTarget: FloatBuffer

  /// - Parameters:
  ///   - pixels: values of a spectrogram.
  ///   - targetCount: values of an answer.
  package init(pixels: Int, targetCount: Int, settings: AugmentationSettings) {
    self.pixels = pixels
    self.targetCount = targetCount
    self.settings = settings
    firstImage = FloatBuffer(count: pixels)
    firstTarget = FloatBuffer(count: targetCount)
  }

  /// - Parameters:
  ///   - images: `count` × `pixels` values.
  ///   - targets: `count` × `targetCount` values.
  package func apply(
    to images: UnsafeMutablePointer<Float>, _ targets: UnsafeMutablePointer<Float>, count: Int,
    _ random: inout SeededGenerator
  ) {
    firstImage.base.update(from: images, count: pixels)
    firstTarget.base.update(from: targets, count: targetCount)
    for i in 0..<count where random.chance(settings.mixup) {
      let share = random.uniform(in: settings.mixupShare)
      let (image, target) = (images + i * pixels, targets + i * targetCount)
      let isLast = i == count - 1
      Self.mix(image, with: isLast ? firstImage.base : image + pixels, share, pixels)
      Self.mix(target, with: isLast ? firstTarget.base : target + targetCount, share, targetCount)
    }
  }

  private static func mix(
    _ values: UnsafeMutablePointer<Float>, with others: UnsafePointer<Float>, _ share: Float, _ count: Int
  ) {
    for k in 0..<count { values[k] += share * (others[k] - values[k]) }
  }
}
