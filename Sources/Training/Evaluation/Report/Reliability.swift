import Events
import Recognition

/// Whether confidence is calibrated: how often answers with a given confidence were right (A. Niculescu-Mizil and R.
/// Caruana, "Predicting Good Probabilities with Supervised Learning", 2005).
package struct Reliability: Sendable, Equatable, Codable {
  /// The confidence of an answer, 0…1, whether it was right, and its weight.
  package struct Answer: Sendable, Equatable {
    package var confidence: Double
    package var isRight: Bool
    package var weight: Double

    package init(confidence: Double, isRight: Bool, weight: Double = 1) {
      self.confidence = confidence
      self.isRight = isRight
      self.weight = weight
    }
  }

  /// A tenth of the range of confidence.
  package struct Bin: Sendable, Equatable, Codable {
    package var count = 0
    package var right = 0
    /// The weighted means of confidence and of correctness over the bin; 0 if it is empty.
    package var confidence = 0.0
    package var rate = 0.0
  }

  /// By rising confidence.
  package private(set) var bins: [Bin]
  /// Expected calibration error: the mean distance between confidence and rate of success, weighted by bin (Guo et al.,
  /// 2017).
  package private(set) var expectedError: Double

  package init(_ answers: [Answer]) {
    var bins = [Bin](repeating: Bin(), count: 10)
    var weights = [Double](repeating: 0, count: 10)
    for answer in answers {
      let index = min(9, max(0, Int(answer.confidence * 10)))
      bins[index].count += 1
      bins[index].right += answer.isRight ? 1 : 0
      bins[index].confidence += answer.weight * answer.confidence
      bins[index].rate += answer.isRight ? answer.weight : 0
      weights[index] += answer.weight
    }
    let total = weights.reduce(0, +)
    expectedError = total > 0 ? bins.reduce(0) { $0 + abs($1.confidence - $1.rate) } / total : 0
    for index in bins.indices where weights[index] > 0 {
      bins[index].confidence /= weights[index]
      bins[index].rate /= weights[index]
    }
    self.bins = bins
  }

  /// Digits and other speech have the same total weight, however many there are of each. Confidence is the probability
  /// that this digit was said, and it is fitted as if half of what is said were digits.
  package init(_ outcomes: [Outcome]) {
    func answers(_ isOfKind: (RecordingLabel) -> Bool) -> [Answer] {
      let chosen = outcomes.filter { isOfKind($0.recording.label) }
      return chosen.map {
        Answer(
          confidence: $0.recognition.guess.confidence, isRight: $0.isRight, weight: 1 / Double(chosen.count))
      }
    }
    self.init(answers { if case .digit = $0 { true } else { false } } + answers { $0 == .speech })
  }
}

extension Outcome {
  /// Whether the best guess is what was said.
  var isRight: Bool { recording.label == .digit(recognition.guess.digit) }

  /// Whether any digit was emitted.
  var isEmitted: Bool { !emitted.isEmpty }
}
