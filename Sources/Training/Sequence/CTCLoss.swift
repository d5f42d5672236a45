#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Connectionist temporal classification (A. Graves and others, 2006): the negative log probability that the columns
/// spell the words, summed over all alignments, computed by forward-backward in the log domain.
///
/// Where the position of a word is known, as in strings spliced from single recordings, its label is allowed in those
/// columns only. That teaches when to emit a word as well as which.
package struct CTCLoss {
  /// One word that is said.
  package struct Word: Sendable, Equatable {
    package var label: Int
    /// The columns in which its label is allowed.
    package var columns: Range<Int>

    package init(label: Int, columns: Range<Int>) {
      self.label = label
      self.columns = columns
    }
  }

  private let columns: Int
  private let labels: Int
  private var logProbabilities: [Double]
  private var forward: [Double]
  private var backward: [Double]
  private var occupancy: [Double]

  private static let never = -Double.infinity

  /// - Parameters:
  ///   - columns: number of columns of scores.
  ///   - labels: number of labels, including the blank, which is the last.
  package init(columns: Int, labels: Int) {
    self.columns = columns
    self.labels = labels
    logProbabilities = [Double](repeating: 0, count: columns * labels)
    forward = []
    backward = []
    occupancy = [Double](repeating: 0, count: labels)
  }

  /// The loss of `words`, in spoken order.
  ///
  /// - Parameters:
  ///   - scores: [columns][stride]; the first `labels` of each column are logits.
  ///   - gradients: same shape; receives the gradient of the loss with respect to the logits.
  /// - Returns: the loss in nats; infinity, and zero gradients, if no alignment is allowed.
  package mutating func compute(
    _ words: [Word], scores: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>, stride: Int
  ) -> Double {
    normalise(scores, stride: stride)
    let states = 2 * words.count + 1
    let blank = labels - 1
    func label(_ state: Int) -> Int { state % 2 == 0 ? blank : words[state / 2].label }
    func allows(_ state: Int, _ column: Int) -> Bool { state % 2 == 0 || words[state / 2].columns.contains(column) }
    func mayBeSkipped(_ state: Int) -> Bool {
      // Whether the blank before a word may be skipped: not if the word before is the same.
      state > 1 && state % 2 == 1 && words[state / 2].label != words[state / 2 - 1].label
    }
    forward = [Double](repeating: Self.never, count: columns * states)
    backward = [Double](repeating: Self.never, count: columns * states)
    for state in 0..<min(2, states) where allows(state, 0) {
      forward[state] = logProbabilities[label(state)]
    }
    for column in 1..<columns {
      let (here, before) = (column * states, (column - 1) * states)
      for state in 0..<states where allows(state, column) {
        var sum = forward[before + state]
        if state > 0 { sum = Self.add(sum, forward[before + state - 1]) }
        if mayBeSkipped(state) { sum = Self.add(sum, forward[before + state - 2]) }
        if sum > Self.never { forward[here + state] = sum + logProbabilities[column * labels + label(state)] }
      }
    }
    // `backward` does not include the column's own probability.
    let last = (columns - 1) * states
    for state in max(0, states - 2)..<states where allows(state, columns - 1) { backward[last + state] = 0 }
    for column in Swift.stride(from: columns - 2, through: 0, by: -1) {
      let (here, after) = (column * states, (column + 1) * states)
      func step(_ state: Int) -> Double {
        allows(state, column + 1)
          ? backward[after + state] + logProbabilities[(column + 1) * labels + label(state)] : Self.never
      }
      for state in 0..<states where allows(state, column) {
        var sum = step(state)
        if state + 1 < states { sum = Self.add(sum, step(state + 1)) }
        if state + 2 < states, mayBeSkipped(state + 2) { sum = Self.add(sum, step(state + 2)) }
        backward[here + state] = sum
      }
    }
    var total = Self.never
    for state in max(0, states - 2)..<states { total = Self.add(total, forward[last + state]) }
    for column in 0..<columns {
      let gradient = gradients + column * stride
      guard total > Self.never else {
        for label in 0..<labels { gradient[label] = 0 }
        continue
      }
      for i in 0..<labels { occupancy[i] = 0 }
      for state in 0..<states {
        let place = column * states + state
        let path = forward[place] + backward[place] - total
        if path > -60 { occupancy[label(state)] += exp(path) }
      }
      for i in 0..<labels {
        gradient[i] = Float(exp(logProbabilities[column * labels + i]) - occupancy[i])
      }
    }
    return -total
  }

  private mutating func normalise(_ scores: UnsafePointer<Float>, stride: Int) {
    for column in 0..<columns {
      let row = scores + column * stride
      var largest = Double(row[0])
      for i in 1..<labels { largest = max(largest, Double(row[i])) }
      var sum = 0.0
      for i in 0..<labels { sum += exp(Double(row[i]) - largest) }
      let offset = largest + log(sum)
      for i in 0..<labels { logProbabilities[column * labels + i] = Double(row[i]) - offset }
    }
  }

  private static func add(_ a: Double, _ b: Double) -> Double {
    let (high, low) = a > b ? (a, b) : (b, a)
    return low == never ? high : high + log1p(exp(low - high))
  }
}
