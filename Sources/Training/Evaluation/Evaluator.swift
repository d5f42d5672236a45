import DigitNetwork
import Recognition
import Synchronization

/// What the recogniser made of one recording.
public struct Outcome: Sendable {
  public let recording: Recording
  public let recognition: Hypothesis

  public init(recording: Recording, recognition: Hypothesis) {
    self.recording = recording
    self.recognition = recognition
  }
}

/// Puts recordings before the recogniser, as `classify` would, on a few threads.
public struct Evaluator: Sendable {
  public let model: DigitModel
  public let threads: Int

  public init(model: DigitModel, threads: Int = 2) {
    self.model = model
    self.threads = threads
  }

  /// - Parameter change: what becomes of a clip's samples before they are heard; noise, for one. The place of the sound
  ///   is looked for in the result.
  /// - Returns: outcomes in the order of `clips`.
  public func outcomes(
    for clips: [Clip], change: (@Sendable (Int, Clip) -> [Float])? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> [Outcome] {
    let spare = Mutex<[RecognizerBox]>(try (0..<threads).map { _ in RecognizerBox(try Recognizer(model: model)) })
    let results = Mutex<[Hypothesis?]>([Hypothesis?](repeating: nil, count: clips.count))
    let done = Atomic<Int>(0)
    Parallel.forEach(count: clips.count, threads: threads) { index in
      guard let box = spare.withLock({ $0.popLast() }) else { return }
      let clip = clips[index]
      let result = box.recognizer.recognize(clip: change?(index, clip) ?? clip.samples)
      spare.withLock { $0.append(box) }
      results.withLock { $0[index] = result }
      progress?(done.add(1, ordering: .relaxed).newValue)
    }
    let recognitions = results.withLock { $0 }
    return zip(clips, recognitions).compactMap { clip, result in
      result.map { Outcome(recording: clip.recording, recognition: $0) }
    }
  }

  /// A recogniser on its way between threads, used by one at a time.
  private struct RecognizerBox: @unchecked Sendable {
    let recognizer: Recognizer
    init(_ recognizer: Recognizer) { self.recognizer = recognizer }
  }
}

extension Evaluator {
  /// The forced choice among the ten, digit by digit; recordings of no digit are left out.
  public static func report(_ outcomes: [Outcome]) -> ClassificationReport {
    ClassificationReport(
      pairs: outcomes.compactMap { outcome -> (said: Int, heard: Int)? in
        guard case .digit(let said) = outcome.recording.label else { return nil }
        return (said, outcome.recognition.guess.digit)
      })
  }
}
