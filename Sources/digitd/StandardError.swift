import Files
import Glibc
import Synchronization
import Wording

/// Standard error for threads that must not block: a stopped terminal, a full pipe or a hanging journal would otherwise
/// stop the listening.
enum StandardError {
  private static let lost = Atomic(0)
  private static let output = UnblockedOutput(descriptor: STDERR_FILENO)

  /// Writes a line if that is possible at once, or within `patience` milliseconds. Otherwise the line is lost, and the
  /// next line is preceded by the number of lost ones. A missing reader is ignored.
  static func write(line: String, patience: Int32 = 0) {
    let before = lost.exchange(0, ordering: .relaxed)
    let note = before > 0 ? "(\(counted(before, "line")) before this one could not be written)\n" : ""
    // A pipe takes this much whole or not at all.
    let bytes = Array(FileName.shown("\(note)\(line)").utf8.prefix(Int(PIPE_BUF) - 1)) + [UInt8(ascii: "\n")]
    if !output.write(bytes, patience: patience) { lost.add(before + 1, ordering: .relaxed) }
  }
}
