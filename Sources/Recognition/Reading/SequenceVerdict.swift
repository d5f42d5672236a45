package import DigitNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The model's verdict, ready for use: a logistic function of features and of products of two ("a*b").
package struct SequenceVerdict: Sendable {
  private struct Term: Sendable {
    let features: [String]
    let weight: Double
  }

  private let bias: Double
  /// Sorted by name: a sum in another order could differ in its last bits.
  private let terms: [Term]
  package let threshold: Double

  package init(_ verdict: SequenceModel.Verdict) {
    bias = verdict.bias
    terms = verdict.weights.sorted { $0.key < $1.key }.map { name, weight in
      Term(features: name.split(separator: "*").map(String.init), weight: weight)
    }
    threshold = verdict.threshold
  }

  /// The probability that the word was said as found, 0…1.
  package func confidence(_ features: [String: Double]) -> Double {
    var sum = bias
    for term in terms {
      sum += term.weight * term.features.reduce(1) { $0 * (features[$1] ?? 0) }
    }
    return 1 / (1 + exp(-sum))
  }
}
