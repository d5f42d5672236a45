import CommandSupport
import DigitNetwork
import Files
import FoundationEssentials
import Glibc
import Training

/// Voices of other people for adapting a model to one person, spoken by espeak-ng into a temporary folder each time.
/// They are synthetic but varied; recordings of people are better (`--others`).
final class OtherVoices {
  /// A data folder that is deleted with this object.
  let folder: String

  private static let timbres = [
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "adam", "belinda", "linda", "max",
    "Annie", "steph", "robert",
  ]
  /// Held out: used only to choose between models.
  private static let heldBack = ["Alicia", "Hugo", "antonio", "shelby", "edward2", "Marco", "paul", "Denis"]
  private static let wordsEach = 8

  /// - Throws: one sentence if espeak-ng is missing or fails, or the language has no words for it.
  init(_ language: Language) throws {
    let (accents, words) = (language.synthesis.accents, language.synthesis.words)
    let digits = language.synthesis.digits ?? language.labels.prefix(10).map(\.text)
    guard !accents.isEmpty, !words.isEmpty else {
      throw CleanError(
        "espeak-ng has no voices for '\(language.name)': name a folder of other people's recordings with --others"
      )
    }
    var template = Array("/tmp/digitlab-voices-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw CleanError("cannot make a temporary folder in /tmp: \(systemReason(errno))")
    }
    folder = String(cString: made)
    var lines = ["path,label,speaker,source,licence,sample_rate,duration_s,split"]
    // The shell receives only the names above, the folder's name, and quoted words from the language's file.
    guard let shell = popen("/bin/sh -e", "w") else { throw CleanError("/bin/sh cannot be started") }
    var number = 0
    func say(_ word: String, _ label: String, _ timbre: String, _ split: String) {
      let accent = accents[number % accents.count]
      let (pitch, pace) = (25 + number * 37 % 60, 115 + number * 53 % 100)
      fputs(
        "espeak-ng -v '\(Self.unquoted(accent))+\(timbre)' -p \(pitch) -s \(pace) -w '\(folder)/\(number).wav' -- '\(Self.unquoted(word))'\n",
        shell)
      lines.append("\(number).wav,\(label),synthetic-\(timbre),synthetic-espeak,generated,22050,,\(split)")
      number += 1
    }
    for (index, timbre) in (Self.timbres + Self.heldBack).enumerated() {
      let split = index < Self.timbres.count ? "train" : "validate"
      for (digit, word) in digits.enumerated() { say(word, "\(digit)", timbre, split) }
      for word in 0..<Self.wordsEach {
        say(words[(index * Self.wordsEach + word) % words.count], "speech", timbre, split)
      }
    }
    guard pclose(shell) == 0 else {
      throw CleanError(
        "there are no other voices to compare with: install espeak-ng (apt-get install espeak-ng), or name a folder of "
          + "other people's recordings with --others")
    }
    try WholeFile.write(lines.joined(separator: "\n") + "\n", to: folder + "/manifest.csv")
  }

  /// Removes characters that would end a word in single quotes.
  private static func unquoted(_ word: String) -> String { word.filter { $0 != "'" && $0 != "\n" && $0 != "\0" } }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
