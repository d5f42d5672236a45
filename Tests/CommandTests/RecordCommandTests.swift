import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct RecordCommandTests {
  private static let recording = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path

  private func record(_ folder: String, _ digits: String) async throws -> Command.Result {
    try await Command.run(
      ["record", folder, "--speaker", "anna", "--input", Self.recording, "--digits", digits])
  }

  @Test(.disabled("record takes the bundled recording's eight for too noisy since the new listener: to be mended"))
  func `each good take becomes a file that holds the word alone`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      let result = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.lines.last == "10 recordings in \(folder)")
      let manifest = try String(contentsOfFile: folder + "/manifest.csv", encoding: .utf8).split(separator: "\n")
      #expect(manifest.first == "path,label,speaker,source,licence,sample_rate,duration_s,split")
      #expect(manifest.dropFirst().map { $0.prefix(13) }.sorted().first == "0_anna_0.wav,")
      let heard = try await Command.run(["classify", "--csv", folder])
      let digits = heard.lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[1] }
      // A take is cut to its word; a synthetic voice's may be too little to be sure of, but none is another digit.
      #expect(zip(digits, 0...9).allSatisfy { $0 == "" || $0 == "\($1)" })
      #expect(digits.count == 10 && digits.count { !$0.isEmpty } >= 8)
      // The same command goes on where that one ended; every third take is held out.
      _ = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      let third = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      #expect(third.status == 0)
      let all = try String(contentsOfFile: folder + "/manifest.csv", encoding: .utf8).split(separator: "\n")
      #expect(all.count == 31)
      #expect(all.filter { $0.hasSuffix(",validate") }.allSatisfy { $0.contains("_anna_2.wav") })
      #expect(all.filter { $0.hasSuffix(",validate") }.count == 10)
    }
  }

  @Test func `another digit than the one asked for is reported, and asked for again`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      // It hears four, seven and zero: the first is not a three, the second is taken for what was asked for.
      let result = try await record(folder, "3,0,8,8,8,8,8")
      #expect(result.status == 1)
      #expect(result.output.contains("that sounded like four: say it again"))
      #expect(result.output.contains("3_anna_0.wav"))
      #expect(result.output.contains("sounds like seven"))
      #expect(result.output.contains("of them unlike what was asked for"))
    }
  }

  @Test(arguments: [
    (["x", "--digits", "4,x"], "“x” is not a digit"), (["x", "--takes", "0"], "--takes is 0"),
    (["x", "--takes", "-1"], "--takes is -1"), (["x", "--channel", "0"], "--channel is 0: it must be 1 or more"),
    (["x", "--device", "a", "--input", "b"], "exclude each other"), (["x", "--speaker", "a/b"], "--speaker is “a/b”"),
    ([], "<folder>"),
  ]) func `wrong usage has a message`(arguments: [String], words: String) async throws {
    let result = try await Command.run(["record"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(words))
  }

  @Test func `a login is a name, whatever is in it`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      let result = try await Command.run(
        ["record", folder, "--input", Self.recording, "--digits", "4"], environment: ["USER": "john_doe"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("4_john-doe_0.wav"))
    }
  }

  @Test func `a standard output that cannot be written is a failure`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      let digitctl = Command.products.appending(path: "digitctl").path
      let script = "exec \"$0\" record \"$1\" --input \"$2\" --digits 4 > /dev/full"
      let result = try await Command.run(
        executable: "/bin/sh", ["-c", script, digitctl, folder, Self.recording])
      #expect(result.status == 1)
      #expect(result.errors == "Error: standard output cannot be written: No space left on device\n")
    }
  }

  @Test func `where nothing is recorded nothing is left behind`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      let result = try await Command.run(["record", folder, "--input", "/no/such.wav"])
      #expect(result.status == 1 && result.errors.contains("/no/such.wav"))
      #expect(!FileManager.default.fileExists(atPath: folder))
    }
  }

  @Test func `a folder that cannot be recorded into is named at once`() async throws {
    let file = try await Command.run(["record", Self.recording, "--input", Self.recording])
    #expect(file.errors == "Error: \(Self.recording) cannot be made a folder: File exists\n")
    let nowhere = try await Command.run(["record", "/proc/foo", "--input", Self.recording])
    #expect(nowhere.errors == "Error: /proc/foo cannot be made a folder: No such file or directory\n")
    #expect(file.status == 1 && nowhere.status == 1)
  }
}
