import DigitNetwork
import Recognition
import Synchronization

/// What was made of one recording.
public struct Outcome: Sendable {
  public let recording: Recording
  /// The best guess of the ten, and what became of it.
  public let recognition: Hypothesis
  /// The digits that were told, in order.
  public let told: [Int]

  /// - Parameter told: what was told, if it was more than the decision says.
  public init(recording: Recording, recognition: Hypothesis, told: [Int]? = nil) {
    self.recording = recording
    self.recognition = recognition
    if let told {
      self.told = told
    } else if case .digit(let guess) = recognition.decision {
      self.told = [guess.digit]
    } else {
      self.told = []
    }
  }
}

/// Puts recordings before a model, on a few threads: one that reads running speech hears them as `classify` would, the
/// laboratory's network for single words by their main utterance.
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
    let spare = Mutex<[Hearing]>(try (0..<threads).map { _ in try Hearing(model) })
    let results = Mutex<[Result<Outcome, any Error>?]>(
      [Result<Outcome, any Error>?](repeating: nil, count: clips.count))
    let done = Atomic<Int>(0)
    Parallel.forEach(count: clips.count, threads: threads) { index in
      guard let hearing = spare.withLock({ $0.popLast() }) else { return }
      let clip = clips[index]
      let result = Result { try hearing.outcome(of: change?(index, clip) ?? clip.samples, clip.recording) }
      spare.withLock { $0.append(hearing) }
      results.withLock { $0[index] = result }
      progress?(done.add(1, ordering: .relaxed).newValue)
    }
    return try results.withLock { try $0.compactMap { try $0?.get() } }
  }

  /// What hears on one thread at a time.
  private enum Hearing: @unchecked Sendable {
    case running(DigitModel)
    case words(Recognizer)

    init(_ model: DigitModel) throws {
      self = model.sequence == nil ? .words(try Recognizer(model: model)) : .running(model)
    }

    func outcome(of samples: [Float], _ recording: Recording) throws -> Outcome {
      switch self {
      case .running(let model): try Outcome(recording, samples, heardBy: model)
      case .words(let recognizer):
        Outcome(recording: recording, recognition: recognizer.recognize(clip: samples))
      }
    }
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
