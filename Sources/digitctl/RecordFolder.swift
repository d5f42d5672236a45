import AudioInput
import DigitNetwork
import FoundationEssentials
import TerminalFace
import Training

/// A data folder that grows: sound files named as FSDD names them, and the manifest that lists them.
package struct RecordFolder {
  private static let header = "path,label,speaker,source,licence,sample_rate,duration_s,split"

  package let path: String
  package let speaker: String
  private var rows: [String]
  /// The number of the next take, by digit.
  private var nextTake: [Int]
  /// What was added, the last one last.
  private var added: [(file: String, digit: Int)] = []

  /// Makes the folder, or goes on with the one that is there.
  /// - Throws: a sentence that names what is in the way.
  package init(path: String, speaker: String) throws {
    guard !speaker.isEmpty, !speaker.unicodeScalars.contains(where: { "/,_\"\r\n".unicodeScalars.contains($0) }) else {
      throw CleanError("the speaker's name “\(speaker)” may not be empty, nor hold a slash, comma, quote or underscore")
    }
    self.path = path
    self.speaker = speaker
    nextTake = [Int](repeating: 0, count: 10)
    let manifest = path + "/manifest.csv"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if FileManager.default.fileExists(atPath: manifest) {
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        rows = text.split(whereSeparator: \.isNewline).map(String.init)
      } else {
        rows = [Self.header]
      }
    } catch {
      throw CleanError("\(path): the folder cannot be used: \(systemReason(of: error))")
    }
    guard rows.first == Self.header else {
      throw CleanError("\(manifest): has other columns than record writes; record into another folder")
    }
    if rows.count > 1 {
      for recording in try DataFolder(path).recordings where recording.speaker == speaker {
        guard case .digit(let digit) = recording.label,
          let take = recording.path.split(separator: "_").last?.prefix(while: \.isNumber)
        else { continue }
        nextTake[digit] = max(nextTake[digit], (Int(take) ?? 0) + 1)
      }
    }
  }

  /// - Parameter samples: as they came from the microphone.
  /// - Returns: the file's name.
  package mutating func add(_ samples: [Float], sampleRate: Int, digit: Int) throws -> String {
    let take = nextTake[digit]
    let file = "\(digit)_\(speaker)_\(take).wav"
    try WAVWriter.write(samples, sampleRate: sampleRate, to: "\(path)/\(file)")
    // Every third take is kept back, to weigh a model by.
    let split = take % 3 == 2 ? "validate" : "train"
    let seconds = decimal(Double(samples.count) / Double(sampleRate), 3)
    rows.append("\(file),\(digit),\(speaker),own,own,\(sampleRate),\(seconds),\(split)")
    try writeManifest()
    nextTake[digit] += 1
    added.append((file, digit))
    return file
  }

  /// Takes away again what was added last; called again, what was added before that.
  package mutating func removeLast() throws {
    guard let (file, digit) = added.popLast() else { return }
    rows.removeAll { $0.hasPrefix(file + ",") }
    try writeManifest()
    try? FileManager.default.removeItem(atPath: "\(path)/\(file)")
    nextTake[digit] -= 1
  }

  private func writeManifest() throws {
    try WholeFile.write(Array((rows.joined(separator: "\n") + "\n").utf8), to: path + "/manifest.csv")
  }
}
