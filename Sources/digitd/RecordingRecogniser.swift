import DaemonSettings
import DigitNetwork
import EventFeed
import Events
import Recognition

/// Recognises a client's recording as it arrives, independently of the microphone.
actor RecordingRecogniser: RecordingRecognising {
  private let model: RecordingModel
  private let rate: Int
  private var recording: ClientRecording?

  init(model: RecordingModel, rate: Int) {
    self.model = model
    self.rate = rate
  }

  func hear(_ samples: [Float]) async -> [Event] {
    await answers { recording, answer in samples.withUnsafeBufferPointer { recording.hear($0, answer: answer) } }
  }

  func finish() async -> [Event] { await answers { $0.finish(answer: $1) } }

  private func answers(_ body: (ClientRecording, (Event) -> Void) -> Void) async -> [Event] {
    do {
      let loaded = try await model.model()
      // The client is gone.
      if Task.isCancelled { return [] }
      let recording = try self.recording ?? ClientRecording(model: loaded, rate: rate)
      self.recording = recording
      var events: [Event] = []
      body(recording) { events.append($0) }
      return events
    } catch {
      let reason = (error as? DaemonFailure)?.sentence ?? "\(error)"
      return [.error(Event.Failure(text: "the recording cannot be recognised: \(reason)", code: .unavailable))]
    }
  }
}

/// The model for clients' recordings, loaded with the first one: most daemons never get one, and they need no second
/// copy of the weights.
actor RecordingModel {
  private let path: String
  private let metadata: SequenceModel.Metadata
  private var loaded: SequenceModel?

  /// - Parameter metadata: that of the microphone's model; if the file has changed since, it is an error.
  init(path: String, metadata: SequenceModel.Metadata) {
    self.path = path
    self.metadata = metadata
  }

  func model() throws -> SequenceModel {
    if let loaded { return loaded }
    let model = try SequenceModel(contentsOf: path)
    guard model.metadata == metadata else {
      throw DaemonFailure.failed("the model \(path) has changed since the start; restart the daemon")
    }
    loaded = model
    return model
  }
}
