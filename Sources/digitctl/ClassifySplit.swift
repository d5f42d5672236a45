import AudioInput
import Events
import Recognition
import TerminalFace

/// Cuts a long recording into its words as the daemon would cut it: through the microphone's own loop, in pieces of 10 ms,
/// whatever its length.
struct RecordingSplitter {
  let recognizer: Recognizer

  /// - Parameters:
  ///   - from, to: the part that is listened to, in seconds; the places in the results are from the recording's beginning.
  /// - Returns: one result for each word or what was turned down, in order; one that says so where nothing was said. A file
  ///   that cannot be read further has its failure for the last. And what was odd in the file.
  /// - Throws: `AudioInputError`.
  func results(path: String, from: Double?, to: Double?) throws -> (
    results: [FileResult], warnings: [String]
  ) {
    let file = try SoundFile(path: path)
    let rate = Double(file.sampleRate)
    // A bound that no sum below can overflow.
    func frame(_ seconds: Double) -> Int { Int(min(seconds, 1e9) * rate) }
    let first = frame(from ?? 0)
    if let frames = file.frames, first >= frames {
      throw AudioInputError(
        .noSuchRange,
        "\(path) is \(decimal(Double(frames) / rate, 3)) s long and has no part that begins at \(from ?? 0) s")
    }
    if first > 0 { try file.seek(toFrame: first) }
    var left = to.map { frame($0) - first } ?? .max
    let conditioner = try AudioConditioner(inputRate: file.sampleRate)
    let listener = Listener(recognizer: recognizer)
    let mapping = EventMapping(model: recognizer.metadata)
    var results: [FileResult] = []
    func note(_ event: ListenerEvent) {
      if let result = Self.result(mapping.event(event), path: path, origin: Double(first) / rate) {
        results.append(result)
      }
    }
    var failure: AudioInputError?
    var taken = 0
    var inputMs: Double { Double(taken) * 1000 / rate }
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, file.sampleRate / 100)) { buffer in
      buffer.initialize(repeating: 0)
      while left > 0 {
        let got: Int
        do {
          got = try file.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
        } catch let error as AudioInputError where taken > 0 {
          failure = error
          break
        }
        if got == 0 { break }
        taken += got
        left -= got
        conditioner.process(UnsafeBufferPointer(rebasing: buffer[..<got])) {
          listener.process($0, inputMs: inputMs, emit: note)
        }
      }
    }
    guard taken > 0 else { throw AudioInputError(.empty, "\(path) holds no sound") }
    conditioner.finish { listener.process($0, inputMs: inputMs, emit: note) }
    listener.finish(emit: note)
    if let failure { results.append(FileResult(path: path, outcome: .failed(failure.description))) }
    return (results.isEmpty ? [FileResult(path: path, outcome: .noSpeech)] : results, file.warnings)
  }

  private static func result(_ event: Event, path: String, origin: Double) -> FileResult? {
    func span(_ timing: Event.Timing) -> FileResult.Span {
      FileResult.Span(start: origin + Double(timing.startMs) / 1000, end: origin + Double(timing.endMs) / 1000)
    }
    switch event {
    case .transcript(let transcript):
      return FileResult(path: path, outcome: .digit(transcript.guess), span: span(transcript.timing))
    case .notDetected(let rejection):
      return FileResult(
        path: path, outcome: .rejected(rejection.reason, rejection.bestGuess), span: span(rejection.timing))
    default: return nil
    }
  }
}
