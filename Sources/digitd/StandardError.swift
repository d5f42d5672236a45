import Files
import Glibc
import Synchronization

/// Standard error, which is written to by threads that must not wait: a terminal that was stopped, a pipe that nobody
/// empties or a journal that hangs would else make the daemon deaf.
enum StandardError {
  private static let lost = Atomic(0)
  private static let output = UnblockedOutput(descriptor: STDERR_FILENO)

  /// Writes a line if it can be written at once, or within `patience` milliseconds. One that cannot is lost, and the next
  /// that can is preceded by how many were. Nobody to read it is no reason to stop.
  static func write(line: String, patience: Int32 = 0) {
    let before = lost.exchange(0, ordering: .relaxed)
    let note = before > 0 ? "(\(before) lines before this one could not be written)\n" : ""
    // A pipe takes so much as a whole or not at all.
    let bytes = Array(FileName.shown("\(note)\(line)").utf8.prefix(Int(PIPE_BUF) - 1)) + [UInt8(ascii: "\n")]
    if !output.write(bytes, patience: patience) { lost.add(before + 1, ordering: .relaxed) }
  }
}
