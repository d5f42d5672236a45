import Recognition

/// Whether confidence means what it says: how often what was told with it was right (A. Niculescu-Mizil and R. Caruana,
/// "Predicting Good Probabilities with Supervised Learning", 2005).
public struct Reliability: Sendable, Equatable, Codable {
  /// A tenth of the range of confidence.
  public struct Bin: Sendable, Equatable, Codable {
    public var count = 0
    public var right = 0
    /// The mean over the bin; 0 if it is empty.
    public var confidence = 0.0

    public var rate: Double { count == 0 ? 0 : Double(right) / Double(count) }
  }

  /// From the least confidence to the most.
  public private(set) var bins: [Bin]
  /// The mean distance between confidence and rate of success, each bin counting by what is in it (Guo et al., 2017).
  public private(set) var expectedError: Double

  /// - Parameter answers: how sure each was, 0…1, and whether it was right.
  public init(_ answers: some Sequence<(confidence: Double, isRight: Bool)>) {
    var bins = [Bin](repeating: Bin(), count: 10)
    for answer in answers {
      let index = min(9, max(0, Int(answer.confidence * 10)))
      bins[index].count += 1
      bins[index].right += answer.isRight ? 1 : 0
      bins[index].confidence += answer.confidence
    }
    let total = Double(max(1, bins.reduce(0) { $0 + $1.count }))
    expectedError = bins.reduce(0) { $0 + abs($1.confidence - Double($1.right)) / total }
    for index in bins.indices where bins[index].count > 0 { bins[index].confidence /= Double(bins[index].count) }
    self.bins = bins
  }

  /// Of digits and other speech: the confidence says that a digit was said, and which.
  public init(_ outcomes: [Outcome]) {
    self.init(
      outcomes.lazy.filter { outcome in
        switch outcome.recording.label {
        case .digit, .speech: true
        case .noise, .sequence: false
        }
      }.map { (confidence: $0.recognition.guess.confidence, isRight: $0.isRight) })
  }
}

extension Outcome {
  /// Whether the best guess is what was said.
  var isRight: Bool { recording.label == .digit(recognition.guess.digit) }

  /// Whether a digit was told.
  var isTold: Bool { if case .digit = recognition.decision { true } else { false } }
}
