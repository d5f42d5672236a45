import AudioInput

/// Joins consecutive digits into a number, until a pause, other speech, or the end of the input. A pure state machine
/// with times in samples.
package struct NumberAssembler: Sendable {
  /// One digit, or a gap: something between digits that was not recognised.
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

    /// The probability that all of it is right, assuming independent errors; 0 if there is a gap.
    package var confidence: Double { parts.reduce(1) { $0 * ($1.digit == nil ? 0 : $1.confidence) } }

    /// At most `count` alternative readings, the most probable first.
    package func alternatives(_ count: Int) -> [(digits: String, confidence: Double)] {
      var beam: [(digits: String, confidence: Double)] = [("", 1)]
      for part in parts {
        guard let digit = part.digit else { continue }
        let choices = part.probabilities.indices.map { other -> (Int, Double) in
          // The other digits share the rest of the confidence in proportion to the network's probabilities.
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

  package struct Settings: Sendable, Equatable {
    /// The longest gap within a number, in samples; longer speech ends the number: 1 s.
    package var longestGap = AudioConditioner.outputRate

    package init() {}
  }

  private let pause: Int
  private let settings: Settings
  private var parts: [Part] = []
  private var gap: Part?

  /// - Parameter pause: samples without a digit after which a number is over.
  package init(pause: Int, settings: Settings = Settings()) { (self.pause, self.settings) = (pause, settings) }

  package var isEmpty: Bool { parts.isEmpty }

  /// Adds an emitted digit. Returns the previous number if the digit begins a new one.
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

  /// Adds a rejected part. Returns the number if this ends it.
  package mutating func rejected(_ samples: Range<Int>) -> Number? {
    guard let last = parts.last else { return nil }
    if gap != nil || samples.count > settings.longestGap || samples.lowerBound - last.samples.upperBound >= pause {
      return end()
    }
    gap = Part(digit: nil, confidence: 0, probabilities: [], samples: samples)
    return nil
  }

  /// There was silence until `sample`. Returns the number if this ends it.
  package mutating func silence(until sample: Int) -> Number? {
    guard let last = parts.last, sample - (gap ?? last).samples.upperBound >= pause else { return nil }
    return end()
  }

  /// The input has ended or was interrupted. Returns the number, if there is one.
  package mutating func end() -> Number? {
    defer { (parts, gap) = ([], nil) }
    return parts.isEmpty ? nil : Number(parts: parts)
  }
}
