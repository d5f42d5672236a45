import AudioInput
package import DaemonSettings
import Dispatch
package import Events
import Files
import Glibc
package import Logging
import Synchronization

/// A folder with the latest utterances, if somebody asked for it: of each a WAV file and beside it, in JSON, what was
/// decided. There is a limit to how many; the oldest go. Only the owner may read them.
///
/// Files are written on a queue of its own: a slow disk must not keep the listener waiting.
package final class UtteranceFolder: Sendable {
  /// Half a second each, they take 8 MB.
  package static let usualLimit = 500
  private static let prefix = "utterance-"
  /// So many wait to be written at most; what comes then is not kept.
  private static let longestQueue = 16

  private let path: String
  private let limit: Int
  private let logger: Logger
  private let queue = DispatchQueue(label: "utterances", qos: .utility)
  private let waiting = Atomic(0)
  private let state: Mutex<State>

  private struct State {
    /// Without their extensions, the oldest first.
    var names: [String]
    /// What went wrong the last time, so that it is said once.
    var problem: Int32 = 0
  }

  /// Makes the folder if it is not there (not those above it) and takes over what an earlier run has left in it.
  /// - Throws: if it cannot be made, or others may write to it.
  package init(path: String, limit: Int = usualLimit, logger: Logger) throws(DaemonFailure) {
    func failure(_ reason: String) -> DaemonFailure {
      .failed("the folder \(path) cannot keep utterances: \(reason)")
    }
    if FileName.withCString(path, { mkdir($0, 0o700) }) != 0, errno != EEXIST {
      throw failure(String(cString: strerror(errno)))
    }
    guard let status = FileStatus(path) else { throw failure(FileStatus.reason(errno)) }
    guard status.kind == .folder else { throw failure("it is not a folder") }
    guard status.mode & 0o022 == 0 else { throw failure("others may write to it") }
    guard FileName.withCString(path, { access($0, W_OK | X_OK) }) == 0 else {
      throw failure(String(cString: strerror(errno)))
    }
    self.path = path
    self.limit = max(1, limit)
    self.logger = logger
    state = Mutex(State(names: Self.names(in: path)))
  }

  /// Keeps an utterance.
  /// - Parameters:
  ///   - samples: 8 kHz mono, −1…1.
  ///   - envelope: what was decided, as it was published.
  package func keep(_ samples: [Float], _ envelope: EventEnvelope) {
    guard waiting.add(1, ordering: .relaxed).newValue <= Self.longestQueue else {
      waiting.subtract(1, ordering: .relaxed)
      return
    }
    queue.async { [self] in
      write(samples, envelope)
      waiting.subtract(1, ordering: .relaxed)
    }
  }

  /// Returns when everything is written.
  package func finish() {
    queue.sync {}
  }

  private func write(_ samples: [Float], _ envelope: EventEnvelope) {
    let word = if case .transcript(let transcript) = envelope.event { transcript.guess.terminalText } else { "none" }
    let time = "\(envelope.time)".filter { $0 != ":" }
    let number = String(envelope.sequence)
    let zeros = String(repeating: "0", count: max(0, 6 - number.count))
    let name = "\(Self.prefix)\(time)-\(zeros)\(number)-\(word)"
    var problem = write(WAVWriter.encode(samples, sampleRate: AudioConditioner.outputRate), to: "\(name).wav")
    if problem == 0 {
      problem = write(envelope.line(), to: "\(name).json")
      if problem != 0 { remove(name: "\(name).wav") }
    }
    state.withLock { state in
      if problem == 0 {
        state.names.append(name)
        // Only for one that is there: what cannot be written must not cost what was.
        while state.names.count > limit { remove(state.names.removeFirst()) }
      }
      if problem != 0, problem != state.problem {
        logger.warning("an utterance cannot be kept in \(path): \(String(cString: strerror(problem)))")
      }
      state.problem = problem
    }
  }

  /// Gives 0, or an errno and leaves nothing behind.
  private func write(_ bytes: [UInt8], to name: String) -> Int32 {
    let descriptor = FileName.withCString("\(path)/\(name)") {
      open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno != EINTR {
        let code = errno
        remove(name: name)
        return code
      }
      rest = rest.dropFirst(max(0, written))
    }
    return 0
  }

  private func remove(_ name: String) {
    remove(name: "\(name).wav")
    remove(name: "\(name).json")
  }

  private func remove(name: String) { _ = FileName.withCString("\(path)/\(name)", unlink) }

  /// What an earlier run has left; the names begin with the time, so that they sort by it.
  private static func names(in path: String) -> [String] {
    var names: Set<String> = []
    for name in FileStatus.names(in: path) ?? [] {
      for end in [".wav", ".json"] where name.hasPrefix(prefix) && name.hasSuffix(end) {
        names.insert(String(name.dropLast(end.count)))
      }
    }
    return names.sorted()
  }
}
