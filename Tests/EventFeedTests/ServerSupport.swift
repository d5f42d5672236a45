import EventFeed
import Events
import Glibc
import Logging
import TestSupport
import Testing

/// A daemon's feed without the daemon: a hub and a server on a socket in a folder of its own.
struct TestServer {
  let hub: EventHub
  let server: EventServer
  let path: String
  /// Where it listens on TCP.
  let address: String
  let log: LogBook

  /// Runs `body` against a server, and takes everything away afterwards.
  static func run<R>(
    _ configuration: EventServer.Configuration = .testing,
    recogniser: @escaping @Sendable (Int) -> any RecordingRecognising = { _ in WholeRecording() },
    adapt: (inout EventResponder) -> Void = { _ in }, _ body: (TestServer) async throws -> R
  ) async throws -> R {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      let hub = EventHub()
      var responder = EventResponder(
        hello: { Samples.hello }, info: { Samples.info }, status: { Samples.status }, recogniser: recogniser)
      adapt(&responder)
      let tcp = try listenOnTCP()
      let log = LogBook()
      let server = try await EventServer.start(
        on: try ListeningSocket.make(path: path), and: [tcp], hub: hub, responder: responder,
        configuration: configuration, logger: Logger(label: "test") { _ in log })
      do {
        let result = try await body(TestServer(hub: hub, server: server, path: path, address: tcp.path, log: log))
        await server.shutdown()
        return result
      } catch {
        await server.shutdown()
        throw error
      }
    }
  }

  func publish(overrun value: Int) {
    hub.publish(.overrun(Event.Overrun(lostMs: value)))
  }

  func client(_ transport: Transport) throws -> RawClient { try RawClient(transport == .tcp ? address : path) }

  /// Whether no more than `count` clients are left, as soon as that is so. Each look is a question that `witness`, one
  /// of them, has answered: what the server had to do before it did.
  func areLeft(_ count: Int, witness: RawClient) async throws -> Bool {
    try await comesTrue(witness) { server.subscribers <= count }
  }

  /// Whether `condition` comes to hold, as soon as it does.
  func comesTrue(_ witness: RawClient, _ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<20_000 where !condition() { try await witness.synchronise() }
    return condition()
  }
}

/// Recognises a recording when it is over: by default it tells how many samples it had.
actor WholeRecording: RecordingRecognising {
  private var samples: [Float] = []
  private let answer: @Sendable ([Float]) async -> [Event]

  init(_ answer: @escaping @Sendable ([Float]) async -> [Event] = { [.count($0.count)] }) { self.answer = answer }

  func hear(_ samples: [Float]) async -> [Event] {
    self.samples += samples
    return []
  }

  func finish() async -> [Event] { await answer(samples) }
}

extension Event {
  /// The transcript of a recording in which a number was said.
  static func count(_ count: Int) -> Event {
    let words = String(count).compactMap(\.wholeNumberValue).map {
      Event.Number.Word(digit: $0, confidence: 1, startMs: 0, endMs: 1)
    }
    return .recordingTranscript(
      Event.RecordingTranscript(
        number: Event.Number(text: "", confidence: 1, words: words, startMs: 0, endMs: 1, decidedMs: 1)))
  }

  /// The digits of such a transcript.
  var count: Int? {
    if case .recordingTranscript(let answer) = self { answer.number.flatMap { Int($0.digits) } } else { nil }
  }
}

/// How a client is connected.
enum Transport: CaseIterable {
  case unix, tcp
}

/// A TCP port as systemd passes it on.
func listenOnTCP() throws -> ListeningSocket {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  var address = localAddress(port: 0)
  guard withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0 else {
    throw TestFailure(description: "bind: \(String(cString: strerror(errno)))")
  }
  return try ListeningSocket.inherited(descriptor: descriptor)
}

private func localAddress(port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  address.sin_port = port.bigEndian
  return address
}

private func withSocketAddress<Address>(
  _ address: inout Address, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Int32 {
  withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<Address>.size)) }
  }
}

