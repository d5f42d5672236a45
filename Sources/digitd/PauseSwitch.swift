package import AudioInput
import Files
package import Logging

/// Pauses and resumes listening. The microphone's event reports when it is done.
package struct PauseSwitch: Sendable {
  private let source: any AudioSource
  private let record: PauseRecord?
  private let logger: Logger

  /// - Parameter record: remembers the pause over a restart; nil if it is not remembered.
  package init(source: any AudioSource, record: PauseRecord?, logger: Logger) {
    self.source = source
    self.record = record
    self.logger = logger
  }

  /// - Returns: false if the source is not a microphone.
  package func set(_ isPaused: Bool) -> Bool {
    guard source.pause(isPaused) else { return false }
    // After the microphone, because a full disk must not keep it open.
    do throws(FileError) {
      try record?.write(isPaused)
    } catch {
      logger.warning("the \(isPaused ? "pause" : "resumption") will not survive a restart: \(error)")
    }
    return true
  }
}
