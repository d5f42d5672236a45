import AudioInput
import DigitNetwork
import Events
import Files
import Recognition

/// A recording of known digits in the model's language, recognised as the daemon would.
struct SampleTest {
  /// The recording; the file of the same name that ends in `.txt` has its digits, one a line.
  let path: String
  let said: [Int]

  /// The file's name: `digits.wav` in English, `digits-ar.wav` in Arabic, whatever the region.
  static func name(language: String) -> String {
    let language = language.prefix { $0 != "-" }.lowercased()
    return language == "en" ? "digits.wav" : "digits-\(language).wav"
  }

  /// The sample in a language: it lies beside the model, or beside those that are installed; in the source tree among
  /// the tests' recordings. Nil if there is none.
  init?(language: String, besideModel model: String, orIn folders: [String]) {
    let folder = model.lastIndex(of: "/").map { String(model[..<$0]) } ?? "."
    let name = Self.name(language: language)
    for path in ([folder] + folders).flatMap({ ["\($0)/\(name)", "\($0)/../Tests/Fixtures/\(name)"] }) {
      guard let bytes = try? WholeFile.read(String(path.dropLast(3) + "txt"), largest: 1 << 16) else { continue }
      let digits = FileName.text(bytes).split { $0.isWhitespace }.compactMap { Int($0) }
      guard !digits.isEmpty else { continue }
      (self.path, said) = (path, digits)
      return
    }
    return nil
  }

  /// Whether the network computes on this processor what it did where it was known to be right; no check without scores
  /// beside the sample.
  func checkScores(_ model: SequenceModel, path: String) -> [DoctorReport.Check] {
    let file = self.path.dropLast(3) + "scores"
    guard ModelLocator.isReadable(String(file)) else { return [] }
    do {
      let computed = try GoldenScores(model, path: path, sample: self.path)
      return [try GoldenScores(contentsOf: String(file)).check(computed, kernels: KernelTable.best.name)]
    } catch {
      return [.init("scores", .failed(advice: "install digitd again"), "\(error)")]
    }
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
