import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The contents of a recording.
package enum RecordingLabel: Sendable, Equatable, Hashable {
  case digit(Int)
  /// Speech other than digits.
  case speech
  case noise
  /// Several digits in a row.
  case sequence([Int])

  /// The labels that a manifest may have.
  static let expected = "a digit, its word in the model's language, speech, noise, or seq: and digits"

  /// Parses a manifest's label: "7" or "seven", "speech", "noise", "seq:0123".
  ///
  /// - Parameter words: the digits' words, in lower case.
  init?(_ text: String, words: [String: Int]) {
    if let digit = words[text.lowercased()] {
      self = .digit(digit)
      return
    }
    switch text {
    case "speech": self = .speech
    case "noise": self = .noise
    default:
      if text.hasPrefix("seq:") {
        let digits = text.utf8.dropFirst(4).map { Int($0) - 48 }
        guard !digits.isEmpty, digits.allSatisfy((0...9).contains) else { return nil }
        self = .sequence(digits)
      } else if text.utf8.count == 1, let digit = Int(text) {
        self = .digit(digit)
      } else {
        return nil
      }
    }
  }
}

/// One file of a data folder.
package struct Recording: Sendable, Equatable {
  /// Relative to the folder, or absolute.
  package var path: String
  package var label: RecordingLabel
  package var speaker: String
  package var source: String
  package var licence: String
  /// Seconds, according to the manifest; 0 if unknown.
  package var duration: Double
  package var split: String
  /// The language, as in BCP 47 ("en"); empty if the manifest does not give it.
  package var language = ""
  /// The transcription; empty if the manifest does not give it.
  package var text = ""

  package init(
    path: String, label: RecordingLabel, speaker: String, source: String, licence: String, duration: Double,
    split: String
  ) {
    self.path = path
    self.label = label
    self.speaker = speaker
    self.source = source
    self.licence = licence
    self.duration = duration
    self.split = split
  }

  /// The speaker, by the same name in every folder: FSDD's george may be `fsdd-george` in a manifest and is `george` in
  /// the published data set; converted to another voice (source `converted-fsdd`), he counts as the same speaker.
  package var person: String { Self.person(speaker, in: source) }

  package static func person(_ speaker: String, in source: String) -> String {
    let converted = "converted-"
    let origin = source.hasPrefix(converted) ? String(source.dropFirst(converted.count)) : source
    return origin + "/" + (speaker.hasPrefix(origin + "-") ? String(speaker.dropFirst(origin.count + 1)) : speaker)
  }
}

