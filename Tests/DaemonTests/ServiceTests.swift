import EventFeed
import Events
import Glibc
import TestSupport
import Testing

/// The daemon as a service: its socket, signals, systemd.
@Suite(.serialized) struct ServiceTests {
  /// A daemon that hears words at the pace of a microphone for minutes, longer than any test takes, on a socket.
  private func start(
    _ folder: TemporaryFolder, environment: [String: String] = [:], shell: String = "", arguments: [String] = []
  ) async throws -> DaemonProcess {
    let sound = try folder.sound("words.wav", Sound.words(200))
    let process = try DaemonProcess(
      ["--input", sound, "--realtime", "--model", try folder.model()] + arguments, environment: environment,
      shell: shell)
    try await process.waitUntilStarted()
    return process
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal ends it cleanly`(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, arguments: ["--socket", path])
    let last = try await EventClient(path: path).withConnection { connection in
      var last: EventEnvelope?
      for try await envelope in connection.events {
        // In the middle of a word: it is still told before the end.
        if envelope.event.kind == .voiceStarted, envelope.sequence > 1 { process.signal(signal) }
        last = envelope
      }
      return last
    }
    let result = try await process.wait()
    #expect(result.code == 0)
    #expect(access(path, F_OK) != 0)
    #expect(last?.event.kind == .voiceStopped)
    #expect(try result.events().last == last)
  }

  @Test func `subscribers get what standard output gets`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, arguments: ["--socket", path])
    let events = try await EventClient(path: path).withConnection { connection in
      var events: [EventEnvelope] = []
      for try await envelope in connection.events {
        events.append(envelope)
        if events.count == 7 { break }
      }
      return events
    }
    process.signal(SIGTERM)
    let written = try await process.wait().events()
    #expect(events.first?.event.kind == .hello)
    let live = Array(events.dropFirst())
    #expect(live.count == 6)
    let first = written.firstIndex { $0 == live.first } ?? written.endIndex
    #expect(Array(written[first...].prefix(6)) == live)
  }

  @Test func `it answers with its description and its counters`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, arguments: ["--socket", path])
    let client = EventClient(path: path)
    let info = try await client.ask(.describe) { if case .info(let info) = $0 { info } else { nil } }
    #expect(info.models.first?.name == "always-seven")
    // After the first transcript it is counted.
    try await client.withConnection { connection in
      for try await envelope in connection.events where envelope.event.kind == .transcript { break }
    }
    let status = try await client.status()
    #expect(status.transcripts >= 1 && status.utterances >= status.transcripts)
    #expect(status.frames > 2000 && status.sampleRate == 8000)
    #expect(status.state == .listening && status.model == "always-seven" && status.version == info.version)
    #expect(status.memoryBytes > 1 << 20 && status.uptimeSeconds > 0)
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
  }

  @Test func `a client's recording is recognised`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, arguments: ["--socket", path])
    let words = Sound.words(1, rate: 16_000)
    let text = try await EventClient(path: path).ask(.recording(samples: words, rate: 16_000)) { event in
      if case .recordingTranscript(let answer) = event { answer.number?.text } else { nil }
    }
    #expect(text == "seven")
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
  }

  @Test func `systemd is notified`() async throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket("\(folder.path)/notify")
    let process = try await start(
      folder, environment: ["NOTIFY_SOCKET": "\(folder.path)/notify", "WATCHDOG_USEC": "300000"],
      arguments: ["--no-socket"])
    let first = try await onThread { try notify.receive() }
    #expect(first.hasPrefix("READY=1\nSTATUS=listening to"))
    for _ in 0..<3 { #expect(try await onThread { try notify.receive() } == "WATCHDOG=1") }
    process.signal(SIGTERM)
    var last = ""
    while !last.hasPrefix("STOPPING=1") { last = try await onThread { try notify.receive() } }
    #expect(try await process.wait().code == 0)
  }

