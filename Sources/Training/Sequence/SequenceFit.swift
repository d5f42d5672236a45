package import DigitNetwork
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

  /// Stretches of running speech that are put together: how many, the columns of each (32 ms), and the seconds of most
  /// pauses in it. The long ones are what a microphone hears in half a minute: words in noise that goes on, close by one
  /// another and far apart.
  private static let composed: [(count: Int, columns: Int, pause: ClosedRange<Float>)] = [
    (1500, 128, 0.25...1.1), (200, 1024, 0.25...1.1), (200, 1024, 0.8...5),
  ]
  /// An hour of talk holds fewer recordings than an hour of single words, and is heard all day.
  private static let talkWeight = 4.0

  /// - Parameters:
  ///   - model: its verdict is not looked at.
  ///   - clips: of split `validate`, and real strings that were not learned from.
  ///   - others: what is said in these is other speech.
  ///   - alike: see `SequenceBank`.
  ///   - threshold: words are told from this confidence on.
  package init(
    _ model: SequenceModel, clips: [Clip], others: [Clip] = [], alike: [String: Int] = [:],
    threshold: Double, threads: Int
  ) throws {
    let all = clips.map { $0.heard(in: model.metadata.language) } + others.map(\.asOtherSpeech)
    let even = all.filter(\.recording.isInEvenHalf)
    let odd = TalkStream.joined(all.filter { !$0.recording.isInEvenHalf }).map { SequenceTrial.Material($0) }
    let material =
      TalkStream.joined(even).map { SequenceTrial.Material($0) }
      + (try Self.compose(
        from: even, labels: model.metadata.labels, language: model.metadata.language, alike: alike))
    func fit(_ trial: SequenceTrial) -> SequenceModel.Verdict {
      let fit = VerdictFit.fit(Self.examples(of: trial).map(\.example))
      return SequenceModel.Verdict(weights: fit.weights, bias: fit.bias, threshold: threshold)
    }
    // Some features are what was told before. The first time all that is probable counts as told, the second time what
    // the first fit would have told.
    let first = fit(try SequenceTrial(material, model: model, threads: threads))
    chosen = try SequenceTrial(material, model: model, telling: first, threads: threads)
    verdict = fit(chosen)
    reported = try SequenceTrial(odd, model: model, telling: first, threads: threads)
  }

  /// The model with what was fitted.
  package func fitted(_ model: SequenceModel) throws -> SequenceModel {
    var metadata = model.metadata
    metadata.verdict = verdict
    return try SequenceModel(metadata: metadata, tensors: model.tensors)
  }

  /// Each word found, as the fit takes it, and where.
  package static func examples(
    of trial: SequenceTrial
  ) -> [(example: VerdictFit.Example, heard: SequenceTrial.Heard)] {
    trial.examples { $0.isTalk ? talkWeight : 1 }
  }

  /// Running speech by the people of `clips`; none where a digit is missing among them.
  private static func compose(
    from clips: [Clip], labels: [SequenceModel.Label], language: String, alike: [String: Int]
  ) throws -> [SequenceTrial.Material] {
    guard let bank = try? SequenceBank(clips, language: language, alike: alike) else { return [] }
    return try composed.flatMap { count, columns, pause in
      var recipe = SequenceRecipe()
      recipe.seed = 0x0DD
      recipe.columns = columns
      recipe.examples.pause = pause
      let composer = try SequenceComposer(
        bank, labels: labels, recipe: recipe, architecture: .standard(labels: labels.count + 1))
      return (0..<UInt64(count)).map { index in
        let (samples, words) = composer.sound(index)
        let digits = words.map { labels[$0.label].digit }
        let recording = Recording(
          path: "composed-\(columns)-\(pause.upperBound)-\(index)", label: digits.isEmpty ? .speech : .sequence(digits),
          speaker: "composed-0", source: "composed", licence: "", duration: Double(samples.count) / 8000,
          split: "validate")
        return SequenceTrial.Material(
          Clip(recording: recording, samples: samples, sound: 0..<samples.count), places: words.map(\.samples))
      }
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
  /// Split `validate`, and real strings, which are never learned from.
  package var isForFitting: Bool {
    if case .sequence = label, !SequenceBank.isSynthetic(self) { return true }
    return split == "validate"
  }

  /// The half of the people that is chosen by, whose id ends in an even hexadecimal digit; the other half is reported on.
  package var isInEvenHalf: Bool {
    guard let last = speaker.lowercased().last(where: { $0.isHexDigit || $0.isLetter || $0.isNumber }) else {
      return true
    }
    if let digit = last.hexDigitValue { return digit % 2 == 0 }
    return last.unicodeScalars.allSatisfy { $0.value % 2 == 0 }
  }
}
