import AudioInput
import DaemonSettings
import DigitNetwork
import Events
import Recognition

/// Recognises recordings that clients send, one at a time, apart from the microphone: with a model of its own that is read
/// when the first recording comes. Most daemons never see one, and keep no second copy of the weights.
actor RecordingRecognizer {
  private let modelPath: String
  private let metadata: ModelMetadata
  private var model: DigitModel?

  /// - Parameter metadata: what the listener's model says; a file that says something else by now is not used.
  init(modelPath: String, metadata: ModelMetadata) {
    self.modelPath = modelPath
    self.metadata = metadata
  }

  /// - Parameters:
  ///   - samples: mono, −1…1.
  ///   - rate: in Hz.
  /// - Returns: a `recordingTranscript` with all digits said, `notDetected` where there are none, or `error`.
  func recognise(samples: [Float], rate: Int) -> Event {
    guard !Task.isCancelled else {
      return .error(Event.Failure(text: "nobody waits for the recording any more", code: .unavailable))
    }
    do {
      let model = try self.model ?? load()
      self.model = model
      return try ClipReading(samples, rate: rate, model: model).answer
    } catch {
      return .error(
        Event.Failure(
          text: "the recording cannot be recognised: \((error as? DaemonFailure)?.sentence ?? "\(error)")",
          code: .unavailable))
    }
  }

  private func load() throws -> DigitModel {
    let model = try DigitModel(contentsOf: modelPath)
    guard model.metadata == metadata else {
      throw DaemonFailure.failed("the model \(modelPath) has changed since the start; restart the daemon")
    }
    return model
  }
}
