import Foundation
import Testing
import Training

@Suite struct CTCLossTests {
  private static let (columns, labels, stride) = (7, 4, 6)

  private static func scores(_ seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<columns * stride).map { _ in random.normal() }
  }

  private static func loss(_ words: [CTCLoss.Word], _ scores: [Float]) -> (Double, [Float]) {
    var ctc = CTCLoss(columns: columns, labels: labels)
    var gradients = [Float](repeating: 0, count: scores.count)
    let value = scores.withUnsafeBufferPointer { scores in
      gradients.withUnsafeMutableBufferPointer { gradients -> Double in
        guard let scores = scores.baseAddress, let gradients = gradients.baseAddress else { return .nan }
        return ctc.compute(words, scores: scores, gradients: gradients, stride: stride)
      }
    }
    return (value, gradients)
  }

  /// Sums the probability of every path that spells `words`.
  private static func bruteForce(_ words: [CTCLoss.Word], _ scores: [Float]) -> Double {
    var total = 0.0
    var path = [Int](repeating: 0, count: columns)
    func probability(_ column: Int, _ label: Int) -> Double {
      let row = scores[(column * stride)..<(column * stride + labels)].map(Double.init)
      let largest = row.max() ?? 0
      let sum = row.reduce(0) { $0 + exp($1 - largest) }
      return exp(row[label] - largest) / sum
    }
    func spells() -> Bool {
      var spoken: [(label: Int, columns: [Int])] = []
      for (column, label) in path.enumerated() where label != labels - 1 {
        if column > 0, path[column - 1] == label, !spoken.isEmpty {
          spoken[spoken.count - 1].columns.append(column)
        } else {
          spoken.append((label, [column]))
        }
      }
      return spoken.count == words.count
        && zip(spoken, words).allSatisfy { $0.label == $1.label && $0.columns.allSatisfy($1.columns.contains) }
    }
    func walk(_ column: Int, _ product: Double) {
      if column == columns {
        if spells() { total += product }
        return
      }
      for label in 0..<labels {
        path[column] = label
        walk(column + 1, product * probability(column, label))
      }
    }
    walk(0, 1)
    return -log(total)
  }

  static let cases: [[CTCLoss.Word]] = [
    [],
    [.init(label: 1, columns: 0..<7)],
    [.init(label: 0, columns: 0..<7), .init(label: 2, columns: 0..<7)],
    [.init(label: 1, columns: 0..<7), .init(label: 1, columns: 0..<7)],
    [.init(label: 2, columns: 1..<3), .init(label: 0, columns: 3..<6)],
  ]

  @Test(arguments: cases) func `the loss is the sum over all alignments`(_ words: [CTCLoss.Word]) {
    let scores = Self.scores(3)
    #expect(abs(Self.loss(words, scores).0 - Self.bruteForce(words, scores)) < 1e-6)
  }

  @Test(arguments: cases) func `the gradient is that of finite differences`(_ words: [CTCLoss.Word]) {
    let scores = Self.scores(5)
    let gradients = Self.loss(words, scores).1
    for column in 0..<Self.columns {
      for label in 0..<Self.labels {
        let place = column * Self.stride + label
        let step: Float = 1e-2
        var (more, less) = (scores, scores)
        more[place] += step
        less[place] -= step
        let difference = (Self.loss(words, more).0 - Self.loss(words, less).0) / Double(2 * step)
        #expect(abs(difference - Double(gradients[place])) < 2e-4)
      }
    }
  }

  @Test func `words that fit nowhere cost infinity and pull nowhere`() {
    let words = [CTCLoss.Word](repeating: .init(label: 1, columns: 0..<2), count: 3)
    let (loss, gradients) = Self.loss(words, Self.scores(1))
    #expect(loss == .infinity)
    #expect(gradients.allSatisfy { $0 == 0 })
  }
}
