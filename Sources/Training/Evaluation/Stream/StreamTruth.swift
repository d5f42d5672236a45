import Files
import FoundationEssentials

/// What is said in a long recording, and when: the file that `Models/measure/streams.py make` writes beside it.
package struct StreamTruth: Sendable, Equatable, Codable {
  package struct Said: Sendable, Equatable, Codable {
    /// "0" to "9", or "speech".
    package var label: String
    package var startMs: Double
    package var endMs: Double

    enum CodingKeys: String, CodingKey {
      case label
      case startMs = "start_ms"
      case endMs = "end_ms"
    }

    package init(label: String, startMs: Double, endMs: Double) {
      self.label = label
      self.startMs = startMs
      self.endMs = endMs
    }

    /// Nil for a non-digit.
    package var digit: Int? {
      !label.isEmpty && label.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        ? Int(label) : nil
    }
  }

  package var minutes: Double
  package var said: [Said]

  package init(minutes: Double, said: [Said]) {
    self.minutes = minutes
    self.said = said
  }

  /// In bytes; a day of speech takes less.
  private static let largest = 64 << 20

  /// Reads the file.
  ///
  /// - Throws: `EvaluationError` that names it.
  package init(path: String) throws(EvaluationError) {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.read(path, largest: Self.largest) } catch {
      throw EvaluationError("\(error)")
    }
    do {
      self = try JSONDecoder().decode(StreamTruth.self, from: Data(bytes))
    } catch {
      throw EvaluationError(
        "\(path) does not say what was said: an object with minutes and said (label, start_ms, end_ms) is expected")
    }
    let week = 7 * 24 * 60.0
    guard (0...week).contains(minutes),
      said.allSatisfy({ 0 <= $0.startMs && $0.startMs <= $0.endMs && $0.endMs <= week * 60_000 })
    else {
      throw EvaluationError("\(path) has an impossible time: below 0, over a week, or an end before its beginning")
    }
  }
}
