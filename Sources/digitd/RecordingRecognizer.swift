import AudioInput
import DigitNetwork
import Events
import Recognition

/// Recognises recordings that clients send, one at a time, apart from the listener: with a recogniser of its own that is
/// made when the first recording comes. Most daemons never see one, and keep no second copy of the weights.
actor RecordingRecognizer {
  private let modelPath: String
  private let metadata: ModelMetadata
  private var recognizer: Recognizer?

  /// - Parameter metadata: what the listener's model says; a file that says something else by now is not used.
  init(modelPath: String, metadata: ModelMetadata) {
    self.modelPath = modelPath
    self.metadata = metadata
  }

  /// - Parameters:
  ///   - samples: mono, −1…1.
  ///   - rate: in Hz.
  /// - Returns: a `recordingTranscript`, `notDetected` or `error`.
  func recognise(samples: [Float], rate: Int) -> Event {
    guard !Task.isCancelled else {
      return .error(Event.Failure(text: "nobody waits for the recording any more", code: .unavailable))
    }
    do {
      let recognizer = try self.recognizer ?? load()
      self.recognizer = recognizer
      let start = ContinuousClock.now
      let conditioned = try AudioConditioner.condition(samples, sampleRate: rate)
      let recognition = recognizer.recognize(clip: conditioned)
      let elapsed = (ContinuousClock.now - start).components
      return EventMapping(model: metadata).answer(
        recognition.decision, recordingOf: samples.count * 1000 / rate,
        computeMs: Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15)
    } catch {
      return .error(
        Event.Failure(
          text: "the recording cannot be recognised: \((error as? DaemonFailure)?.sentence ?? "\(error)")",
          code: .unavailable))
    }
  }

  private func load() throws -> Recognizer {
    let model = try DigitModel(contentsOf: modelPath)
    guard model.metadata == metadata else {
      throw DaemonFailure.failed("the model \(modelPath) has changed since the start; restart the daemon")
    }
    return try Recognizer(model: model)
  }
}
