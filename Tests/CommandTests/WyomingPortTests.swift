import Foundation
import Testing

/// A TCP port that systemd passes on beside the socket, asked by other people's Wyoming client.
@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct WyomingPortTests {
  private static let python = ProcessInfo.processInfo.environment["DIGITD_TEST_PYTHON"] ?? "python3"
  private static let hasWyoming = Command.succeeds("\(python) -c 'import wyoming'")

  @Test(.enabled(if: hasWyoming, "Python's wyoming package is not installed: pip install wyoming"))
  func `a recording is recognised over TCP`() async throws {
    struct Answer: Decodable {
      struct Fields: Decodable {
        var text: String?
        var digit: Int?
        var service: String?
        var code: Int?
      }
      var type: String
      var data: Fields
    }
    // Short: a socket's path has room for a hundred bytes.
    let folder = "/tmp/wp-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tests = Command.packageRoot.appending(path: "Tests")
    // No microphone: it waits for one, and serves meanwhile.
    let result = try await Command.run(
      executable: "/usr/bin/env",
      [
        Self.python, tests.appending(path: "Support/wyoming_port.py").path, folder,
        tests.appending(path: "Fixtures/digits.wav").path, "2.1", "3.3",
        Command.products.appending(path: "digitd").path, "--device", "nowhere", "--wait-for-device", "--model",
        Command.model,
      ])
    #expect(result.status == 0, "\(result.errors)")
    let answers = try result.lines.map { try JSONDecoder().decode(Answer.self, from: Data($0.utf8)) }
    #expect(answers.map(\.type) == ["info", "transcript", "hello", "exit"])
    #expect(answers.dropFirst().first?.data.text == "seven")
    #expect(answers.last?.data.code == 0)
  }
}
