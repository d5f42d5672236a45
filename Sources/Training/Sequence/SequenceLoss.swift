import DigitNetwork

/// The loss of one example: connectionist temporal classification for its words, and cross-entropy for the activity in
/// each column (silence, digit, other speech).
///
/// Owned by one thread at a time.
final class SequenceLoss {
  private let columns: Int
  private let labels: Int
  private let activities: Int
  private let activityWeight: Float
  private var ctc: CTCLoss
  /// The CTC loss of the last example, in nats.
  private(set) var wordLoss = 0.0
  private(set) var activityLoss = 0.0

  init(architecture: SequenceArchitecture, columns: Int, activityWeight: Float) {
    self.columns = columns
    labels = architecture.labels
    activities = architecture.activities
    self.activityWeight = activityWeight
    ctc = CTCLoss(columns: columns, labels: architecture.labels)
  }

  /// - Parameters:
  ///   - scores: [columns][labels, then activities].
  ///   - gradients: same shape, overwritten.
  /// - Returns: the loss; if no alignment is allowed, the words contribute nothing.
  func compute(
    _ target: SequenceComposer.Target, scores: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>
  ) -> Double {
    let stride = labels + activities
    let words = ctc.compute(target.words, scores: scores, gradients: gradients, stride: stride)
    wordLoss = words.isFinite ? words : 0
    activityLoss = 0
    withUnsafeTemporaryAllocation(of: Float.self, capacity: activities) { exponentials in
      guard let exponentials = exponentials.baseAddress else { return }
      for column in 0..<columns {
        let row = scores + (column * stride + labels)
        let gradient = gradients + (column * stride + labels)
        let wanted = target.activity[column]
        guard wanted >= 0 else {
          for i in 0..<activities { gradient[i] = 0 }
          continue
        }
        let (largest, sum) = Elementary.exponentials(of: row, count: activities, into: exponentials)
        for i in 0..<activities {
          gradient[i] = activityWeight * (exponentials[i] / sum - (i == wanted ? 1 : 0))
        }
        activityLoss += Double(Elementary.logarithm(sum) + largest - row[wanted])
      }
    }
    return wordLoss + Double(activityWeight) * activityLoss
  }
}
