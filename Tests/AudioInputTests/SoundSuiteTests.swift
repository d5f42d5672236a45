import AudioInput
import Foundation
import TestSupport
import Testing

/// Files as other programs write them, made by Tests/Support/make-sound-suite.py, whose head says what its table holds.
@Suite struct SoundSuiteTests {
  struct Expectation {
    var name: String
    var rate: Int
    var frames: Int
    var slack: Int
    var tolerance: String
    var outcome: String

    init?(_ line: Substring) {
      let fields = line.split(separator: "\t").map(String.init)
      guard fields.count == 6, let rate = Int(fields[1]), let frames = Int(fields[2]), let slack = Int(fields[3]) else {
        return nil
      }
      (name, self.rate, self.frames, self.slack, tolerance, outcome) = (
        fields[0], rate, frames, slack, fields[4], fields[5]
      )
    }
  }

  @Test func `every file of the suite is read or refused as expected`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Support/make-sound-suite.py").path
    try #require(run("python3", script, folder.path) == 0)
    let table = try String(contentsOfFile: folder.path("expected.tsv"), encoding: .utf8)
    let expectations = table.split(separator: "\n").compactMap(Expectation.init)
    #expect(expectations.count >= 100)
    for expectation in expectations { check(expectation, in: folder) }
  }

  private func check(_ expectation: Expectation, in folder: TemporaryFolder) {
    let path = folder.path(expectation.name)
    let comment = Comment(rawValue: expectation.name)
    do {
      let sound = try SoundFile.read(path: path)
      #expect(!expectation.outcome.hasPrefix("refused"), comment)
      #expect(sound.sampleRate == expectation.rate, comment)
      #expect(
        abs(sound.samples.count - expectation.frames) <= expectation.slack,
        "\(expectation.name): \(sound.samples.count)")
      checkSamples(sound, expectation, comment)
      let warnings = sound.warnings
      #expect(warnings.allSatisfy { $0.hasPrefix(path + " ") }, comment)
      let isShort = warnings.contains { $0.contains(" ends after ") || $0.contains(" ends early, after ") }
      switch expectation.outcome {
      case "heard": #expect(warnings.isEmpty, "\(expectation.name): \(warnings)")
      case "short": #expect(isShort && warnings.count == 1, "\(expectation.name): \(warnings)")
      case "scaled": #expect(warnings.map { $0.hasSuffix("scaled down") } == [true], "\(expectation.name): \(warnings)")
      default: #expect(expectation.outcome == "heard or short", comment)
      }
      // From memory it is the same, and in small pieces.
      let bytes = [UInt8]((try? Data(contentsOf: URL(filePath: path))) ?? Data())
      let again = try SoundFile(bytes: bytes, name: path).read()
      #expect(again.samples == sound.samples && again.warnings == warnings, comment)
    } catch {
      let refused = "refused "
      #expect(
        expectation.outcome.hasPrefix(refused)
          && "\(error)".contains(expectation.outcome.dropFirst(refused.count)), "\(expectation.name): \(error)")
      #expect("\(error)".hasPrefix(path + " "), comment)
    }
  }

  private func checkSamples(_ sound: Sound, _ expectation: Expectation, _ comment: Comment) {
    let right = Signal.sine(440, rate: expectation.rate, count: sound.samples.count, amplitude: 0.4)
    switch expectation.tolerance {
    case "level":
      // MP3 without a length has silence around it, up to a quarter of a second.
      #expect(abs(Signal.decibels(sound.samples) - Signal.decibels(right)) < 2, comment)
    case "peak":
      // Floats over full scale: the loudest is full scale then.
      let peak = sound.samples.reduce(0) { max($0, abs($1)) }
      #expect(abs(peak - 1) < 0.001, comment)
      #expect(Signal.largestDifference(sound.samples, right.map { $0 / 0.4 }) < 0.001, comment)
    default:
      let tolerance = Float(expectation.tolerance) ?? 0
      let difference = Signal.largestDifference(sound.samples, right)
      #expect(difference <= tolerance, "\(expectation.name): off by \(difference)")
    }
  }
}
