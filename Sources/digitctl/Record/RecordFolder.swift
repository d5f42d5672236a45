import AudioInput
import CommandSupport
import DataFolders
import DigitNetwork
import Files
import Glibc
import Wording

/// A data folder that grows: sound files named as FSDD names them, and the manifest that lists them.
package struct RecordFolder {
  private static let header = "path,label,speaker,source,licence,sample_rate,duration_s,split,lang"
  /// As it was before there was a language in it.
  private static let formerHeader = "path,label,speaker,source,licence,sample_rate,duration_s,split"

  package let path: String
  package let speaker: String
  private let language: String
  /// How many takes of each digit by this speaker, in this language, it had when it was opened.
  package private(set) var recorded = [Int](repeating: 0, count: 10)
  private var rows: [String]
  /// The number of the next take, by digit.
  private var nextTake: [Int]
  /// The recordings that were added, the last one last.
  private var added: [(file: String, digit: Int)] = []

  /// Characters that would break a file's name, the manifest, or FSDD's file names.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool { "/,_\"\r\n".unicodeScalars.contains(scalar) }

  /// Whether a speaker may be called so.
  static func isSpeaker(_ name: String) -> Bool { !name.isEmpty && !name.unicodeScalars.contains(where: isForbidden) }

  /// A speaker's name made from a login name, which may contain any character.
  package static func speaker(login: String?) -> String {
    guard let login, !login.isEmpty else { return "me" }
    return String(String.UnicodeScalarView(login.unicodeScalars.map { isForbidden($0) ? "-" : $0 }))
  }

  /// A new folder, or one to go on with. A new one is made with the first recording, so that nothing is left behind without
  /// one.
  /// - Parameters:
  ///   - speaker: without a slash, comma, quote or underscore.
  ///   - language: of the digits, BCP 47.
  ///   - words: the digits' words, which a manifest may have as labels.
  /// - Throws: a sentence that names the obstacle.
  package init(path: String, speaker: String, language: String, words: [String: Int]) throws {
    self.path = path
    self.speaker = speaker
    self.language = language
    nextTake = [Int](repeating: 0, count: 10)
    let manifest = path + "/manifest.csv"
    let isNew = FileStatus(path) == nil
    try Folder.make(path)
    // Checked before anyone speaks.
    defer { if isNew { _ = FileName.withCString(path, rmdir) } }
    try WholeFile.tryOut(manifest)
    rows = try FileStatus(manifest) != nil ? Self.rows(of: manifest) : [Self.header]
    if rows.first == Self.formerHeader { rows = [Self.header] + rows.dropFirst().map { $0 + "," } }
    guard rows.first == Self.header else {
      throw CleanError("\(manifest): has other columns than record writes; record into another folder")
    }
    if rows.count > 1 {
      for recording in try DataFolder(path, words: words).recordings where recording.speaker == speaker {
        guard case .digit(let digit) = recording.label,
          let take = recording.path.split(separator: "_").last?.prefix(while: \.isNumber)
        else { continue }
        nextTake[digit] = max(nextTake[digit], (Int(take) ?? 0) + 1)
        // A manifest may not say which language; then it is taken to be this one.
        if recording.language.isEmpty || recording.language == language { recorded[digit] += 1 }
      }
    }
  }

  private static func rows(of manifest: String) throws -> [String] {
    let bytes = try WholeFile.read(manifest, largest: DataFolder.largestManifest)
    return FileName.text(bytes).split(whereSeparator: \.isNewline).map(String.init)
  }

  /// - Parameter samples: as they came from the microphone.
  /// - Returns: the file's name.
  package mutating func add(_ samples: [Float], sampleRate: Int, digit: Int) throws -> String {
    let take = nextTake[digit]
    if rows.count == 1 { try Folder.make(path) }
    let file = "\(digit)_\(speaker)_\(take).wav"
    try WAVWriter.write(samples, sampleRate: sampleRate, to: "\(path)/\(file)")
    // Every third take is held out to test a model.
    let split = take % 3 == 2 ? "validate" : "train"
    let seconds = decimal(Double(samples.count) / Double(sampleRate), 3)
    rows.append("\(file),\(digit),\(speaker),own,own,\(sampleRate),\(seconds),\(split),\(language)")
    try writeManifest()
    nextTake[digit] += 1
    added.append((file, digit))
    return file
  }

  /// Removes the recording that was added last; called again, the one before.
  package mutating func removeLast() throws {
    guard let (file, digit) = added.popLast() else { return }
    rows.removeAll { $0.hasPrefix(file + ",") }
    try writeManifest()
    _ = FileName.withCString("\(path)/\(file)", unlink)
    nextTake[digit] -= 1
  }

  private func writeManifest() throws {
    try WholeFile.write(FileName.bytes(rows.joined(separator: "\n") + "\n"), to: path + "/manifest.csv")
  }
}
