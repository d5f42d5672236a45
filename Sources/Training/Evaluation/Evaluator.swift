package import DigitNetwork
import Events
import Recognition
import Synchronization

/// Runs recordings through a model on several threads, in the same way as `classify`.
package struct Evaluator: Sendable {
  package let model: SequenceModel
  package let threads: Int

  package init(model: SequenceModel, threads: Int = 2) {
    self.model = model
    self.threads = threads
  }

  /// - Parameter change: transforms a clip's samples before recognition, for example by adding noise.
  /// - Returns: outcomes in the order of `clips`.
  package func outcomes(
    for clips: [Clip], change: (@Sendable (Int, Clip) -> [Float])? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> [Outcome] {
    let done = Atomic<Int>(0)
    let results = Parallel.results(count: clips.count, threads: threads) { index in
      defer { progress?(done.add(1, ordering: .relaxed).newValue) }
      let clip = clips[index]
      return try Outcome(clip.recording, change?(index, clip) ?? clip.samples, heardBy: model)
    }
    return try results.map { try $0.get() }
  }
}

extension Evaluator {
  /// The forced choice among the ten digits; recordings of non-digits are left out.
  package static func report(_ outcomes: [Outcome]) -> ClassificationReport {
    ClassificationReport(
      pairs: outcomes.compactMap { outcome -> (said: Int, heard: Int)? in
        guard case .digit(let said) = outcome.recording.label else { return nil }
        return (said, outcome.recognition.guess.digit)
      })
  }
}
