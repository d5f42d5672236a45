import DigitNetwork
import Recognition

/// Fits the verdict of a trained network, and tells what comes out.
///
/// It is fitted on the people of one half of split `validate`: on their recordings as they are, and on running speech put
/// together from them. The other half is for reporting.
package struct SequenceFit: Sendable {
  package let verdict: SequenceModel.Verdict
  /// What was fitted on, and what is reported on.
  package let chosen: SequenceTrial
  package let reported: SequenceTrial

  /// Stretches of running speech that are put together.
  private static let composed = 1500
  /// An hour of talk holds fewer recordings than an hour of single words, and is heard all day.
  private static let talkWeight = 4.0

  /// - Parameters:
  ///   - model: its verdict is not looked at.
  ///   - clips: of split `validate`, and real strings that were not learned from.
  ///   - threshold: words are told from this confidence on.
  package init(_ model: SequenceModel, clips: [Clip], threshold: Double, threads: Int) throws {
    let even = clips.filter(\.recording.isInEvenHalf)
    chosen = try SequenceTrial(even + Self.compose(from: even), model: model, threads: threads)
    reported = try SequenceTrial(clips.filter { !$0.recording.isInEvenHalf }, model: model, threads: threads)
    let fit = VerdictFit.fit(chosen.examples { $0.seconds > 2.2 && $0.said.isEmpty ? Self.talkWeight : 1 })
    verdict = SequenceModel.Verdict(weights: fit.weights, bias: fit.bias, threshold: threshold)
  }

  /// Running speech by the people of `clips`; none where a digit is missing among them.
  private static func compose(from clips: [Clip]) throws -> [Clip] {
    guard let bank = try? SequenceBank(clips) else { return [] }
    var recipe = SequenceRecipe()
    recipe.seed = 0x0DD
    let composer = try SequenceComposer(
      bank, recipe: recipe, architecture: .standard(labels: SequenceComposer.labels))
    return (0..<UInt64(composed)).map { index in
      let (samples, labels) = composer.sound(index)
      let digits = labels.map { SequenceComposer.english[$0].digit }
      let recording = Recording(
        path: "composed-\(index)", label: digits.isEmpty ? .speech : .sequence(digits), speaker: "composed-0",
        source: "composed", licence: "", duration: 4, split: "validate")
      return Clip(recording: recording, samples: samples, sound: 0..<samples.count)
    }
  }

  /// A line a threshold for each half.
  package var tradeOff: [String] {
    let ready = SequenceVerdict(verdict)
    return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].flatMap { threshold in
      [
        "\(threshold) chosen by: \(SequenceScore(chosen, verdict: ready, threshold: threshold))",
        "\(threshold) others:    \(SequenceScore(reported, verdict: ready, threshold: threshold))",
      ]
    }
  }
}

extension Recording {
  /// The half of the people that is chosen by, whose id ends in an even hexadecimal digit; the other half is reported on.
  package var isInEvenHalf: Bool {
    guard let last = speaker.lowercased().last(where: { $0.isHexDigit || $0.isLetter || $0.isNumber }) else {
      return true
    }
    if let digit = last.hexDigitValue { return digit % 2 == 0 }
    return last.unicodeScalars.allSatisfy { $0.value % 2 == 0 }
  }
}
