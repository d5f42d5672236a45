import Foundation
import Synchronization
import TestSupport
import digitctl

/// Debian's mosquitto, with a configuration of the test's own. It may be ended and started again at the same port.
final class Broker: Sendable {
  static let program = "/usr/sbin/mosquitto"
  static var isInstalled: Bool { access(program, X_OK) == 0 }

  let port: Int
  private let folder: TemporaryFolder
  private let running = Mutex<Process?>(nil)

  /// - Parameter configuration: lines after those for the port; `FOLDER` stands for a folder of its own.
  init(_ folder: TemporaryFolder, configuration: String = "allow_anonymous true") throws {
    self.folder = folder
    port = try Self.freePort()
    // Who starts it may write to the folder, and mosquitto as somebody else may not read there.
    let lines = """
      user \(NSUserName())
      listener \(port) 127.0.0.1
      \(configuration.replacingOccurrences(of: "FOLDER", with: folder.path))

      """
    _ = try folder.file("mosquitto.conf", Array(lines.utf8))
  }

  deinit { running.withLock { $0?.terminate() } }

  /// Returns once it listens.
  func start() async throws {
    let process = Process()
    process.executableURL = URL(filePath: Self.program)
    process.arguments = ["-v", "-c", folder.path("mosquitto.conf")]
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = errors
    try process.run()
    try? errors.fileHandleForWriting.close()
    let handle = errors.fileHandleForReading
    let started = try await onThread {
      var text = ""
      while let piece = try? handle.read(upToCount: 1), !piece.isEmpty {
        text += String(decoding: piece, as: UTF8.self)
        if text.hasSuffix(" running\n") {
          // It waits for whoever reads its log.
          Thread.detachNewThread { while !handle.availableData.isEmpty {} }
          return ""
        }
      }
      return text
    }
    guard started.isEmpty else { throw TestFailure(description: "mosquitto does not start: \(started)") }
    running.withLock { $0 = process }
  }

  /// Ends it as a crash does, and waits until it has.
  func kill() async throws {
    guard let process = running.withLock({ $0.take() }) else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    try await onThread { process.waitUntilExit() }
  }

  private static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw TestFailure(description: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// Somebody who has subscribed at a broker: what comes, as it comes.
final class BrokerListener: Sendable {
  struct Message: Sendable, Equatable {
    var topic: String
    var payload: String
  }

  /// What the broker had kept for whoever comes: it sends it before anything else.
  let kept: [Message]
  private let connection: BrokerConnection
  private let messages: AsyncStream<Message>

  /// Returns once there is a connection and it has subscribed to everything.
  init(_ settings: BrokerSettings) async throws {
    let (messages, sender) = AsyncStream.makeStream(of: Message.self)
    self.messages = messages
    let (news, newsSender) = AsyncStream.makeStream(of: BrokerEnd?.self)
    connection = try BrokerConnection(settings) {
      switch $0 {
      case .connected: newsSender.yield(nil)
      case .confirmed: break
      case .message(let topic, let payload): sender.yield(Message(topic: topic, payload: payload))
      }
    }
    connection.subscribe(topic: "#")
    connection.start { end in
      newsSender.yield(end)
      sender.finish()
    }
    if case let end?? = await news.first(where: { _ in true }) { throw end }
    // Its own message says that it has subscribed.
    connection.publish(Outbox.Delivery(id: 1, topic: "listener/ready", payload: "", isRetained: false))
    var kept: [Message] = []
    for await message in messages {
      if message.topic == "listener/ready" { break }
      kept.append(message)
    }
    self.kept = kept
  }

  deinit { connection.disconnect() }

  func publish(_ topic: String, _ payload: String) {
    connection.publish(Outbox.Delivery(id: 1, topic: topic, payload: payload, isRetained: false))
  }

  /// Waits for a message; those before it are passed over.
  @discardableResult
  func wait(for topic: String, _ isIt: (String) -> Bool = { _ in true }) async throws -> String {
    for await message in messages where message.topic == topic && isIt(message.payload) { return message.payload }
    throw TestFailure(description: "the connection ended before \(topic)")
  }
}
