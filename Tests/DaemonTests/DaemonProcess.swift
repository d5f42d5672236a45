import Dispatch
import Events
import Glibc
import Synchronization
import TestSupport

/// The built daemon, running.
final class DaemonProcess: Sendable {
  /// What is left of a run.
  struct Result: Sendable {
    var status: Int32
    var output: [UInt8]
    var errors: String

    /// The exit code; −1 if a signal ended it.
    var code: Int32 { status & 0x7F == 0 ? (status >> 8) & 0xFF : -1 }

    /// What it said on standard output, every line of which fits the schema of the events.
    func events() throws -> [EventEnvelope] {
      let schema = try Schema.ofEvents()
      for line in output.split(separator: UInt8(ascii: "\n")) {
        let problems = schema.problems(withLine: line)
        guard problems.isEmpty else {
          throw TestFailure(
            description: "\(String(decoding: line, as: UTF8.self)): \(problems.joined(separator: "; "))")
        }
      }
      var parser = MessageParser()
      return try parser.push(output).map { output in
        guard case .message(let message) = output else { throw TestFailure(description: "\(output)") }
        return try EventEnvelope(type: message.type, data: message.data)
      }
    }
  }

  let pid: pid_t
  private let output: Int32
  private let isOutputClosed = Atomic(false)
  private let errors: Int32
  private let isReaped = Mutex(false)

  /// The program: beside the tests' own, or named by `DIGITD_TEST_BINARY`.
  static let program: String? = {
    if let named = getenv("DIGITD_TEST_BINARY") { return String(cString: named) }
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer[..<max(0, length)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let beside = own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/digitd"
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    let places = [beside, root + "/.build/release/digitd", root + "/.build/debug/digitd"]
    return places.first { access($0, X_OK) == 0 }
  }()

  /// - Parameters:
  ///   - shell: what a shell does before it becomes the daemon, "" for nothing.
  ///   - passing: a descriptor that it gets as its number 3, the first that systemd passes. (A shell cannot do that: dash
  ///     knows single-digit numbers only.)
  init(
    _ arguments: [String], environment: [String: String] = [:], shell: String = "", passing: Int32? = nil
  ) throws {
    guard let program = Self.program else { throw TestFailure(description: "digitd is not built") }
    var (outputEnds, errorEnds): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard pipe(&outputEnds) == 0, pipe(&errorEnds) == 0 else { throw TestFailure(description: "no pipe") }
    for end in outputEnds + errorEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, outputEnds[1], 1)
    posix_spawn_file_actions_adddup2(&actions, errorEnds[1], 2)
    // Duplicated onto itself a descriptor is inherited (POSIX.1-2024; glibc has done so since 2.29).
    if let passing { posix_spawn_file_actions_adddup2(&actions, passing, 3) }
    // What else the tests have open is not the daemon's: it would count against its limit of descriptors.
    for descriptor in CInt(3)..<4096 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    // A bare environment: no settings of whoever runs the tests, but those of a sanitizer.
    var variables = ["PATH": "/usr/bin:/bin", "HOME": "/dev/null"].merging(environment) { $1 }
    for name in ["ASAN_OPTIONS", "TSAN_OPTIONS"] { variables[name] = getenv(name).map { String(cString: $0) } }
    let command = ["/bin/sh", "-c", "\(shell)\nexec \"$0\" \"$@\"", program] + arguments
    var argv = command.map { strdup($0) } + [nil]
    var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let failed = posix_spawn(&pid, "/bin/sh", &actions, nil, &argv, &envp)
    close(outputEnds[1])
    close(errorEnds[1])
    guard failed == 0 else { throw TestFailure(description: "posix_spawn: \(String(cString: strerror(failed)))") }
    self.pid = pid
    output = outputEnds[0]
    errors = errorEnds[0]
  }

  deinit {
    kill()
    if !isReaped.withLock({ $0 }) { waitpid(pid, nil, 0) }
    closeOutput()
    close(errors)
  }

  /// Stops reading: the reader has gone.
  func closeOutput() {
    if !isOutputClosed.exchange(true, ordering: .relaxed) { close(output) }
  }

  /// Lets the pipe of standard output hold a page of lines, as soon as it holds no more than that: usually it is sixteen.
  func narrowOutput() {
    // F_SETPIPE_SZ, which the Glibc module does not know.
    _ = fcntl(output, 1031, 4096)
  }

  func signal(_ number: Int32) { Glibc.kill(pid, number) }

  /// Ends it at once, if it still runs.
  private func kill() {
    isReaped.withLock { isReaped in
      if !isReaped { Glibc.kill(pid, SIGKILL) }
    }
  }

  /// Waits for its end, reading what it writes meanwhile. A daemon that does not end is killed after 60 s.
  func wait(readingOutput: Bool = true) async throws -> Result {
    async let errors = onThread { [errors] in Self.readAll(errors) }
    async let output = onThread { [output] in readingOutput ? Self.readAll(output) : [] }
    let status = try await onThread { [self] in
      DispatchQueue.global().asyncAfter(deadline: .now() + 60) { [weak self] in self?.kill() }
      var ended = siginfo_t()
      // It stays a zombie until `isReaped` says that its number may be another's.
      while waitid(P_PID, id_t(pid), &ended, WEXITED | WNOWAIT) < 0, errno == EINTR {}
      return isReaped.withLock { isReaped in
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        isReaped = true
        return status
      }
    }
    return Result(status: status, output: try await output, errors: String(decoding: try await errors, as: UTF8.self))
  }

  /// The next line of standard output, without its newline; nil at the end.
  func nextLine() async throws -> String? {
    try await onThread { [output] in
      var line: [UInt8] = []
      var byte: UInt8 = 0
      while read(output, &byte, 1) == 1 {
        if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
      }
      return nil
    }
  }

  /// The first line of standard output: it has started, and its socket is there.
  func waitUntilStarted() async throws {
    guard try await nextLine() != nil else {
      let result = try await wait()
      throw TestFailure(description: "it did not start: \(result.errors)")
    }
  }

  private static func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Runs the daemon to its end.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], shell: String = ""
  ) async throws -> Result {
    try await DaemonProcess(arguments, environment: environment, shell: shell).wait()
  }
}