  @Test func `the socket that systemd passes is served`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let socket = try ListeningSocket.make(path: path)
    #expect(listen(socket.descriptor, 10) == 0)
    // Without --input there would be a device to open; the socket is named by its inheritance all the same.
    let sound = try folder.sound("words.wav", Sound.words(200))
    let device = try folder.file("asoundrc", Self.fileDevice(sound))
    let process = try DaemonProcess(
      ["--device", "fromfile", "--model", try folder.model()],
      environment: ["ALSA_CONFIG_PATH": device],
      shell: "export LISTEN_FDS=1 LISTEN_PID=$$", passing: socket.descriptor)
    try await process.waitUntilStarted()
    let state = try await EventClient(path: path).status().state
    #expect(state == .listening)
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
    // It is systemd's to take away.
    #expect(access(path, F_OK) == 0)
    close(socket.descriptor)
  }

  /// Live, the end of standard output ends nothing else.
  @Test func `subscribers are served when standard output has gone`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let sound = try folder.sound("words.wav", Sound.words(200))
    let process = try DaemonProcess(
      ["--device", "fromfile", "--model", try folder.model(), "--socket", path],
      environment: ["ALSA_CONFIG_PATH": try folder.file("asoundrc", Self.fileDevice(sound))])
    try await process.waitUntilStarted()
    process.closeOutput()
    // Several events: each of them would have been a line for the one who left. This device knows no pace, so on a busy
    // machine they tell of overruns rather than of words.
    let heard = try await EventClient(path: path).withConnection { connection in
      var heard = 0
      for try await envelope in connection.events
      where envelope.event.kind == .transcript || envelope.event.kind == .overrun {
        heard += 1
        if heard == 5 { break }
      }
      return heard
    }
    #expect(heard == 5)
    process.signal(SIGTERM)
    let result = try await process.wait(readingOutput: false)
    #expect(result.code == 0)
    #expect(result.errors.contains("standard output is closed: Broken pipe"))
  }

  /// Nobody else can hear it.
  @Test(.timeLimit(.minutes(1)), arguments: [("", EXIT_SUCCESS), ("exec >/dev/full", EXIT_FAILURE)])
  func `without a socket it ends when standard output does`(shell: String, code: Int32) async throws {
    let folder = try TemporaryFolder()
    let process = try DaemonProcess(
      ["--device", "null", "--no-socket", "--format", "json", "--model", try folder.model()], shell: shell)
    if code == EXIT_SUCCESS {
      try await process.waitUntilStarted()
      process.closeOutput()
    }
    let result = try await process.wait(readingOutput: false)
    #expect(result.code == code, "\(result.errors)")
    if code != EXIT_SUCCESS {
      #expect(result.errors.contains("standard output cannot be written: No space left on device"))
    }
  }

  @Test func `garbage from one client hurts no other`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, arguments: ["--socket", path])
    let noise = try await onThread {
      var generator = SystemRandomNumberGenerator()
      let clients = try (0..<3).map { _ in try RawSocket(path) }
      clients[0].send((0..<2_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
      clients[1].send([UInt8](repeating: UInt8(ascii: "{"), count: 10_000_000))
      clients[2].send(Array("{\"type\": \"subscr".utf8))
      return clients
    }
    let status = try await EventClient(path: path).status()
    #expect(status.subscribers >= 1)
    try await EventClient(path: path).withConnection { connection in
      for try await envelope in connection.events where envelope.event.kind == .transcript { break }
    }
    withExtendedLifetime(noise) {}
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
  }

  @Test func `a reader that has stopped reading does not keep it from ending`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let sound = try folder.sound("words.wav", Sound.words(1000))
    let process = try DaemonProcess(["--input", sound, "--model", try folder.model(), "--socket", path])
    try await process.waitUntilStarted()
    // The pipe and the queue are full, and the file waits, once the counter stands still.
    var (before, now) = (-1, 0)
    while before != now {
      before = now
      now = try await EventClient(path: path).status().transcripts
    }
    process.signal(SIGTERM)
    #expect(try await process.wait(readingOutput: false).code == 0)
  }

  /// `digitd --input long.wav | less`: the file has been read, and the rest of its lines waits for whoever pages.
  @Test func `a signal ends it also while it waits for the reader of the last lines`() async throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket("\(folder.path)/notify")
    // Fewer lines than the queue holds, and more than the pipe.
    let sound = try folder.sound("words.wav", Sound.words(10))
    let process = try DaemonProcess(
      ["--input", sound, "--model", try folder.model(), "--no-socket"],
      environment: ["NOTIFY_SOCKET": "\(folder.path)/notify", "WATCHDOG_USEC": "1000000"])
    process.narrowOutput()
    // Its last word to systemd comes when the file has been read.
    var last = ""
    while !last.hasPrefix("STOPPING=1") { last = try await onThread { try notify.receive() } }
    process.signal(SIGTERM)
    let result = try await process.wait(readingOutput: false)
    #expect(result.code == 0)
    #expect(!result.errors.contains("cannot be written"))
  }

  /// A receiver that takes no more than its queue holds, as a wrapper that waits for READY and then looks no more.
  @Test(.timeLimit(.minutes(1)))
  func `a notify socket that systemd does not read stops neither recognition nor the end`() async throws {
    let folder = try TemporaryFolder()
    let notify = try NotifySocket("\(folder.path)/notify")
    let path = "\(folder.path)/s"
    let process = try await start(
      folder, environment: ["NOTIFY_SOCKET": "\(folder.path)/notify", "WATCHDOG_USEC": "20000"],
      arguments: ["--socket", path])
    // Many more words to the receiver than it has room for
    try await EventClient(path: path).withConnection { connection in
      var heard = 0
      for try await envelope in connection.events where envelope.event.kind == .transcript {
        heard += 1
        if heard == 3 { break }
      }
    }
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
    withExtendedLifetime(notify) {}
  }

  /// Fewer descriptors than connections would take: those that find none are told so, rather than tried again and
  /// again.
  @Test(.timeLimit(.minutes(1))) func `with few descriptors there are few connections`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/s"
    let process = try await start(folder, shell: "ulimit -n 48", arguments: ["--socket", path])
    let others = try await onThread { try (0..<8).map { _ in try RawSocket(path) } }
    let first = try await EventClient(path: path).withConnection { connection -> Event? in
      for try await envelope in connection.events { return envelope.event }
      return nil
    }
    guard case .error(let error) = first else {
      Issue.record("a ninth connection was served: \(String(describing: first))")
      return
    }
    #expect(error.text.contains("there are 8 connections already"))
    withExtendedLifetime(others) {}
    process.signal(SIGTERM)
    #expect(try await process.wait().code == 0)
  }

  @Test func `the configuration is read again at SIGHUP`() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("config", "DIGITD_LOG_LEVEL=info\n")
    let notify = try NotifySocket("\(folder.path)/notify")
    let sound = try folder.sound("words.wav", Sound.words(200))
    // Not waited for: a reload may be asked for as soon as it is ready.
    let process = try DaemonProcess(
      ["--input", sound, "--realtime", "--model", try folder.model(), "--no-socket", "--config", file],
      environment: ["NOTIFY_SOCKET": "\(folder.path)/notify"])
    #expect(try await onThread { try notify.receive() }.hasPrefix("READY=1\n"))
    func reload() async throws {
      process.signal(SIGHUP)
      #expect(try await onThread { try notify.receive() }.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
      #expect(try await onThread { try notify.receive() } == "READY=1")
    }
    _ = try folder.file("config", "DIGITD_LOG_LEVEL=shout\n")
    try await reload()
    _ = try folder.file("config", "DIGITD_LOG_LEVEL=debug\nDIGITD_FORMAT=text\n")
    try await reload()
    process.signal(SIGTERM)
    let result = try await process.wait()
    #expect(result.code == 0)
    #expect(result.errors.contains("the configuration stays as it was: \(file), line 1: DIGITD_LOG_LEVEL is \"shout\""))
    #expect(result.errors.contains("read again; the format will change with a restart"))
    // Not a sample was lost.
    let events = try result.events()
    #expect(!events.contains { $0.event.kind == .overrun })
  }

  /// A token in a unit's environment must not end up in a journal that others read, however much is logged.
  @Test(arguments: ["debug", "trace"])
  func `the log does not show the environment`(level: String) async throws {
    // Given a secret in the environment, and a configuration that will be read again
    let folder = try TemporaryFolder()
    let file = try folder.file("config", "DIGITD_FORMAT=json\n")
    let notify = try NotifySocket("\(folder.path)/notify")
    let process = try await start(
      folder, environment: ["NOTIFY_SOCKET": "\(folder.path)/notify", "API_TOKEN": "Sesame-7391"],
      arguments: ["--socket", "\(folder.path)/s", "--config", file, "--log-level", level])
    // When the daemon starts, is asked, reads its configuration again and ends
    _ = try await onThread { try notify.receive() }
    _ = try await EventClient(path: "\(folder.path)/s").status()
    process.signal(SIGHUP)
    while try await onThread({ try notify.receive() }) != "READY=1" {}
    process.signal(SIGTERM)
    let result = try await process.wait()
    // Then the log has its words, and nothing of the environment
    #expect(result.code == 0)
    #expect(result.errors.contains("the configuration was read again"))
    #expect(!result.errors.contains("API_TOKEN") && !result.errors.contains("Sesame"))
  }

  /// What inherits the variable and has its standard error elsewhere writes for a person (systemd.exec(5)).
  @Test(arguments: [
    ("unset JOURNAL_STREAM", false), ("export JOURNAL_STREAM=1:2", false), ("export JOURNAL_STREAM=", false),
    ("export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)", true),
  ]) func `priorities are for the journal alone`(shell: String, isJournal: Bool) async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(1))
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", try folder.model(), "--no-socket", "--log-level", "info"],
      environment: ["JOURNAL_SOCKET": folder.path("nowhere")], shell: shell)
    #expect(result.code == 0)
    #expect(result.errors.hasPrefix("<6>digitd ") == isJournal)
    #expect(result.errors.contains(" info digitd ") == !isJournal)
  }

  /// An ALSA device that gives a file: a capture PCM without hardware.
  private static func fileDevice(_ sound: String) -> String {
    """
    </usr/share/alsa/alsa.conf>
    pcm.fromfile { type file slave.pcm null file /dev/null infile "\(sound)" format wav }
    """
  }
}

/// The other end of `$NOTIFY_SOCKET`.
final class NotifySocket: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else { throw TestFailure(description: "no notify socket") }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit {
    close(descriptor)
  }

  func receive() throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw TestFailure(description: "systemd was told nothing") }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}

/// A connection for what no decent client sends.
final class RawSocket: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard connected == 0 else { throw TestFailure(description: "connect: \(String(cString: strerror(errno)))") }
  }

  deinit {
    close(descriptor)
  }

  /// Sends as much as is taken before the connection is closed.
  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }
}