/// A folder of recordings: `manifest.csv` beside the files, or files named as FSDD names them,
/// `{digit}_{speaker}_{take}.wav`.
package struct DataFolder: Sendable {
  package let path: String
  package let recordings: [Recording]

  /// - Parameter words: the words for the digits in the model's language, in lower case, which a manifest may have as
  ///   labels.
  package init(_ path: String, words: [String: Int]) throws(DataError) {
    self.path = path
    // Opens it, because an unreadable folder would look like an empty one.
    guard let names = FileStatus.names(in: path) else {
      switch errno {
      case ENOENT: throw DataError(.missingFolder, "\(path): no such folder")
      case ENOTDIR: throw DataError(.missingFolder, "\(path): is no folder")
      case let code: throw DataError(.missingFolder, "\(path): cannot be read: \(systemReason(code))")
      }
    }
    if names.contains("manifest.csv") {
      recordings = try Self.manifest(in: path, words: words)
    } else {
      let inner = FileStatus.names(in: path + "/recordings")
      recordings = (inner ?? names).compactMap { Self.freeSpokenDigit((inner == nil ? "" : "recordings/") + $0) }
    }
    guard !recordings.isEmpty else {
      let digits = names.filter { (words[$0.lowercased()] ?? Int($0)).map((0...9).contains) == true }
      if let first = digits.first(where: { FileStatus.isFolder("\(path)/\($0)") }) {
        throw DataError(
          .noRecordings,
          "\(path): has a folder for each word ('\(first)'), which is not read: write a manifest.csv with path and label"
        )
      }
      throw DataError(
        .noRecordings, "\(path): neither a manifest.csv nor files named DIGIT_SPEAKER_TAKE.wav are in this folder")
    }
  }

  /// The recordings of a split: a name of the manifest's column, or one of the protocol's —
  /// `test` (takes 0–4), `test600` (takes 0–9), `train` (all others), `all`.
  package func split(_ name: String) throws(DataError) -> [Recording] {
    let chosen =
      switch name {
      case "all": recordings
      case "test600": recordings.filter { $0.split == "test" || $0.split == "test600" }
      default: recordings.filter { $0.split == name }
      }
    guard !chosen.isEmpty else {
      let known = Set(recordings.map(\.split)).sorted().joined(separator: ", ")
      throw DataError(.unknownSplit, "\(path): no recordings in split '\(name)' (there are: \(known), all)")
    }
    return chosen
  }

  /// The header and the other records of a manifest, in any form that spreadsheets write: with or without a byte order
  /// mark, and with commas, semicolons or tabs.
  private static func records(of path: String) throws(DataError) -> (header: [String], rows: ArraySlice<[String]>) {
    var bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.read(path, largest: largestManifest) } catch {
      throw DataError(.badManifest, "\(error)")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw DataError(.badManifest, "\(path): is UTF-16 text; save it as CSV in UTF-8")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    // Bytes that are not UTF-8 may belong to a file's name.
    let text = FileName.text(bytes)
    let line = text.prefix { !$0.isNewline }
    let separator = ",;\t".first { line.contains($0) } ?? ","
    var rows = CSV.records(text, separator: separator)[...]
    guard let header = rows.popFirst() else { throw DataError(.badManifest, "\(path): is empty") }
    return (header, rows)
  }

  /// In bytes; enough for a million recordings.
  package static let largestManifest = 256 << 20

  private static func manifest(in folder: String, words: [String: Int]) throws(DataError) -> [Recording] {
    let path = folder + "/manifest.csv"
    let (rawHeader, rows) = try Self.records(of: path)
    let header = rawHeader.map { $0.trimmingBlanks().lowercased() }
    func column(_ name: String) -> Int? { header.firstIndex(of: name) }
    guard let pathColumn = column("path"), let labelColumn = column("label") else {
      throw DataError(.badManifest, "\(path): needs at least the columns path and label")
    }
    let (speaker, source, licence) = (column("speaker"), column("source"), column("licence"))
    let (duration, split) = (column("duration_s"), column("split"))
    let (language, spoken, word) = (column("lang"), column("text"), column("word"))
    var recordings: [Recording] = []
    for (index, row) in rows.enumerated() {
      func bad(_ what: String) -> DataError { DataError(.badManifest, "\(path): record \(index + 2): \(what)") }
      // A truncated record would be used without its missing fields, and in one with too many the fields would be
      // shifted.
      guard row.count == header.count else { throw bad("has \(row.count) fields, and the header has \(header.count)") }
      func field(_ column: Int?) -> String { column.map { row[$0] } ?? "" }
      let (file, labelText) = (field(pathColumn), field(labelColumn).trimmingBlanks())
      guard !file.isEmpty else { throw bad("has no path") }
      guard let label = RecordingLabel(labelText, words: words) else {
        throw bad(
          labelText.isEmpty ? "has no label" : "'\(labelText)' is no label; expected is \(RecordingLabel.expected)")
      }
      // Without this column everything is training data; an empty field is an error, because a test split may be meant.
      guard split == nil || !field(split).isEmpty else { throw bad("has no split") }
      var recording = Recording(
        path: file, label: label, speaker: field(speaker), source: field(source), licence: field(licence),
        duration: Double(field(duration)) ?? 0, split: split == nil ? "train" : field(split))
      recording.language = field(language)
      recording.text = field(spoken).isEmpty ? field(word) : field(spoken)
      recordings.append(recording)
    }
    return recordings
  }

  /// `7_jackson_32.wav` → seven, said by jackson, take 32; takes 0–4 are `test`, 5–9 `test600`.
  static func freeSpokenDigit(_ path: String) -> Recording? {
    guard let file = path.split(separator: "/").last, let dot = file.lastIndex(of: ".") else { return nil }
    let parts = file[..<dot].split(separator: "_")
    guard parts.count == 3, parts[0].utf8.count == 1, let digit = Int(parts[0]), let take = Int(parts[2]) else {
      return nil
    }
    let split =
      switch take {
      case 0...4: "test"
      case 5...9: "test600"
      default: "train"
      }
    return Recording(
      path: path, label: .digit(digit), speaker: String(parts[1]), source: "fsdd", licence: "CC-BY-SA-4.0", duration: 0,
      split: split)
  }
}

extension String {
  fileprivate func trimmingBlanks() -> String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
