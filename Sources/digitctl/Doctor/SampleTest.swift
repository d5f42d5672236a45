import AudioInput
import DigitNetwork
import Events
import FoundationEssentials
import Recognition

/// A recording of known digits, recognised as the daemon would.
struct SampleTest {
  /// The recording; the file of the same name that ends in `.txt` has its digits, one a line.
  let path: String
  let said: [Int]

  /// The sample that belongs to a model: it lies beside it when it is installed, among the tests' recordings in the
  /// source tree. Nil if there is none.
  init?(besideModel model: String) {
    let folder = model.lastIndex(of: "/").map { String(model[..<$0]) } ?? "."
    for path in ["\(folder)/digits.wav", "\(folder)/../Tests/Fixtures/digits.wav"] {
      guard let text = try? String(contentsOf: URL(filePath: String(path.dropLast(3) + "txt")), encoding: .utf8) else {
        continue
      }
      let digits = text.split { $0.isWhitespace }.compactMap { Int($0) }
      guard !digits.isEmpty else { continue }
      (self.path, said) = (path, digits)
      return
    }
    return nil
  }

  func check(with model: SequenceModel) -> DoctorReport.Check {
    let heard: [Int]
    do {
      heard = try digits(with: model)
    } catch {
      return .init("sample", .failed(advice: "install digitd again"), "\(error)")
    }
    let right = Self.commonCount(said, heard)
    let sentence = "\(right) of \(said.count) digits of a recording are recognised"
    // One may be rejected; more mean that something is wrong with the model or the front end.
    if right >= said.count - 1 { return .init("sample", .good, sentence) }
    return .init("sample", .failed(advice: "install digitd and its model again"), sentence)
  }

  private func digits(with model: SequenceModel) throws -> [Int] {
    let sound = try SoundFile.read(path: path)
    let reading = try ClipReading(sound.samples, rate: sound.sampleRate, model: model)
    return reading.number?.words.compactMap(\.digit) ?? []
  }

  /// The length of the longest common subsequence: how many were heard, in order.
  private static func commonCount(_ said: [Int], _ heard: [Int]) -> Int {
    var row = [Int](repeating: 0, count: heard.count + 1)
    for digit in said {
      var diagonal = 0
      for (index, other) in heard.enumerated() {
        let above = row[index + 1]
        row[index + 1] = digit == other ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return row[heard.count]
  }
}
