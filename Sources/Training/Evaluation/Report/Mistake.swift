import DigitNetwork
import Recognition
import VoiceActivity

/// A recording that went wrong, with what there is to see of it.
public struct Mistake: Sendable {
  public enum Kind: Int, Sendable, Comparable {
    /// A digit that was taken for another.
    case mistaken
    /// Something else that was taken for a digit.
    case taken
    /// A digit, guessed rightly, that was turned down.
    case turnedDown

    public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  public let kind: Kind
  public let outcome: Outcome
  /// 8 kHz, conditioned.
  public let samples: [Float]
  /// The part of them that was recognised.
  public let cut: Range<Int>?
  /// What the network saw, 128 bands of 128 frames, `[band * 128 + frame]`; nil if it cannot be told which it was.
  public let image: [Float]?

  /// The worst of some outcomes: the surest first, at most `count` of each kind.
  ///
  /// - Parameter clips: the recordings of `outcomes`, in the same order.
  static func worst(
    of outcomes: [Outcome], clips: [Clip], count: Int, model: DigitModel
  ) throws -> [Mistake] {
    let wrong = outcomes.indices.compactMap { index in kind(of: outcomes[index]).map { (index, $0) } }
    let recognizer = try Recognizer(model: model)
    return Dictionary(grouping: wrong) { $0.1 }.sorted { $0.key < $1.key }.flatMap { kind, found in
      // The least sure of those turned down would have deserved it: of them, too, the surest are the worst.
      found.map { $0.0 }.sorted {
        let (a, b) = (outcomes[$0].recognition.guess.confidence, outcomes[$1].recognition.guess.confidence)
        return (b, $0) < (a, $1)
      }.prefix(count).map { index in
        let seen = recognizer.seen(clips[index].samples, as: outcomes[index].recognition)
        return Mistake(
          kind: kind, outcome: outcomes[index], samples: clips[index].samples, cut: seen?.cut, image: seen?.image)
      }
    }
  }

  private static func kind(of outcome: Outcome) -> Kind? {
    switch outcome.recording.label {
    case .digit: outcome.isRight ? (outcome.isTold ? nil : .turnedDown) : .mistaken
    case .speech, .noise: outcome.isTold ? .taken : nil
    case .sequence: nil
    }
  }
}

extension Recognizer {
  /// Which cut of a recording gave `hypothesis`, and what the network saw of it: `recognize(clip:)` may look twice, and the
  /// image is that of its last look. Nil if neither cut gives that answer.
  fileprivate func seen(_ samples: [Float], as hypothesis: Hypothesis) -> (cut: Range<Int>, image: [Float])? {
    samples.withUnsafeBufferPointer { samples in
      let widest = [UtteranceBounds.find(in: samples)].compactMap { $0 }
      let cuts = widest + UtteranceBounds.tightened(in: samples, longest: Self.longestAlone).suffix(1)
      for bounds in cuts {
        let cut =
          max(
            0, bounds.utterance.lowerBound - Self.before)..<min(samples.count, bounds.utterance.upperBound + Self.after)
        let answer = recognize(
          UnsafeBufferPointer(rebasing: samples[cut]),
          background: UnsafeBufferPointer(rebasing: samples[bounds.background]))
        if answer.guess == hypothesis.guess { return (cut, image) }
      }
      return nil
    }
  }

  /// As `recognize(clip:)` has them, in samples. Should that change, the answers differ and no picture is shown.
  private static var before: Int { 400 }
  private static var after: Int { 800 }
  private static var longestAlone: Int { 8192 }
}
