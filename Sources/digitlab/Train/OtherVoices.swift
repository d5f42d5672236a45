import CommandSupport
import DigitNetwork
import Files
import FoundationEssentials
import Glibc
import Training

/// Voices that stand for everybody else while a model is adapted to one person: what espeak-ng says, made anew each time
/// in a temporary folder. Synthetic, but different from each other; recordings of people are better (`--others`).
final class OtherVoices {
  /// A data folder; it is taken away with this object.
  let folder: String

  private static let accents = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc"]
  private static let timbres = [
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "adam", "belinda", "linda", "max",
    "Annie", "steph", "robert",
  ]
  /// Heard only when the model is weighed.
  private static let heldBack = ["Alicia", "Hugo", "antonio", "shelby", "edward2", "Marco", "paul", "Denis"]
  private static let digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  /// Begin like a digit, sound like one, or are simply words.
  private static let words = [
    "seventeen", "sixty", "fourteen", "fifty", "eighteen", "ninety", "tree", "free", "sick", "sticks", "heaven", "even",
    "oven", "want", "done", "gun", "threw", "fort", "forward", "find", "fight", "wait", "hate", "night", "mine",
    "hello",
    "hero", "row", "yes", "no", "stop", "go", "tooth", "through", "fix", "window", "wonder", "hive", "aid", "nine-pin",
  ]
  private static let wordsEach = 8

  /// - Throws: a sentence, if espeak-ng is not there or does not speak.
  init() throws {
    var template = Array("/tmp/digitlab-voices-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw CleanError("no temporary folder can be made in /tmp: \(String(cString: strerror(errno)))")
    }
    folder = String(cString: made)
    var lines = ["path,label,speaker,source,licence,sample_rate,duration_s,split"]
    // The shell gets nothing but what stands above and the folder's name.
    guard let shell = popen("/bin/sh -e", "w") else { throw CleanError("/bin/sh cannot be started") }
    var number = 0
    func say(_ word: String, _ label: String, _ timbre: String, _ split: String) {
      let accent = Self.accents[number % Self.accents.count]
      let (pitch, pace) = (25 + number * 37 % 60, 115 + number * 53 % 100)
      fputs(
        "espeak-ng -v '\(accent)+\(timbre)' -p \(pitch) -s \(pace) -w '\(folder)/\(number).wav' -- \(word)\n", shell)
      lines.append("\(number).wav,\(label),synthetic-\(timbre),synthetic-espeak,generated,22050,,\(split)")
      number += 1
    }
    for (index, timbre) in (Self.timbres + Self.heldBack).enumerated() {
      let split = index < Self.timbres.count ? "train" : "validate"
      for (digit, word) in Self.digits.enumerated() { say(word, "\(digit)", timbre, split) }
      for word in 0..<Self.wordsEach {
        say(Self.words[(index * Self.wordsEach + word) % Self.words.count], "speech", timbre, split)
      }
    }
    guard pclose(shell) == 0 else {
      throw CleanError(
        "there are no other voices to hold the model to: install espeak-ng (apt-get install espeak-ng), or name a folder "
          + "of other people's recordings with --others")
    }
    try WholeFile.write(lines.joined(separator: "\n") + "\n", to: folder + "/manifest.csv")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
