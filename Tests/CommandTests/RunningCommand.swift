import Foundation
import Synchronization

/// A program of this package while it runs: its lines as they come.
final class RunningCommand: Sendable {
  /// Of standard output.
  let lines: AsyncStream<String>
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private let ended: AsyncStream<Int32>

  /// Starts digitctl, or another program.
  init(
    executable: String = Command.products.appending(path: "digitctl").path, _ arguments: [String],
    environment: [String: String] = [:]
  ) throws {
    let (lines, lineSender) = AsyncStream.makeStream(of: String.self)
    let (ended, endSender) = AsyncStream.makeStream(of: Int32.self)
    self.lines = lines
    self.ended = ended
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    process.terminationHandler = {
      endSender.yield($0.terminationStatus)
      endSender.finish()
    }
    try process.run()
    try? output.fileHandleForWriting.close()
    let handle = output.fileHandleForReading
    Thread.detachNewThread {
      var rest = Data()
      while let piece = try? handle.read(upToCount: 1), !piece.isEmpty {
        if piece[piece.startIndex] == 10 {
          lineSender.yield(String(decoding: rest, as: UTF8.self))
          rest = Data()
        } else {
          rest += piece
        }
      }
      lineSender.finish()
    }
  }

  /// The exit status, once it has ended.
  func status() async -> Int32 {
    for await status in ended { return status }
    return -1
  }

  /// What it has said on standard error, once it has ended.
  var errorOutput: String { String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self) }

  var pid: pid_t { process.processIdentifier }

  var isRunning: Bool { process.isRunning }

  func terminate() { process.terminate() }
}
