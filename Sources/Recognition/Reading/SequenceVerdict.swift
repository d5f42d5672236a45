package import DigitNetwork

/// The model's verdict, ready for use: a logistic function of features and of products of two ("a*b").
package struct SequenceVerdict: Sendable {
  struct Term: Sendable {
    let features: [String]
    let weight: Double
  }

  let bias: Double
  /// Sorted by name: a sum in another order could differ in its last bits.
  let terms: [Term]
  package let threshold: Double

  package init(_ verdict: SequenceModel.Verdict) {
    bias = verdict.bias
    terms = verdict.weights.sorted { $0.key < $1.key }.map { name, weight in
      Term(features: name.split(separator: "*").map(String.init), weight: weight)
    }
    threshold = verdict.threshold
  }
}
