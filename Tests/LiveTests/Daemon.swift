import Foundation
import Testing

/// A line-wise reader of a descriptor.
final class Lines {
  let descriptor: CInt
  private var pending: [UInt8] = []
  private(set) var events: [FeedEvent] = []
  private(set) var isAtEnd = false

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  /// Takes what there is; to be called when the descriptor is readable.
  func take() throws {
    var block = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &block, block.count)
    if count <= 0 {
      isAtEnd = true
      return
    }
    pending += block[..<count]
    while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
      #expect(end < 65_535, "a line may have 65,535 bytes")
      events.append(try FeedEvent(line: String(decoding: pending[..<end], as: UTF8.self)))
      pending.removeFirst(end + 1)
    }
  }

  /// Takes from all of these as it comes, until something is the case; false if it is not within a minute and a half,
  /// or all are at their end.
  static func take(from readers: [Lines], until done: () -> Bool) throws -> Bool {
    let end = Date().addingTimeInterval(90)
    while !done() {
      let open = readers.filter { !$0.isAtEnd }
      guard !open.isEmpty, Date() < end else { return false }
      var descriptors = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      guard poll(&descriptors, nfds_t(descriptors.count), 1000) > 0 else { continue }
      for (reader, descriptor) in zip(open, descriptors) where descriptor.revents != 0 { try reader.take() }
    }
    return true
  }
}

/// A connection to the daemon's socket.
final class Subscriber {
  let lines: Lines
  private let descriptor: CInt

  /// Nil if nobody listens there.
  init?(path: String) {
    descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    lines = Lines(descriptor)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    if connected != 0 { return nil }
  }

  deinit { close(descriptor) }

  func send(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
  }
}

/// A program that writes events and runs until it is told to end.
class Running {
  let output: Lines
  fileprivate let process = Process()
  private let pipe = Pipe()

  init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = Built.root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    output = Lines(pipe.fileHandleForReading.fileDescriptor)
    try process.run()
    try? pipe.fileHandleForWriting.close()
  }

  deinit {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }

  /// Sends a signal and waits for the end.
  func end(with signal: CInt = SIGTERM) -> Int32 {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }
}

/// digitd as it runs, with a socket.
final class Daemon: Running {
  let socket: String

  init(_ arguments: [String], socket: String, environment: [String: String] = [:]) throws {
    self.socket = socket
    try super.init(Built.program("digitd"), arguments + ["--socket", socket], environment: environment)
  }

  /// How often a thread of it has slept and been woken so far.
  func wakeUps(ofThread name: String) throws -> Int {
    let tasks = URL(fileURLWithPath: "/proc/\(process.processIdentifier)/task")
    for task in try FileManager.default.contentsOfDirectory(at: tasks, includingPropertiesForKeys: nil) {
      let lines = try String(contentsOf: task.appendingPathComponent("status"), encoding: .utf8).split(separator: "\n")
      guard lines.contains("Name:\t\(name)") else { continue }
      let line = lines.first { $0.hasPrefix("voluntary_ctxt_switches:") }
      if let count = line?.split(separator: "\t").last.flatMap({ Int($0) }) { return count }
    }
    throw Failure(description: "it has no thread \(name)")
  }

  /// Connects as soon as somebody listens on the socket.
  func subscriber() throws -> Subscriber {
    for _ in 0..<1200 {
      if let subscriber = Subscriber(path: socket) { return subscriber }
      guard process.isRunning else { break }
      var none = pollfd()
      _ = poll(&none, 0, 50)
    }
    throw Failure(description: "nobody listens on \(socket)")
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }
}
