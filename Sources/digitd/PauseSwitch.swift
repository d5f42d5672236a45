package import AudioInput
import Dispatch
import Files
package import Logging
import Synchronization

/// Pauses and resumes listening. The microphone's event reports when it is done.
///
/// The record is written on a queue of its own: where it lies on a disk, that takes as long as the disk does, and
/// meanwhile no client of the server would be served.
package final class PauseSwitch: Sendable {
  private let source: any AudioSource
  private let record: (any PauseRecording)?
  private let logger: Logger
  private let queue = DispatchQueue(label: "pause record")
  /// What is still to be recorded: of several requests only the last counts.
  private let waiting = Mutex<Bool?>(nil)

  /// - Parameter record: remembers the pause over a restart; nil if it is not remembered.
  package init(source: any AudioSource, record: (any PauseRecording)?, logger: Logger) {
    self.source = source
    self.record = record
    self.logger = logger
  }

  /// - Returns: false if the source is not a microphone.
  package func set(_ isPaused: Bool) -> Bool {
    // The microphone first, because a full disk must not keep it open.
    guard source.pause(isPaused) else { return false }
    guard record != nil else { return true }
    let isFirst = waiting.withLock { waiting in
      defer { waiting = isPaused }
      return waiting == nil
    }
    if isFirst { queue.async { self.write() } }
    return true
  }

  /// Returns once all is recorded.
  package func finish() { queue.sync {} }

  private func write() {
    guard let record, let isPaused = waiting.withLock({ $0.take() }) else { return }
    do throws(FileError) {
      try record.write(isPaused)
    } catch {
      logger.warning("the \(isPaused ? "pause" : "resumption") will not survive a restart: \(error)")
    }
  }
}
