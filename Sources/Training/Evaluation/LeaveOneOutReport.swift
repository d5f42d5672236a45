/// How well networks hear a speaker whom they never heard: one for each speaker, learned from all the others.
public struct LeaveOneOutReport: Sendable, Equatable, Codable {
  public struct Fold: Sendable, Equatable, Codable {
    /// The one left out.
    public var speaker: String
    /// Best guesses that are right, of all that the speaker says.
    public var all: Proportion
    /// The same of split `test`.
    public var test: Proportion
    /// `confusion[said][heard]`, of all.
    public var confusion: [[Int]]

    public init(speaker: String, all: Proportion, test: Proportion, confusion: [[Int]]) {
      self.speaker = speaker
      self.all = all
      self.test = test
      self.confusion = confusion
    }
  }

  public var folds: [Fold]
  public var seed: UInt64
  public var epochs: Int
  /// Networks in each fold's model, of this seed and those after it.
  public var members: Int

  public init(folds: [Fold], seed: UInt64, epochs: Int, members: Int = 1) {
    self.folds = folds
    self.seed = seed
    self.epochs = epochs
    self.members = members
  }

  /// How each fold's model was made.
  public var title: String {
    let networks = members == 1 ? "one network, seed \(seed)" : "\(members) networks, seeds from \(seed)"
    return "\(networks), \(epochs) epochs"
  }

  /// Of all folds, each recording counting the same.
  public var together: Proportion {
    Proportion(folds.reduce(0) { $0 + $1.all.count }, of: folds.reduce(0) { $0 + $1.all.total })
  }

  /// Each fold counting the same.
  public var mean: Double { Self.mean(folds.map(\.all.rate)) }
  public var testMean: Double { Self.mean(folds.map(\.test.rate)) }
  public var worst: Fold? { folds.min { $0.all.rate < $1.all.rate } }
  public var testWorst: Fold? { folds.min { $0.test.rate < $1.test.rate } }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// Which digits are taken for which, in all folds, the most frequent first.
  public var confusions: [(said: Int, heard: Int, count: Int)] {
    (0..<100).map { pair in
      let (said, heard) = (pair / 10, pair % 10)
      let count = said == heard ? 0 : folds.reduce(0) { $0 + $1.confusion[said][heard] }
      return (said, heard, count)
    }.filter { $0.count > 0 }.sorted { ($1.count, $0.said, $0.heard) < ($0.count, $1.said, $1.heard) }
  }

  /// A row for each fold, then mean and worst: who was left out, all takes, and the test's.
  public var cells: [[String]] {
    func percent(_ rate: Double) -> String { "\(fixed(100 * rate, 2)) %" }
    func count(_ figure: Proportion) -> String { "\(figure.count) of \(figure.total)" }
    return folds.map { [$0.speaker, count($0.all), percent($0.all.rate), count($0.test), percent($0.test.rate)] }
      + [["mean", "", percent(mean), "", percent(testMean)]]
      + [
        [
          "worst", worst?.speaker ?? "", percent(worst?.all.rate ?? 0), testWorst?.speaker ?? "",
          percent(testWorst?.test.rate ?? 0),
        ]
      ]
  }

  /// The table as a person reads it.
  public var text: String {
    let table = [["left out", "all takes", "", "test takes", ""]] + cells
    let widths = (0..<5).map { column in table.reduce(0) { max($0, $1[column].count) } }
    var lines = table.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let frequent = confusions.prefix(6).map { "\($0.said) as \($0.heard) (\($0.count))" }
    if !frequent.isEmpty { lines.append("taken for another: " + frequent.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }
}
