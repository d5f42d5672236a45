import Events

/// The pause, or the end of one, that a client has asked for and whose `device` event is still to come.
struct PauseRequest {
  var isPaused: Bool
  /// Events up to this number are older than the request.
  var sequence: Int

  /// Whether the event says that the microphone is as the client has asked for, and was published since.
  func isAnswered(by event: PublishedEvent) -> Bool {
    guard case .device(let device) = event.envelope.event else { return false }
    return event.envelope.sequence > sequence && (device.state == .paused) == isPaused
  }

  /// The microphone may never have been as the client asked for: of several requests only the last is sure to be done.
  static func overtaken(by isPaused: Bool) -> Event.Failure {
    let text =
      isPaused
      ? "a request to pause came before the microphone was open"
      : "a request to resume came before the microphone was closed"
    return Event.Failure(text: text, code: .overtaken)
  }
}
