import DigitNetwork

/// The model's verdict, ready for use.
package struct SequenceVerdict: Sendable {
  let bias: Double
  let sorted: [(key: String, value: Double)]
  package let threshold: Double

  package init(_ verdict: SequenceModel.Verdict) {
    bias = verdict.bias
    sorted = verdict.weights.sorted { $0.key < $1.key }
    threshold = verdict.threshold
  }
}
