import ArgumentParser
import CommandSupport
import DigitNetwork
import Training
import Wording

/// Options for evaluating other speech.
struct SpeechOptions: ParsableArguments {
  @Flag(name: .long, help: "Count false accepts in other speech, words like digits and noise.")
  var speech = false

  func report(_ evaluator: Evaluator, _ data: EvaluationData, split: String) throws -> SpeechReport {
    let clips = try data.clips(split: split, unseenBy: evaluator.model)
    let nearWords = try data.clips { $0.split == "near-words" && $0.label == .speech }
    try evaluator.model.metadata.refuseLearned(nearWords.map(\.recording))
    let trial = SpeechTrial(
      digits: clips.filter { if case .digit = $0.recording.label { true } else { false } },
      speech: clips.filter { $0.recording.label == .speech }, nearWords: nearWords,
      noise: clips.filter { $0.recording.label == .noise })
    guard !trial.speech.isEmpty else {
      throw CleanError("\(data.names): split '\(split)' has no other speech")
    }
    let bar = data.bar
    return try trial.measure(evaluator.model, threads: evaluator.threads) { what, share in
      bar.show(what, share: share, "\(percent(share, 0))")
    }
  }
}