/// The memory that is this process's own: resident and not of a file, the second number of /proc/self/statm less the
/// third.
func privateBytes() throws -> Int {
  var buffer = [UInt8](repeating: 0, count: 128)
  let descriptor = open("/proc/self/statm", O_RDONLY)
  defer { close(descriptor) }
  let count = read(descriptor, &buffer, buffer.count)
  let numbers = String(decoding: buffer[..<max(0, count)], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
  guard numbers.count > 2 else { throw TestFailure(description: "/proc/self/statm cannot be read") }
  return (numbers[1] - numbers[2]) * Int(sysconf(Int32(_SC_PAGESIZE)))
}

func withTemporaryFolder<R>(_ body: (String) async throws -> R) async throws -> R {
  let folder = try TemporaryFolder()
  defer { withExtendedLifetime(folder) {} }
  return try await body(folder.path)
}

/// A client made of system calls: it can do what no decent client does.
///
/// Unchecked: a test calls it from one task and waits for each call.
final class RawClient: @unchecked Sendable {
  private let descriptor: Int32
  private var parser = MessageParser()
  private var received: [EventEnvelope] = []
  /// Whether that a subscription was understood is passed over: most tests ask for other things.
  var passesOverSubscribed = true

  /// - Parameter path: of a socket, or `127.0.0.1:PORT`.
  init(_ path: String) throws {
    let port = path.hasPrefix("127.0.0.1:") ? UInt16(path.dropFirst(10)) : nil
    descriptor = socket(port == nil ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    // A test that goes wrong ends, instead of waiting for ever.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result: Int32
    if let port {
      var address = localAddress(port: port)
      result = withSocketAddress(&address) { [descriptor] in connect(descriptor, $0, $1) }
    } else {
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      result = withSocketAddress(&address) { [descriptor] in connect(descriptor, $0, $1) }
    }
    guard result == 0 else {
      // It is whole by now, and its end closes the descriptor.
      throw TestFailure(description: "connect to \(path): \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    close(descriptor)
  }

  /// Sends all of it, or as much as the server takes before it closes the connection.
  @discardableResult
  func send(_ bytes: [UInt8]) async throws -> Bool {
    try await onThread { [descriptor] in
      var rest = bytes[...]
      while !rest.isEmpty {
        let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent > 0 else { return false }
        rest = rest.dropFirst(sent)
      }
      return true
    }
  }

  @discardableResult
  func send(_ text: String) async throws -> Bool { try await send(Array(text.utf8)) }

  /// Sends if the server takes it now.
  func sendWithoutWaiting(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }

  func endSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Closes the connection, which nobody asks about any more.
  func leave() {
    // The number stays taken until the client goes: another descriptor of that number would be closed in its place.
    let null = open("/dev/null", O_RDONLY)
    dup2(null, descriptor)
    close(null)
  }

  /// Whether the server, in this very process, has the system ask whether this client is there (SO_KEEPALIVE).
  func isKeptAliveByItsPeer() throws -> Bool {
    func name(_ call: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Int32) -> UInt16? {
      var address = sockaddr_in()
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
      }
      return result == 0 && address.sin_family == sa_family_t(AF_INET) ? address.sin_port : nil
    }
    guard let own = name({ getsockname(descriptor, $0, &$1) }) else { throw TestFailure(description: "not TCP") }
    for other in 3..<Int32(4096) where name({ getpeername(other, $0, &$1) }) == own {
      var isOn: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(other, SOL_SOCKET, SO_KEEPALIVE, &isOn, &size)
      return isOn != 0
    }
    throw TestFailure(description: "the server's end was not found")
  }

  /// The next event; nil when the server has closed the connection.
  func next() async throws -> EventEnvelope? {
    try await onThread { try self.waitForNext() }
  }

  func next(count: Int) async throws -> [EventEnvelope] {
    try await onThread {
      try (0..<count).map { index in
        guard let event = try self.waitForNext() else { throw TestFailure(description: "closed before event \(index)") }
        return event
      }
    }
  }

  /// Reads so many bytes and no more; what they complete comes with `next`.
  func take(bytes: Int) async throws {
    try await onThread { for _ in 0..<bytes { guard try self.receive(atMost: 1) else { return } } }
  }

  /// Reads up to the answer to a `ping` sent now: what was sent before has then taken effect. Gives what came before
  /// it.
  @discardableResult
  func synchronise() async throws -> [EventEnvelope] {
    try await send("{\"type\": \"ping\", \"data\": {\"text\": \"here\"}}\n")
    return try await onThread {
      var before: [EventEnvelope] = []
      while let event = try self.waitForNext() {
        if event.event == .pong(Event.Pong(text: "here")) { return before }
        before.append(event)
      }
      throw TestFailure(description: "closed before the answer")
    }
  }

  /// Reads up to event number `total`: each number is there, or counted where it is missing. Gives how many are
  /// missing.
  @discardableResult
  func accountForAll(upTo total: Int) async throws -> Int {
    var (last, dropped) = (0, 0)
    while last < total, let event = try await next() {
      if case .dropped(let gap) = event.event {
        dropped += gap.count
        #expect(event.sequence == last + gap.count)
      } else {
        #expect(event.sequence == last + 1)
      }
      last = event.sequence
    }
    #expect(last == total)
    #expect(dropped > 0)
    return dropped
  }

  private func waitForNext() throws -> EventEnvelope? {
    while received.isEmpty {
      guard try receive(atMost: 65_536) else { return nil }
    }
    return received.removeFirst()
  }

  /// Reads what there is; false when the server has closed the connection.
  private func receive(atMost most: Int) throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count == 0 || (count < 0 && errno == ECONNRESET) { return false }
    guard count > 0 else { throw TestFailure(description: "nothing came: \(String(cString: strerror(errno)))") }
    for output in parser.push(Array(chunk[..<count])) {
      guard case .message(let message) = output else { throw TestFailure(description: "not a line: \(output)") }
      let envelope = try EventEnvelope(type: message.type, data: message.data)
      if envelope.event.kind != .subscribed || !passesOverSubscribed { received.append(envelope) }
    }
    return true
  }
}
