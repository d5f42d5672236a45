/// Puts digits that are said one after another together, until a pause, something else that is said, or the end.
/// A pure state machine on the clock of samples.
package struct NumberAssembler: Sendable {
  /// One digit, or a gap: something between digits that was not understood.
  package struct Part: Sendable, Equatable {
    /// Nil for a gap.
    package var digit: Int?
    package var confidence: Double
    /// Given that a digit was said: ten values. Empty for a gap.
    package var probabilities: [Double]
    package var samples: Range<Int>

    package init(digit: Int?, confidence: Double, probabilities: [Double], samples: Range<Int>) {
      self.digit = digit
      self.confidence = confidence
      self.probabilities = probabilities
      self.samples = samples
    }
  }

  package struct Number: Sendable, Equatable {
    package var parts: [Part]

    package init(parts: [Part]) { self.parts = parts }

    /// The probability that all of it is right: the words' errors are taken to be independent; a gap is never right.
    package var confidence: Double { parts.reduce(1) { $0 * ($1.digit == nil ? 0 : $1.confidence) } }

    /// The other ways to hear it, the most probable first: at most `count`.
    package func alternatives(_ count: Int) -> [(digits: String, confidence: Double)] {
      var beam: [(digits: String, confidence: Double)] = [("", 1)]
      for part in parts {
        guard let digit = part.digit else { continue }
        let choices = part.probabilities.indices.map { other -> (Int, Double) in
          // What the confidence leaves is shared by the other digits as the network has them.
          let rest = max(1 - part.probabilities[digit], 1e-12)
          return other == digit
            ? (other, part.confidence) : (other, (1 - part.confidence) * part.probabilities[other] / rest)
        }
        let next = beam.flatMap { prefix in
          choices.map { (digits: prefix.digits + "\($0.0)", confidence: prefix.confidence * $0.1) }
        }
        beam = Array(
          next.sorted { $0.confidence != $1.confidence ? $0.confidence > $1.confidence : $0.digits < $1.digits }
            .prefix(count + 1))
      }
      let own = parts.compactMap { $0.digit.map(String.init) }.joined()
      return Array(beam.filter { $0.digits != own && $0.confidence >= 1e-6 }.prefix(count))
    }
  }

  /// Longer than this, what was not understood is something else that was said: 1 s.
  private static let longestGap = 8000

  private let pause: Int
  private var parts: [Part] = []
  private var gap: Part?

  /// - Parameter pause: samples without a digit after which a number is over.
  package init(pause: Int) { self.pause = pause }

  package var isEmpty: Bool { parts.isEmpty }

  /// A digit was told. Returns the number that it does not belong to any more.
  package mutating func digit(_ part: Part) -> Number? {
    var ended: Number?
    if let last = parts.last {
      if part.samples.lowerBound - (gap ?? last).samples.upperBound >= pause {
        ended = end()
      } else if let gap {
        parts.append(gap)
      }
    }
    gap = nil
    parts.append(part)
    return ended
  }

  /// Something was said that is no digit. Returns the number that it ends.
  package mutating func rejected(_ samples: Range<Int>) -> Number? {
    guard let last = parts.last else { return nil }
    if gap != nil || samples.count > Self.longestGap || samples.lowerBound - last.samples.upperBound >= pause {
      return end()
    }
    gap = Part(digit: nil, confidence: 0, probabilities: [], samples: samples)
    return nil
  }

  /// Nothing was said until `sample`. Returns the number that is over by that.
  package mutating func silence(until sample: Int) -> Number? {
    guard let last = parts.last, sample - (gap ?? last).samples.upperBound >= pause else { return nil }
    return end()
  }

  /// The input is over, or interrupted.
  package mutating func end() -> Number? {
    defer { (parts, gap) = ([], nil) }
    return parts.isEmpty ? nil : Number(parts: parts)
  }
}
