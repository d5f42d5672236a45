import AudioInput
import Files
import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model in Models/"))
struct ClassifyCommandTests {
  private struct Line: Decodable {
    struct Word: Decodable {
      var digit: Int?
      var confidence: Double
      var start_ms: Int
      var end_ms: Int
    }
    var path: String
    var digits: String?
    var digit: Int?
    var words: [Word]?
    var confidence: Double?
    var probabilities: [Double]?
    var reason: String?
    var error: String?
  }

  private func objects(_ result: Command.Result) throws -> [Line] {
    try result.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `there is one object a file, in order`()
    async throws
  {
    let files = (0...9).reversed().map { "\(Command.data)/fsdd/\($0)_jackson_0.wav" }
    let result = try await Command.run(["classify", "--json", "--jobs", "3"] + files)
    #expect(result.status == 0)
    let lines = try objects(result)
    #expect(lines.map(\.path) == files)
    for line in lines {
      let probabilities = try #require(line.probabilities)
      #expect(probabilities.count == 10)
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-4)
      #expect((line.digits == "") == (line.reason != nil))
      if let digit = line.digit { #expect(line.digits == "\(digit)" && line.words?.count == 1) }
    }
    let right = zip(lines, (0...9).reversed()).count { line, said in line.digit == said }
    #expect(right >= 8)
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `bad files are named and the others classified`()
    async throws
  {
    let good = "\(Command.data)/fsdd/1_theo_0.wav"
    let result = try await Command.run(["classify", "--json", "/no/such.wav", good, "/proc/self/environ"])
    #expect(result.status == 1)
    let lines = try objects(result)
    #expect(lines.map(\.path) == ["/no/such.wav", good, "/proc/self/environ"])
    #expect(lines[0].error == "/no/such.wav: there is no such file")
    #expect(lines[1].probabilities?.count == 10)
    #expect(lines[2].error?.contains("/proc/self/environ") == true)
    #expect(lines[0].probabilities == nil && lines[1].error == nil)
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings"))
  func `a folder and a list give the same as the files`()
    async throws
  {
    let files = (0...4).map { "\(Command.data)/fsdd/4_lucas_\($0).wav" }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for file in files {
      try FileManager.default.copyItem(atPath: file, toPath: folder.path(URL(filePath: file).lastPathComponent))
    }
    let byName = try objects(try await Command.run(["classify", "--json"] + files))
    let byFolder = try objects(try await Command.run(["classify", "--json", folder.path]))
    let byList = try objects(
      try await Command.run(["classify", "--json", "-"], input: files.joined(separator: "\n") + "\n\n"))
    #expect(byFolder.map(\.probabilities) == byName.map(\.probabilities))
    #expect(byList.map(\.probabilities) == byName.map(\.probabilities))
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `a part is cut out`() async throws {
    let file = "\(Command.data)/fsdd/0_george_0.wav"
    let beyond = try await Command.run(["classify", "--from", "99", file])
    #expect(beyond.status == 1)
    // Said once, where the answers are.
    #expect(beyond.output == "\(file): error: it is 0.298 s long and has no part that begins at 99.0 s\n")
    #expect(beyond.errors == "digitctl: one recording could not be classified\n")
    // Of ten digits a part holds one, at its place in the whole recording.
    let ten = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
    let part = try objects(try await Command.run(["classify", "--json", "--from", "2.1", "--to", "3.3", ten]))
    #expect(part.map(\.digits) == ["7"] && part.first?.digit == 7)
    #expect((2100...3300).contains(part.first?.words?.first?.start_ms ?? 0))
  }

  @Test(.enabled(if: Command.hasModel, "there is no model")) func `a long recording is split into its words`()
    async throws
  {
    struct Word: Decodable {
      var path: String
      var start_s: Double
      var end_s: Double
      var digit: Int?
    }
    let fixtures = Command.packageRoot.appending(path: "Tests/Fixtures")
    let file = fixtures.appending(path: "digits.wav").path
    let said = try String(contentsOf: fixtures.appending(path: "digits.txt"), encoding: .utf8)
      .split(separator: "\n").compactMap { Int($0) }
    func words(_ arguments: [String]) async throws -> [Word] {
      let result = try await Command.run(["classify", "--split", "--json"] + arguments + [file])
      #expect(result.status == 0)
      return try result.lines.map { try JSONDecoder().decode(Word.self, from: Data($0.utf8)) }
    }
    let all = try await words([])
    #expect(all.compactMap(\.digit) == said)
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.start_s < $0.end_s && $0.end_s <= $1.start_s })
    // A part gives the same words at the same places.
    let part = try await words(["--from", "3.2", "--to", "9.4"])
    let within = all.filter { $0.digit != nil && $0.start_s > 3.2 && $0.end_s < 9.4 }
    let told = part.filter { $0.digit != nil }
    #expect(told.map(\.digit) == within.map(\.digit) && !told.isEmpty)
    // As exactly as the network's columns lie, which the part's beginning moves: two of 32 ms.
    #expect(zip(told, within).allSatisfy { abs($0.start_s - $1.start_s) < 0.07 })
    let beyond = try await Command.run(["classify", "--split", "--from", "99", file])
    #expect(beyond.status == 1 && beyond.output.contains("has no part that begins at 99.0 s"))
    // Any number will do for the end.
    #expect(try await words(["--to", "1e18"]).count == all.count)
    let never = try await Command.run(["classify", "--split", "--from", "1e18", file])
    #expect(never.status == 1 && never.output.contains("has no part that begins at"))
  }

  @Test(.enabled(if: Command.hasModel, "there is no model"))
  func `the words of a truncated recording are reported`() async throws {
    struct Line: Decodable {
      var digit: Int?
      var error: String?
    }
    // Given a recording whose header says 15.50 s, and of which 4.69 are there
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav"))
    let file = try folder.file("half.wav", Array(whole.prefix(150_000)))
    let result = try await Command.run(["classify", "--split", "--json", file])
    // Then its words are told, and that there should be more
    let lines = try result.lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    #expect(result.status == 0)
    #expect(lines.contains { $0.digit != nil } && lines.allSatisfy { $0.error == nil })
    let warning = "digitctl: \(file) ends after 4.686 s, where its header says 15.496 s\n"
    #expect(result.errors == warning)
    // As a whole, too
    let one = try await Command.run(["classify", "--to", "9", file])
    #expect(one.status == 0 && one.errors.hasPrefix(warning))
  }

  @Test func `a recording of several digits gives all of them`() async throws {
    let fixtures = Command.packageRoot.appending(path: "Tests/Fixtures")
    let file = fixtures.appending(path: "digits.wav").path
    let said = try String(contentsOf: fixtures.appending(path: "digits.txt"), encoding: .utf8)
      .split(whereSeparator: \.isWhitespace).joined()
    let result = try await Command.run(["classify", "--json", file])
    #expect(result.status == 0 && result.errors.isEmpty)
    let line = try #require(try objects(result).first)
    #expect(line.digits == said && line.digit == nil && line.reason == nil && line.probabilities?.count == 10)
    let words = try #require(line.words)
    #expect(words.compactMap(\.digit).map(String.init).joined() == said)
    #expect(words.allSatisfy { $0.start_ms < $0.end_ms && (0...1).contains($0.confidence) })
    let text = try await Command.run(["classify", file])
    #expect(text.output.hasPrefix("\(file): \(said) ("))
    let csv = try await Command.run(["classify", "--csv", file])
    #expect(csv.lines.last?.hasPrefix("\(file),\(said),,") == true)
  }

  @Test func `a recording without words has a line all the same`() async throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let file = scratch.path("silence.wav")
    try Data(try WAVWriter.encode([Float](repeating: 0, count: 16_000), sampleRate: 8000)).write(
      to: URL(filePath: file))
    let result = try await Command.run(["classify", "--split", file])
    #expect(result.status == 0 && result.output == "\(file): no speech\n")
  }

  @Test(.enabled(if: Command.hasModel, "there is no model")) func `a picture shows what was seen`() async throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let folder = scratch.path("pictures")
    let file = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
    let result = try await Command.run(["classify", "--from", "2.1", "--to", "3.3", "--picture", folder, file])
    #expect(result.status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names == [file.dropFirst().split(separator: "/").joined(separator: "_") + ".svg"])
    let svg = try String(contentsOfFile: "\(folder)/\(try #require(names.first))", encoding: .utf8)
    _ = try XMLDocument(xmlString: svg)
    // The picture says what the line does, however sure the model is.
    let answer = try #require(result.output.split(separator: ": ").last).trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(answer.hasPrefix("7 (") && svg.contains("digits.wav: \(answer)"))
    #expect(svg.components(separatedBy: "data:image/png;base64,").count == 2)
    // Its axes are those of the recording.
    #expect(svg.contains(">1000<") && svg.contains(">Hz<") && svg.contains(">3.0<") && !svg.contains(">2.0<"))
    // "..", too, must not make a hidden file of it.
    _ = try await Command.run(["classify", "--picture", folder, "/tmp/.." + file])
    let other = try FileManager.default.contentsOfDirectory(atPath: folder).first { $0 != names.first }
    #expect(other == "tmp_up_\(try #require(names.first))")
    let nowhere = try await Command.run(["classify", "--picture", "/proc/x/y", file])
    #expect(nowhere.status == 1)
    #expect(nowhere.errors.contains("/proc/x/y cannot be made a folder: No such file or directory\n"))
    // What is in the way of a picture is told of the picture, in the system's words.
    let taken = try #require(names.first)
    try FileManager.default.createDirectory(atPath: "\(folder)/taken/\(taken)", withIntermediateDirectories: true)
    let refused = try await Command.run(["classify", "--picture", "\(folder)/taken", file])
    #expect(refused.status == 1 && refused.output.contains("taken/\(taken) cannot be written: Is a directory\n"))
  }

