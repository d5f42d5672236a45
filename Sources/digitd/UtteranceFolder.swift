import AudioInput
package import DaemonSettings
import Dispatch
package import Events
import Files
import Glibc
package import Logging
import Synchronization

/// The folder of `--keep-utterances`: a WAV file of each of the latest utterances, and beside it the result in JSON.
/// Above the limit the oldest are deleted. Only the owner may read them.
///
/// Files are written on a queue of their own, so that a slow disk does not delay the listening loop.
package final class UtteranceFolder: Sendable {
  /// At half a second each, they take 8 MB.
  package static let usualLimit = 500
  private static let prefix = "utterance-"
  /// The maximum number of utterances waiting to be written; further ones are not kept.
  private static let longestQueue = 16

  private let path: String
  private let limit: Int
  private let logger: Logger
  private let queue = DispatchQueue(label: "utterances", qos: .utility)
  private let waiting = Atomic(0)
  private let state: Mutex<State>

  private struct State {
    /// The utterances' file names without extensions, the oldest first.
    var names: [String]
    /// The last error, so that it is logged once.
    var problem: String?
  }

  /// Makes the folder if it is missing (but not its parents), and takes over the files of an earlier run.
  /// - Throws: if it cannot be made or other users may write to it.
  package init(path: String, limit: Int = usualLimit, logger: Logger) throws(DaemonFailure) {
    func failure(_ reason: String) -> DaemonFailure {
      .failed("the folder \(path) cannot keep utterances: \(reason)")
    }
    if FileName.withCString(path, { mkdir($0, 0o700) }) != 0, errno != EEXIST {
      throw failure(systemReason(errno))
    }
    guard let status = FileStatus(path) else { throw failure(systemReason(errno)) }
    guard status.kind == .folder else { throw failure("it is not a folder") }
    guard status.mode & 0o022 == 0 else { throw failure("others may write to it") }
    guard FileName.withCString(path, { access($0, W_OK | X_OK) }) == 0 else {
      throw failure(systemReason(errno))
    }
    self.path = path
    self.limit = max(1, limit)
    self.logger = logger
    state = Mutex(State(names: Self.names(in: path)))
  }

  /// Keeps an utterance.
  /// - Parameters:
  ///   - samples: 8 kHz mono, −1…1.
  ///   - envelope: the result, as it was published.
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
    let name = "\(Self.prefix)\(time)-\(zeroPadded(envelope.sequence, 6))-\(word)"
    var error: FileError?
    do throws(FileError) {
      try WholeFile.writePrivate(encode(samples, "\(name).wav"), to: "\(path)/\(name).wav")
      try WholeFile.writePrivate(envelope.line(), to: "\(path)/\(name).json")
    } catch let failure {
      error = failure
      if failure.path.hasSuffix(".json") { remove(name: "\(name).wav") }
    }
    state.withLock { state in
      if error == nil {
        state.names.append(name)
        // Only after a success, so that a failed write costs no older utterance.
        while state.names.count > limit { remove(state.names.removeFirst()) }
      }
      if let error, error.problem != state.problem {
        logger.warning("an utterance cannot be kept: \(error)")
      }
      state.problem = error?.problem
    }
  }

  private func encode(_ samples: [Float], _ file: String) throws(FileError) -> [UInt8] {
    do {
      return try WAVWriter.encode(samples, sampleRate: AudioConditioner.outputRate)
    } catch {
      throw FileError(path: "\(path)/\(file)", problem: error.description)
    }
  }

  private func remove(_ name: String) {
    remove(name: "\(name).wav")
    remove(name: "\(name).json")
  }

  private func remove(name: String) { _ = FileName.withCString("\(path)/\(name)", unlink) }

  /// The utterances of an earlier run, the oldest first: their names begin with the time.
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
