import DataFolders
import DigitNetwork
import Training

/// A few made sounds: ten "digits" of different tones by two "speakers", and some "speech", "talk" and "noise".
enum TinyBank {
  static func clips(digits: Range<Int> = 0..<10) -> [Clip] {
    var random = SeededGenerator(seed: 3)
    func recording(_ label: RecordingLabel, _ name: String, _ speaker: String) -> Recording {
      Recording(
        path: name, label: label, speaker: speaker, source: "made", licence: "none", duration: 0, split: "train")
    }
    func tone(_ period: Int, _ count: Int) -> [Float] {
      (0..<count).map { ($0 / period) % 2 == 0 ? 0.3 : -0.3 }
    }
    var clips: [Clip] = []
    for digit in digits {
      for speaker in ["ann", "bob"] {
        let samples =
          [Float](repeating: 0, count: 1600) + tone(4 + 3 * digit + (speaker == "ann" ? 0 : 1), 3200)
          + [Float](repeating: 0, count: 800)
        clips.append(
          Clip(
            recording: recording(.digit(digit), "\(digit)_\(speaker).wav", speaker), samples: samples,
            sound: 1600..<4800))
      }
    }
    for index in 0..<4 {
      let talk = (0..<24_000).map { ($0 / 4000) % 2 == 0 ? random.normal() * 0.2 : 0 }
      clips.append(Clip(recording: recording(.speech, "t\(index).wav", "carl"), samples: talk, sound: 0..<24_000))
      let word = [Float](repeating: 0, count: 800) + (0..<4000).map { _ in random.normal() * 0.2 }
      clips.append(Clip(recording: recording(.speech, "w\(index).wav", "carl"), samples: word, sound: 800..<4800))
      let noise = (0..<16_000).map { _ in random.normal() * 0.1 }
      clips.append(Clip(recording: recording(.noise, "n\(index).wav", ""), samples: noise, sound: 0..<16_000))
    }
    return clips
  }

  static let labels = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
  ].enumerated().map { SequenceModel.Label(text: $1, digit: $0) }
}
