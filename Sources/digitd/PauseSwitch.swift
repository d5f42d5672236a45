package import AudioInput
import Glibc
package import Logging

/// Pauses and resumes listening for whoever asks. The microphone's own event tells when it is done.
package struct PauseSwitch: Sendable {
  private let source: any AudioSource
  private let record: PauseRecord?
  private let logger: Logger

  /// - Parameter record: where a restart finds it; nil for nowhere.
  package init(source: any AudioSource, record: PauseRecord?, logger: Logger) {
    self.source = source
    self.record = record
    self.logger = logger
  }

  /// - Returns: false if what is heard is no microphone.
  package func set(_ isPaused: Bool) -> Bool {
    guard source.pause(isPaused) else { return false }
    // The microphone first: it is what matters, and a full disk must not keep it open.
    if let record {
      let error = record.write(isPaused)
      if error != 0 {
        logger.warning(
          "a restart will not know that listening is \(isPaused ? "paused" : "resumed"): \(record.path): \(String(cString: strerror(error)))"
        )
      }
    }
    return true
  }
}
