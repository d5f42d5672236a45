import Foundation
import TestSupport
import Testing

/// What the daemon says, and how it ends, when it is given what it cannot use.
@Suite(.serialized, .enabled(if: Built.hasModel, "needs a model in Models/")) struct BadInputTests {
  private let digitd = Built.program("digitd")

  /// Ends with this status, names what is wrong, and reports nothing as heard.
  private func expect(_ result: Finished, status: Int32, naming name: String) throws {
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(name))
    #expect(try result.events.allSatisfy { $0.type == "hello" })
    #expect(!result.errors.contains("Fatal error"))
  }

  @Test func `a device that does not exist is named`() throws {
    let result = try Finished.run(digitd, ["--device", "hw:CARD=Nobody,DEV=0", "--no-socket"])
    try expect(result, status: 69, naming: "hw:CARD=Nobody,DEV=0")
  }

  @Test func `wrong usage has a message and exit code 64`() throws {
    #expect(try Finished.run(digitd, ["--no-such-flag"]).status == 64)
    #expect(try Finished.run(digitd, ["--format", "morse"]).status == 64)
  }

  @Test func `files that are not sound are named`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.file("text.wav", Array("this is no sound\n".utf8))
    let empty = try folder.file("empty.wav", [])
    for path in [text, empty, folder.path, "\(folder.path)/missing.wav"] {
      try expect(Finished.run(digitd, ["--input", path]), status: 1, naming: path)
    }
  }

  @Test func `silence gives no events of speech`() throws {
    // 16-bit mono WAV, 8 kHz, five seconds of zeros
    let folder = try TemporaryFolder()
    let bytes = 80_000
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let header =
      Array("RIFF".utf8) + little(36 + bytes, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(1, 2)
      + little(1, 2) + little(8000, 4) + little(16_000, 4) + little(2, 2) + little(16, 2) + Array("data".utf8)
      + little(bytes, 4)
    let path = try folder.file("silence.wav", header + [UInt8](repeating: 0, count: bytes))
    let result = try Finished.run(digitd, ["--input", path])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try !result.events.contains { ["transcript", "not-detected", "voice-started"].contains($0.type) })
  }

  @Test func `a damaged or missing model is named`() throws {
    let folder = try TemporaryFolder()
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    let damaged = try folder.file("damaged.safetensors", [UInt8](repeating: 0x7f, count: 4000))
    for path in [damaged, "\(folder.path)/missing.safetensors"] {
      try expect(Finished.run(digitd, ["--input", recording, "--model", path]), status: 1, naming: path)
    }
  }

  @Test func `a socket that cannot be made is named`() throws {
    let folder = try TemporaryFolder()
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    let long = folder.path + "/" + String(repeating: "x", count: 120)
    for path in [long, "\(folder.path)/no/such/folder.sock"] {
      try expect(Finished.run(digitd, ["--input", recording, "--socket", path]), status: 1, naming: path)
    }
  }

  @Test func `a socket that is in use is left alone`() throws {
    let folder = try TemporaryFolder()
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    let first = try Daemon(["--input", recording, "--realtime"], socket: "\(folder.path)/digitd.sock")
    _ = try first.subscriber()
    try expect(
      Finished.run(digitd, ["--input", recording, "--socket", first.socket]), status: 1, naming: first.socket)
    // The first still serves.
    let subscriber = try first.subscriber()
    #expect(try Lines.take(from: [subscriber.lines, first.output]) { !subscriber.lines.events.isEmpty })
    #expect(first.end() == 0)
  }

  @Test func `a socket file that nobody serves is replaced, and any other file is not`() throws {
    let folder = try TemporaryFolder()
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    // What a daemon leaves that is killed
    let killed = try Daemon(["--input", recording, "--realtime"], socket: "\(folder.path)/digitd.sock")
    _ = try killed.subscriber()
    #expect(killed.end(with: SIGKILL) == 128 + SIGKILL)
    #expect(FileManager.default.fileExists(atPath: killed.socket))
    let next = try Daemon(["--input", recording, "--realtime"], socket: killed.socket)
    _ = try next.subscriber()
    #expect(next.end() == 0)
    // A file of somebody's
    let precious = try folder.file("precious.txt", Array("mine".utf8))
    try expect(Finished.run(digitd, ["--input", recording, "--socket", precious]), status: 1, naming: precious)
    #expect(try String(contentsOfFile: precious, encoding: .utf8) == "mine")
  }

  @Test func `a reader that leaves ends nothing else`() throws {
    // A pipe whose reader takes one line and goes: no crash, no complaint.
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    let result = try Finished.run(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", #""$0" --input "$1" | head -n 1; exit "${PIPESTATUS[0]}""#, digitd.path, recording])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.count == 1)
  }
}
