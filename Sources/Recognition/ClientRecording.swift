package import DigitNetwork
package import Events

/// A recording from a client, recognised as it arrives in pieces of any size; none of the sound is kept. Owned by one
/// thread at a time.
package final class ClientRecording {
  private let stream: SoundStream
  private var answers: RecordingAnswers
  /// 10 ms: how often it checks whether an answer is due.
  private let step: Int

  /// - Throws: if the rate is not supported, or FFTW cannot plan the transform.
  package init(model: SequenceModel, rate: Int) throws {
    let settings = RecordingAnswers.Settings()
    answers = RecordingAnswers(settings: settings)
    stream = try SoundStream(
      model: model, settings: SoundStream.Settings(numberPause: Double(settings.pause) / 1000))
    step = max(1, rate / 100)
    try stream.begin(rate: rate) { _ in }
  }

  /// Takes the next samples: mono, −1…1.
  ///
  /// - Parameter answer: receives each answer that is due: a `recordingTranscript` or `notDetected`.
  package func hear(_ samples: UnsafeBufferPointer<Float>, answer: (Event) -> Void) {
    for start in stride(from: 0, to: samples.count, by: step) {
      let piece = UnsafeBufferPointer(rebasing: samples[start..<min(samples.count, start + step)])
      stream.process(piece) { answers.take($0) }
      if let due = answers.answer(at: Int(stream.nowMs)) { answer(due) }
    }
  }

  /// Call when the recording is over.
  package func finish(answer: (Event) -> Void) {
    stream.finish { answers.take($0) }
    if let last = answers.finish(at: Int(stream.nowMs)) { answer(last) }
  }
}
