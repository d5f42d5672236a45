import EventFeed
import Events

/// Asks the daemon to close its microphone or to open it again.
struct PauseRequest: Sendable {
  /// Why nothing came of it.
  struct Refused: Error, CustomStringConvertible {
    var description: String
  }

  var isPaused: Bool

  /// Returns once the microphone is closed; or once it was opened, or it is known why it cannot be.
  @discardableResult
  func send(to client: EventClient) async throws -> Event.Device {
    try await within(.seconds(5), else: NoAnswer(path: client.path)) {
      let answer = try await client.ask(isPaused ? .pause : .resume) { event -> Result<Event.Device, Refused>? in
        switch event {
        case .device(let device) where (device.state == .paused) == isPaused: .success(device)
        case .error(let failure): .failure(Refused(description: failure.text))
        default: nil
        }
      }
      return try answer.get()
    }
  }
}
