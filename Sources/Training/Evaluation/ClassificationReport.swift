import Wording

/// Precision and recall, class by class.
package struct ClassificationReport: Sendable, Equatable, Codable {
  /// Precision, recall and their harmonic mean F1, each 0…1, and the number of items.
  package struct Score: Sendable, Equatable, Codable {
    package var precision: Double
    package var recall: Double
    package var f1: Double
    package var support: Int

    package init(precision: Double, recall: Double, f1: Double, support: Int) {
      self.precision = precision
      self.recall = recall
      self.f1 = f1
      self.support = support
    }
  }

  /// `confusion[said][heard]`: how often `said` was recognised as `heard`.
  package let confusion: [[Int]]

  /// - Parameter confusion: a square matrix of counts.
  package init(confusion: [[Int]]) {
    self.confusion = confusion
  }

  package init(classes: Int = 10, pairs: some Sequence<(said: Int, heard: Int)>) {
    var confusion = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    for pair in pairs { confusion[pair.said][pair.heard] += 1 }
    self.init(confusion: confusion)
  }

  package var classes: Int { confusion.count }
  package var total: Int { confusion.joined().reduce(0, +) }
  package var right: Int { confusion.indices.reduce(0) { $0 + confusion[$1][$1] } }
  package var accuracy: Double { total == 0 ? 0 : Double(right) / Double(total) }

  /// The class's score; 0 / 0 counts as 0, as in scikit-learn.
  package func score(of label: Int) -> Score {
    let hit = Double(confusion[label][label])
    let said = confusion[label].reduce(0, +)
    let heard = confusion.reduce(0) { $0 + $1[label] }
    let precision = heard == 0 ? 0 : hit / Double(heard)
    let recall = said == 0 ? 0 : hit / Double(said)
    let f1 = precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
    return Score(precision: precision, recall: recall, f1: f1, support: said)
  }

  /// The mean over the classes that occur, each with equal weight.
  package var macroAverage: Score { average { $0.support > 0 ? 1 : 0 } }
  /// The mean over the classes, weighted by how often each occurs.
  package var weightedAverage: Score { average { Double($0.support) } }

  private func average(weight: (Score) -> Double) -> Score {
    let scores = confusion.indices.map(score(of:))
    let sum = scores.reduce(0) { $0 + weight($1) }
    func mean(_ value: KeyPath<Score, Double>) -> Double {
      sum == 0 ? 0 : scores.reduce(0) { $0 + weight($1) * $1[keyPath: value] } / sum
    }
    return Score(precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: total)
  }

  /// The report and the confusion matrix as text.
  package func text(labels: [String]) -> String {
    func row(_ name: String, _ score: Score) -> [String] {
      [name] + [score.precision, score.recall, score.f1].map { decimal($0, 3) } + ["\(score.support)"]
    }
    let scores = Table(
      header: ["", "precision", "recall", "f1-score", "support"],
      rows: confusion.indices.map { row(labels[$0], score(of: $0)) } + [
        [], ["accuracy", "", "", decimal(accuracy, 3), "\(total)"], row("macro avg", macroAverage),
        row("weighted avg", weightedAverage),
      ], alignment: .numbers)
    let matrix = Table(
      header: ["said \\ heard"] + labels,
      rows: zip(labels, confusion).map { said, counts in [said] + counts.map { $0 == 0 ? "·" : "\($0)" } },
      alignment: .numbers)
    return scores.text + "\n\n" + matrix.text
  }
}
