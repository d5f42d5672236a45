import Foundation
import TestSupport
import Testing

/// What was built, and what lies beside it.
enum Built {
  /// The package's root.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  /// The folder of the programs: the test runner lies there too.
  static let programs = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  static let fixtures = root.appendingPathComponent("Tests/Fixtures")
  static let microphone = root.appendingPathComponent("Tests/Support/pulsemic.sh").path

  static func program(_ name: String) -> URL { programs.appendingPathComponent(name) }

  static var hasPulse: Bool {
    ["pulseaudio", "pactl", "paplay"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }
  }

  static var hasModel: Bool {
    FileManager.default.fileExists(atPath: root.appendingPathComponent("Models/digits.safetensors").path)
  }

  /// A Python that has the package `wyoming`: `make test` sees to it.
  static let python = root.appendingPathComponent(".venv-test/bin/python")
  static let wyomingClient = root.appendingPathComponent("Tests/Support/wyoming_client.py").path

  static var hasWyoming: Bool {
    (try? Finished.run(python, ["-c", "import wyoming"]))?.status == 0
  }

  /// The digits of a recording, as its list has them.
  static func digits(of recording: String) throws -> [Int] {
    let text = try String(contentsOf: fixtures.appendingPathComponent("\(recording).txt"), encoding: .utf8)
    return text.split(separator: "\n").compactMap { Int($0) }
  }
}

/// A program that runs to its end, and what it said.
struct Finished {
  var status: Int32
  var output: [String]
  var errors: String

  /// What digitd said, as events.
  var events: [FeedEvent] { get throws { try output.map(FeedEvent.init(line:)) } }

  static func run(
    _ program: URL, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Finished {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = Built.root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: nobody needs to read while it runs.
    let (output, errors) = ("\(folder.path)/output", "\(folder.path)/errors")
    for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return Finished(
      status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
      output: try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").map(String.init),
      errors: try String(contentsOfFile: errors, encoding: .utf8))
  }
}