  @Test func `with --split a recording has one picture with all its words`() async throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let file = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
    let folder = scratch.path("pictures")
    let result = try await Command.run(["classify", "--split", "--picture", folder, "--to", "6", file])
    #expect(result.status == 0 && result.lines.count > 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1)
    let svg = try String(contentsOfFile: "\(folder)/\(try #require(names.first))", encoding: .utf8)
    // A shade for each line, which says what it is.
    let document = try XMLDocument(xmlString: svg)
    let notes = try document.nodes(forXPath: "//*[local-name()='rect']/*[local-name()='title']")
    #expect(notes.count == result.lines.count)
    #expect(svg.contains(">seven, "))
  }

  /// Names of another system's, or of an archive from there, may be no UTF-8.
  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `file names are bytes`() async throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let sound = [UInt8](try Data(contentsOf: URL(filePath: "\(Command.data)/fsdd/7_theo_3.wav")))
    let (name, shown) = ("M" + FileName.text([0xFC]) + "ller.wav", "M\u{FFFD}ller.wav")
    _ = try scratch.file("d/" + name, sound)
    let folder = scratch.path("d")
    let bytes = FileName.bytes("\(folder)/\(name)")
    // Found in a folder
    let listed = try await Command.run(["classify", folder])
    #expect(listed.status == 0 && listed.output.hasPrefix("\(folder)/\(shown): 7 ("))
    // Given by its name, which a shell can write
    let program = Command.products.appending(path: "digitctl").path
    let named = try await Command.run(
      executable: "/bin/sh", ["-c", "exec '\(program)' classify --json \"$(printf '\(folder)/M\\374ller.wav')\""])
    struct Named: Decodable {
      var path: String
      var path_base64: Data
      var digit: Int?
    }
    let object = try JSONDecoder().decode(Named.self, from: Data(named.output.utf8))
    #expect(object.path == "\(folder)/\(shown)" && [UInt8](object.path_base64) == bytes && object.digit == 7)
    // And in a list, as CSV
    let list = try scratch.file("list", bytes + [0x0D, 0x0A])
    let csv = scratch.path("out.csv")
    let status = try await Command.run(
      executable: "/bin/sh", ["-c", "'\(program)' classify --csv - < '\(list)' > '\(csv)'"]
    ).status
    #expect(status == 0)
    let rows = [UInt8](try Data(contentsOf: URL(filePath: csv))).split(separator: 0x0A)
    #expect(rows.last?.starts(with: bytes + Array(",7,".utf8)) == true)
    // The daemon hears it as well
    let daemon = Command.products.appending(path: "digitd").path
    let heard = try await Command.run(
      executable: "/bin/sh",
      ["-c", "exec '\(daemon)' --no-socket --format json --input \"$(printf '\(folder)/M\\374ller.wav')\""])
    #expect(heard.status == 0 && heard.output.contains("\"digit\": 7"))
  }

  /// The decoder of MPEG sound has words of its own for damaged frames; they are not the user's.
  @Test func `a decoder's own messages are not shown`() async throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    // Frames of layer III, 32 kbit/s, 44,100 Hz, mono, that hold anything.
    var state: UInt32 = 1
    func noise() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
    let frames = (0..<60).flatMap { frame -> [UInt8] in
      [0xFF, 0xFB, 0x10, 0xC4] + (0..<100).map { _ in (10..<40).contains(frame) ? noise() : 0 }
    }
    let result = try await Command.run(["classify", "--json", try scratch.file("damaged.mp3", frames)])
    #expect(result.lines.count == 1 && result.errors.split(separator: "\n").allSatisfy { $0.hasPrefix("digitctl: ") })
  }

  @Test func `a pipe is read`() async throws {
    let program = Command.products.appending(path: "digitctl").path
    let file = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
    let result = try await Command.run(
      executable: "/bin/sh", ["-c", "cat '\(file)' | '\(program)' classify --json --from 2.1 --to 3.3 /dev/stdin"])
    #expect(result.status == 0)
    #expect(try objects(result).map(\.digit) == [7])
  }

  @Test(arguments: [
    (["--from", "-1", "x.wav"], "--from is -1.0"), (["--to", "nan", "x.wav"], "--to is nan"),
    (["--from", "2", "--to", "1", "x.wav"], "--to (1.0 s) must lie after --from (2.0 s)"),
    (["--json", "--csv", "x.wav"], "exclude each other"),
    (["--jobs", "0", "x.wav"], "--jobs is 0"),
    ([], "<file>"),
  ]) func `wrong usage has a message and exit code 64`(arguments: [String], words: String) async throws {
    let result = try await Command.run(["classify"] + arguments)
    #expect(result.status == 64)
    #expect(result.errors.contains(words))
    #expect(result.output.isEmpty)
  }

  @Test func `a folder with nothing in it is named`() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let result = try await Command.run(["classify", folder.path])
    #expect(result.status == 1)
    #expect(result.output == "\(folder.path): error: it is a folder without sound files\n")
  }

  @Test func `a file that is not a model is named`() async throws {
    let result = try await Command.run(["classify", "--model", "/proc/self/status", "x.wav"])
    #expect(result.status == 1)
    #expect(result.errors.contains("/proc/self/status"))
  }
}
