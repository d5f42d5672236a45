import DigitNetwork

/// Makes the examples of one thread: of several attempts at each, the one that the network, as it was when the epoch
/// began, finds the hardest.
///
/// What a network errs in is rare among examples drawn at random, and rarer the longer it has learned. A picture is dear
/// to learn from and cheap to look at, so it looks at more than it learns from (A. Shrivastava, A. Gupta and R. Girshick,
/// "Training region-based object detectors with online hard example mining", 2016; K.-K. Sung and T. Poggio, 1994, for
/// what is none of the classes).
package final class ExampleMaker {
  private let augmenter: Augmenter
  private let attempts: TrainingRecipe.Attempts
  private var judge: Panel?
  private let image: FloatBuffer
  private let pixels: Int

  /// - Parameter pixels: values of a spectrogram.
  package init(_ augmenter: Augmenter, attempts: TrainingRecipe.Attempts, pixels: Int) {
    self.augmenter = augmenter
    self.attempts = attempts
    self.pixels = pixels
    image = FloatBuffer(count: pixels)
  }

  /// Lets `network` choose from now on.
  package func judge(by network: FoldedNetwork) { judge = Panel([network]) }

  /// Makes example number `index`: the first attempt at it, or with a judge the hardest of as many as the recipe says.
  ///
  /// - Parameters:
  ///   - image: 128 × 128 values, `[band * 128 + frame]`.
  ///   - target: 11 values that sum to 1.
  package func make(_ index: UInt64, image: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>) {
    augmenter.make(index, image: image, target: target)
    guard let judge else { return }
    let subject = augmenter.subject(of: index)
    let count = attempts.count(of: subject)
    guard count > 1 else { return }
    var hardest = judge.probabilities(of: image)[subject.label]
    for attempt in 1..<count {
      // All attempts at one example have the same target.
      augmenter.make(index, attempt: attempt, image: self.image.base, target: target)
      let probability = judge.probabilities(of: self.image.base)[subject.label]
      guard probability < hardest else { continue }
      hardest = probability
      image.update(from: self.image.base, count: pixels)
    }
  }
}
