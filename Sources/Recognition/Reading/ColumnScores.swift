#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One column of the network's scores as probabilities.
package struct ColumnScores: Sendable, Equatable {
  /// Natural logarithms of the labels' probabilities, the blank last.
  package var labels: [Float]
  /// Probabilities of silence, of a digit's sound and of other speech.
  package var silence: Float
  package var digit: Float
  package var other: Float

  package init(labels: [Float], silence: Float, digit: Float, other: Float) {
    self.labels = labels
    (self.silence, self.digit, self.other) = (silence, digit, other)
  }

  /// - Parameters:
  ///   - logits: [labels, then silence, digit, other].
  ///   - labels: the blank included.
  package init(logits: UnsafePointer<Float>, labels count: Int) {
    var largest = logits[0]
    for i in 1..<count { largest = max(largest, logits[i]) }
    var sum: Float = 0
    for i in 0..<count { sum += expf(logits[i] - largest) }
    let offset = largest + logf(sum)
    labels = (0..<count).map { logits[$0] - offset }
    let activity = logits + count
    let top = max(activity[0], activity[1], activity[2])
    let (a, b, c) = (expf(activity[0] - top), expf(activity[1] - top), expf(activity[2] - top))
    (silence, digit, other) = (a / (a + b + c), b / (a + b + c), c / (a + b + c))
  }

  /// The probability that no word has its label in this column.
  package var blank: Float { expf(labels[labels.count - 1]) }
  package func probability(of label: Int) -> Double { Double(expf(labels[label])) }
  package var isSpeech: Bool { silence < 0.5 }
}
