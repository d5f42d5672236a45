import Foundation
import TestSupport

/// A program of this package, run as a person would.
struct Command {
  struct Result: Sendable {
    var status: Int32
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// Where the products lie: beside the bundle of the tests.
  static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let data =
    ProcessInfo.processInfo.environment["DIGITD_DATA"]
    ?? packageRoot.deletingLastPathComponent().appending(path: "shared/data").path
  static let hasData = FileManager.default.fileExists(atPath: data + "/fsdd")
  static let model =
    ProcessInfo.processInfo.environment["DIGITD_MODEL"]
    ?? packageRoot.appending(path: "Models/digits.safetensors").path
  static let hasModel = FileManager.default.fileExists(atPath: model)

  /// Whether a shell's command ends well.
  static func succeeds(_ command: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "{ \(command); } > /dev/null 2>&1"]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Runs `body` with a folder that is gone afterwards.
  static func inFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try await body(URL(filePath: folder.path))
  }

  /// Runs it to its end.
  /// - Parameter terminal: in place of `input`.
  static func run(
    executable: String = products.appending(path: "digitctl").path, _ arguments: [String], input: String? = nil,
    terminal: FileHandle? = nil, environment: [String: String] = [:]
  ) async throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = terminal ?? FileHandle.nullDevice
    }
    async let status = withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    // Both at once: a program that fills one pipe waits for its reader.
    async let said = text(of: output)
    async let complained = text(of: errors)
    return try await Result(status: status, output: said, errors: complained)
  }

  private static func text(of pipe: Pipe) async -> String {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
      }
    }
  }
}
