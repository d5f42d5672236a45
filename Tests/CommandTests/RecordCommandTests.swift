import Foundation
import Glibc
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct RecordCommandTests {
  private static let recording = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
  private static let arabicModel = Command.packageRoot.appending(path: "Models/digits-ar.safetensors").path

  private func record(_ folder: String, _ digits: String) async throws -> Command.Result {
    try await Command.run(
      [
        "record", folder, "--speaker", "anna", "--model", Command.model, "--input", Self.recording, "--digits", digits,
      ])
  }

  @Test func `each good take becomes a file that holds the word alone`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      let result = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(
        result.lines.suffix(2) == [
          "10 recordings in \(folder)",
          "Next: digitctl train --from-model \(Command.model) --data \(folder) --output \(folder).safetensors",
        ])
      let manifest = try String(contentsOfFile: folder + "/manifest.csv", encoding: .utf8).split(separator: "\n")
      #expect(manifest.first == "path,label,speaker,source,licence,sample_rate,duration_s,split,lang")
      #expect(manifest.dropFirst().map { $0.prefix(13) }.sorted().first == "0_anna_0.wav,")
      let heard = try await Command.run(["classify", "--csv", folder])
      let digits = heard.lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[1] }
      // A take is cut to its word; a synthetic voice's may be too little to be sure of, but none is another digit.
      #expect(zip(digits, 0...9).allSatisfy { $0 == "" || $0 == "\($1)" })
      #expect(digits.count == 10 && digits.count { !$0.isEmpty } >= 8)
      // Digits that are listed are asked for again; every third take is held out.
      _ = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      let third = try await record(folder, "4,7,0,2,9,5,1,8,3,6")
      #expect(third.status == 0)
      let all = try String(contentsOfFile: folder + "/manifest.csv", encoding: .utf8).split(separator: "\n")
      #expect(all.count == 31)
      #expect(all.filter { $0.hasSuffix(",validate,en") }.allSatisfy { $0.contains("_anna_2.wav") })
      #expect(all.filter { $0.hasSuffix(",validate,en") }.count == 10)
    }
  }

  @Test func `it goes on where it stopped`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "my voice").path
      func record(takes: Int) async throws -> Command.Result {
        try await Command.run(
          ["record", folder, "--speaker", "anna", "--takes", "\(takes)", "--input", Self.recording],
          environment: ["DIGITD_MODEL": ""])
      }
      // Given four of the ten digits
      #expect(try await self.record(folder, "4,7,0,2").lines.contains("4 recordings in \(folder)"))
      // Then the other six are asked for
      let rest = try await record(takes: 1)
      #expect(rest.lines.first == "\(folder) has 4 recordings by anna already, which are not asked for again")
      #expect(rest.lines.dropFirst().first?.hasPrefix("6 words, one at a time") == true)
      #expect(rest.output.contains("s and Enter skips one"))
      let asked = rest.lines.filter { $0.contains(" of 6  say ") }.compactMap { $0.split(separator: " ").last }
      #expect(!asked.isEmpty && Set(asked).isDisjoint(with: ["four", "seven", "zero", "two"]))
      // And when all are there nothing is asked for, and the next step is named, in quotes
      _ = try await self.record(folder, "9,5,1,8,3,6")
      _ = try await self.record(folder, "4,7,0,2,9,5,1,8,3,6")
      let none = try await record(takes: 1)
      #expect(none.status == 0)
      #expect(
        none.lines == [
          "\(folder) has at least 1 recording of each digit by anna; --takes asks for more",
          "Next: digitctl train --from-model digits --data '\(folder)' --output '\(folder).safetensors'",
        ])
    }
  }

  @Test func `all that was typed counts, several lines at once too`() async throws {
    try await Command.inFolder { parent in
      let terminal = try PseudoTerminal()
      // Not line by line: one call may read all of them.
      var settings = termios()
      tcgetattr(terminal.guest.fileDescriptor, &settings)
      settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
      tcsetattr(terminal.guest.fileDescriptor, TCSANOW, &settings)
      try terminal.host.write(contentsOf: Data("s\ns\nq\n".utf8))
      let result = try await Command.run(
        ["record", parent.path, "--speaker", "anna", "--input", Self.recording, "--digits", "4,7,0,2"],
        terminal: terminal.guest)
      #expect(result.status == 1)
      #expect(result.lines.filter { $0.contains(" of 4  say ") }.count == 3)
      #expect(result.lines.contains("0 recordings in \(parent.path)"))
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: arabicModel), "there is no Arabic model"))
  func `a word that the model does not know is a take`() async throws {
    try await Command.inFolder { parent in
      let folder = parent.appending(path: "mine").path
      // English digits for a model of Arabic ones
      let result = try await Command.run(
        [
          "record", folder, "--speaker", "anna", "--model", Self.arabicModel, "--input", Self.recording, "--digits",
          "1,2,3,4,5,6,7,8,9,0",
        ])
      #expect(!result.output.contains("no word was heard"))
      // Nor is the hiss before the first word a take
      #expect(!result.output.contains("too quiet"))
      #expect(result.output.contains("not recognised as a digit: say it again"))
      let manifest = try String(contentsOfFile: folder + "/manifest.csv", encoding: .utf8).split(separator: "\n")
      #expect(manifest.count > 2 && manifest.dropFirst().allSatisfy { $0.hasSuffix(",ar") })
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
