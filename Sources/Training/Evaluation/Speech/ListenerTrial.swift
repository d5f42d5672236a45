import DigitNetwork
import Recognition
import Synchronization

/// Puts recordings before the daemon's listener, on a few threads, under one or more calibrations.
public struct ListenerTrial: Sendable {
  public let model: DigitModel
  public let threads: Int

  public init(model: DigitModel, threads: Int = 2) {
    self.model = model
    self.threads = threads
  }

  /// - Parameter progress: the share done, 0…1.
  /// - Returns: for each clip, in order, and each calibration, what was told.
  public func transcripts(
    of clips: [Clip], under calibrations: [ModelMetadata.Calibration],
    settings: ListenerSettings = ListenerSettings(), progress: (@Sendable (Double) -> Void)? = nil
  ) throws -> [[[Transcript]]] {
    let spare = Mutex<[Box]>(try (0..<threads).map { _ in Box(try MemoizingRecognizer(model: model)) })
    let results = Mutex<[[[Transcript]]]>([[[Transcript]]](repeating: [], count: clips.count))
    let done = Atomic<Int>(0)
    Parallel.forEach(count: clips.count, threads: threads) { index in
      guard let box = spare.withLock({ $0.popLast() }) else { return }
      box.recognizer.forget()
      let sound = StreamedSound(samples: clips[index].samples)
      let told = calibrations.map { calibration in
        box.recognizer.calibration = calibration
        return sound.transcripts(by: box.recognizer, settings: settings)
      }
      spare.withLock { $0.append(box) }
      results.withLock { $0[index] = told }
      progress?(Double(done.add(1, ordering: .relaxed).newValue) / Double(clips.count))
    }
    return results.withLock { $0 }
  }

  /// A recogniser on its way between threads, used by one at a time.
  private struct Box: @unchecked Sendable {
    let recognizer: MemoizingRecognizer
    init(_ recognizer: MemoizingRecognizer) { self.recognizer = recognizer }
  }
}
