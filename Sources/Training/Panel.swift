import DigitNetwork

/// Finished networks that are asked together what an example is. Of several the mean of the logits counts, which is the
/// geometric mean of their probabilities. Owned by one thread at a time.
package final class Panel {
  private let classifiers: [DigitClassifier]
  private let logits = FloatBuffer(count: Augmenter.classes)
  private let answer = FloatBuffer(count: Augmenter.classes)

  /// - Parameter networks: at least one, of the examples' shape.
  package init(_ networks: [FoldedNetwork]) {
    precondition(!networks.isEmpty, "nobody to ask")
    classifiers = networks.map { DigitClassifier($0, .fine) }
  }

  /// - Parameter image: 128 × 128 values.
  /// - Returns: the probability of each of the 11 classes, valid until the next call.
  package func probabilities(of image: UnsafePointer<Float>) -> UnsafePointer<Float> {
    let classes = Augmenter.classes
    for k in 0..<classes { answer.base[k] = 0 }
    for classifier in classifiers {
      classifier.logits(of: image, into: logits.base)
      for k in 0..<classes { answer.base[k] += logits.base[k] / Float(classifiers.count) }
    }
    let (_, sum) = Elementary.exponentials(of: answer.base, count: classes, into: answer.base)
    for k in 0..<classes { answer.base[k] /= sum }
    return UnsafePointer(answer.base)
  }

  /// Moves `target` (11 values that sum to 1) by `share` of the way to what they make of `image` (128 × 128 values).
  package func correct(_ target: UnsafeMutablePointer<Float>, of image: UnsafePointer<Float>, share: Float) {
    let answer = probabilities(of: image)
    for k in 0..<Augmenter.classes { target[k] += share * (answer[k] - target[k]) }
  }
}
