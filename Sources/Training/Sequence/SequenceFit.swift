package import DigitNetwork
import Recognition
import VoiceActivity

/// Fits the verdict of a trained network and reports the results.
///
/// It is fitted on one half of the people of split `validate`: on their recordings, and on running speech composed from
/// them. The other half is for reporting.
package struct SequenceFit: Sendable {
  package let verdict: SequenceModel.Verdict
  /// The results on the half used for fitting; `reported` has those on the other half.
  package let chosen: SequenceTrial
  package let reported: SequenceTrial

  /// The composed stretches of running speech: their number, their length in columns of 32 ms, and the range of most
  /// pauses in seconds. The long ones imitate half a minute at a microphone: words in continuous noise, close together
  /// or far apart.
  private static let composed: [(count: Int, columns: Int, pause: ClosedRange<Float>)] = [
    (1500, 128, 0.25...1.1), (200, 1024, 0.25...1.1), (200, 1024, 0.8...5),
  ]
  /// The weight of talk. An hour of talk has fewer recordings than an hour of single words, but is heard all day.
  private static let talkWeight = 4.0

  /// - Parameters:
  ///   - model: the trained network; its verdict is ignored.
  ///   - clips: recordings of split `validate`, and real strings that were not trained on.
  ///   - others: recordings that all count as other speech.
  ///   - alike: see `SequenceBank`.
  ///   - threshold: the confidence from which words are emitted.
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
    // Some features depend on what was emitted before. In the first pass every word more probable than not counts as
    // emitted, in the second pass what the first fit would emit.
    let first = fit(try SequenceTrial(material, model: model, threads: threads))
    chosen = try SequenceTrial(material, model: model, emitting: first, threads: threads)
    verdict = fit(chosen)
    reported = try SequenceTrial(odd, model: model, emitting: first, threads: threads)
  }

  /// The model with the fitted verdict.
  package func fitted(_ model: SequenceModel) throws -> SequenceModel {
    var metadata = model.metadata
    metadata.verdict = verdict
    return try SequenceModel(metadata: metadata, tensors: model.tensors)
  }

  /// Each word found, as an example for the fit, and its recording.
  package static func examples(
    of trial: SequenceTrial
  ) -> [(example: VerdictFit.Example, heard: SequenceTrial.Heard)] {
    trial.examples { $0.isTalk ? talkWeight : 1 }
  }

  /// Running speech composed from `clips`; empty if a digit is missing among them.
  private static func compose(
    from clips: [Clip], labels: [SequenceModel.Label], language: String, alike: [String: Int]
  ) throws -> [SequenceTrial.Material] {
    guard let bank = try? SequenceBank(clips, language: language, alike: alike) else { return [] }
    return try composed.flatMap { count, columns, pause in
      var recipe = SequenceRecipe()
      recipe.seed = 0x0DD
      recipe.columns = columns
      recipe.examples.pause = pause
      // The verdict is fitted to words with their soft ends.
      recipe.examples.hardCut = nil
      let composer = try SequenceComposer(
        bank, labels: labels, recipe: recipe, architecture: .standard(labels: labels.count + 1))
      return (0..<UInt64(count)).map { index in
        let (samples, words) = composer.sound(index)
        let digits = words.map { labels[$0.label].digit }
        let recording = Recording(
          path: "composed-\(columns)-\(pause.upperBound)-\(index)", label: digits.isEmpty ? .speech : .sequence(digits),
          speaker: "composed-0", source: "composed", licence: "",
          duration: Double(samples.count) / Double(VoiceFrame.sampleRate),
          split: "validate")
        return SequenceTrial.Material(
          Clip(recording: recording, samples: samples, sound: 0..<samples.count), places: words.map(\.samples))
      }
    }
  }

  /// One line for each threshold and half.
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
  /// Split `validate`, and real strings, which are never trained on.
  package var isForFitting: Bool {
    if case .sequence = label, !SequenceBank.isSynthetic(self) { return true }
    return split == "validate"
  }

  /// Whether the person belongs to the half used for fitting: those whose id ends in an even hexadecimal digit. The
  /// other half is for reporting.
  package var isInEvenHalf: Bool {
    guard let last = speaker.lowercased().last(where: { $0.isHexDigit || $0.isLetter || $0.isNumber }) else {
      return true
    }
    if let digit = last.hexDigitValue { return digit % 2 == 0 }
    return last.unicodeScalars.allSatisfy { $0.value % 2 == 0 }
  }
}
