import DigitNetwork
import EventFeed
import Events
import Foundation
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Web

/// The server as it runs, on a port of its own, and a daemon's socket with nothing behind it.
struct TestSite: Sendable {
  let port: Int
  let hub: EventHub

  static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let model = packageRoot.appending(path: "Models/digits.safetensors").path
  static let arabic = packageRoot.appending(path: "Models/digits-ar.safetensors").path
  static let recording = packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
  static let hasModel = FileManager.default.fileExists(atPath: model)

  /// - Parameter withDaemon: whether somebody listens on the socket.
  static func run(
    limits: WebLimits = .testing, names: [String] = [], token: Token? = nil, withDaemon: Bool = true,
    canPause: Bool = true,
    _ body: @escaping @Sendable (TestSite) async throws -> Void
  ) async throws {
    // Short: a socket's path has room for a hundred bytes.
    let folder = "/tmp/wt-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let hub = EventHub()
    var daemon: EventServer?
    if withDaemon {
      var responder = EventResponder(
        hello: {
          Event.Hello(
            version: "1", session: "a", model: "digits", language: "en", labels: [], device: "a microphone",
            state: .listening)
        }, info: { Event.Info(name: "", description: "", version: "", models: []) },
        status: { Event.Status(version: "1", session: "a", model: "digits", device: "a microphone", transcripts: 7) },
        recogniser: { _ in NoRecogniser() })
      responder.pause = { isPaused in
        guard canPause else { return false }
        hub.publish(.device(Event.Device(state: isPaused ? .paused : .listening, name: "a microphone")))
        return true
      }
      daemon = try await EventServer.start(
        on: try ListeningSocket.make(path: folder + "/s"), hub: hub, responder: responder, logger: .init(label: "test"))
    }
    var settings = WebServer.Settings()
    settings.port = 0
    settings.names = names
    settings.token = token
    settings.limits = limits
    let server = try WebServer(
      settings: settings, model: try SequenceModel(contentsOf: model),
      others: [try SequenceModel(contentsOf: arabic), try SequenceModel(contentsOf: model)],
      client: EventClient(path: folder + "/s"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, sender) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        defer { sender.finish() }
        try await server.run { sender.yield($0) }
      }
      for await port in ports {
        try await body(TestSite(port: port, hub: hub))
        break
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    await daemon?.shutdown()
  }

  struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var body: String

    init(_ text: String) {
      let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
      let lines = (halves.first ?? "").split(separator: "\r\n")
      status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      headers = Dictionary(
        lines.dropFirst().compactMap { line in
          guard let colon = line.firstIndex(of: ":") else { return nil }
          return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }, uniquingKeysWith: { $0 + ", " + $1 })
      body = halves.count > 1 ? String(halves[1]) : ""
    }

    func object() throws -> [String: Any] {
      let value = try JSONSerialization.jsonObject(with: Data(body.utf8))
      guard let object = value as? [String: Any] else { throw TestFailure(description: "no object: \(body)") }
      return object
    }
  }

  /// Sends a request and reads until the server closes, or until `enough` of the text has come.
  func ask(
    _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = [], contentLength: Int? = nil,
    enough: @Sendable (String) async -> Bool = { _ in false }
  ) async throws -> Answer {
    var lines = ["\(method) \(path) HTTP/1.1"]
    var headers = headers
    if headers["Host"] == nil { headers["Host"] = "localhost:\(port)" }
    headers["Connection"] = "close"
    if method != "GET" { headers["Content-Length"] = "\(contentLength ?? body.count)" }
    lines += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    let request = ByteBuffer(bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      // A server that has answered already may have closed on what is still to come.
      try? await outbound.write(request)
      var text = ""
      do {
        for try await piece in inbound {
          text += String(buffer: piece)
          if await enough(text) { break }
        }
      } catch  where !text.isEmpty {}
      return Answer(text)
    }
  }

  /// Connections on which nothing is said.
  func connections(_ count: Int) async throws -> [any Channel] {
    var channels: [any Channel] = []
    for _ in 0..<count {
      channels.append(
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
          .connect(host: "127.0.0.1", port: port).get())
    }
    return channels
  }

  static func sound() throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: recording))) }
}

/// No client of these tests sends a recording.
struct NoRecogniser: RecordingRecognising {
  func hear(_ samples: [Float]) async -> [Event] { [] }
  func finish() async -> [Event] { [] }
}
