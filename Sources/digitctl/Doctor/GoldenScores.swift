import AudioInput
import CommandSupport
package import DigitNetwork
import Events
import Files
import SpeechFeatures
import Wording

/// The network's scores for a part of the sample, written down where they were right: a processor whose kernels compute
/// something else is found even if it still hears digits.
///
/// Beside the sample lies a `.scores`: the model that they are of, and a line for each column.
package struct GoldenScores: Sendable, Equatable {
  /// Columns of 32 ms from the beginning of the sample: its second second, with the first digit.
  package static let columns = 32..<64
  /// How far a score may be off, of the largest: the kernels differ in how they round the weights.
  package static let tolerance: Float = 1e-2
  /// As much of the sample as the columns need: they look 0.2 s ahead.
  private static let seconds = 3

  /// Name, version and checksum of the model.
  package let model: String
  package let scores: [[Float]]

  /// Computes them.
  /// - Parameters:
  ///   - path: the model's file, for its checksum.
  ///   - sample: the recording.
  package init(
    _ model: SequenceModel, path: String, sample: String, kernels: KernelTable = .best
  ) throws {
    self.model = try Self.identity(of: model, path: path)
    let file = try SoundFile.read(path: sample)
    let sound = try AudioConditioner.condition(
      Array(file.samples.prefix(Self.seconds * file.sampleRate)), sampleRate: file.sampleRate)
    let features = try StreamingFeatures()
    let network = StreamingNetwork(model.network, kernels: kernels)
    let outputs = model.metadata.architecture.outputs
    var scores: [[Float]] = []
    var column = 0
    sound.withUnsafeBufferPointer { sound in
      features.process(sound) { frame in
        network.process(frame) { values in
          if Self.columns.contains(column) { scores.append((0..<outputs).map { values[$0] }) }
          column += 1
        }
      }
    }
    self.scores = scores
  }

  /// Reads them.
  /// - Throws: a sentence that names the fault.
  package init(contentsOf path: String) throws {
    var lines = FileName.text(try WholeFile.read(path, largest: 1 << 20)).split(whereSeparator: \.isNewline)[...]
    lines = lines.drop { $0.hasPrefix("#") }
    guard let first = lines.popFirst(), first.hasPrefix("model ") else { throw CleanError("\(path): names no model") }
    model = String(first.dropFirst(6))
    scores = try lines.map { line in
      try line.split(separator: " ").map { word in
        guard let value = Float(word) else { throw CleanError("\(path): “\(word)” is not a score") }
        return value
      }
    }
  }

  /// The file's text.
  package var text: String {
    let head = """
      # What the network computes from columns \(Self.columns.lowerBound) to \(Self.columns.upperBound - 1) of the sample, \
      for digitctl doctor to compare with.
      # Made by: digitctl doctor --model MODEL --write-scores FILE
      model \(model)

      """
    return head + scores.map { $0.map { decimal(Double($0), 3) }.joined(separator: " ") + "\n" }.joined()
  }

  /// "digits 3 5d41402abc4b2a76"
  private static func identity(of model: SequenceModel, path: String) throws -> String {
    let bytes = try WholeFile.read(path, largest: 1 << 30)
    // Which file it is, not whether somebody has tampered with it.
    let sum = zeroPadded(Fingerprint(of: bytes).hash, 16, radix: 16)
    return "\(model.metadata.name) \(model.metadata.version) \(sum)"
  }

  /// The largest difference as a share of the largest score; nil if they cannot be compared.
  package func difference(from other: GoldenScores) -> Float? {
    let (mine, others) = (Array(scores.joined()), Array(other.scores.joined()))
    let largest = others.reduce(0) { max($0, abs($1)) }
    guard scores.map(\.count) == other.scores.map(\.count), largest > 0 else { return nil }
    // One that is not a number is as far off as can be.
    let farthest = zip(mine, others).reduce(0 as Float) { farthest, pair in
      let distance = abs(pair.0 - pair.1)
      return distance.isFinite ? max(farthest, distance) : .infinity
    }
    return farthest / largest
  }

  /// Whether `computed`, of this processor, are these.
  package func check(_ computed: GoldenScores, kernels: String) -> DoctorReport.Check {
    guard computed.model == model else {
      return .init("scores", .note, "not compared: those that lie here are of another model, \(printable(model))")
    }
    guard let difference = computed.difference(from: self), difference <= Self.tolerance else {
      let words = computed.difference(from: self).map { "off by \(decimal(Double(100 * $0), 1)) % of the largest" }
      return .init(
        "scores", .failed(advice: "report it, with the output of lscpu: what is heard here cannot be relied on"),
        "the network computes other scores on this processor (\(kernels)) than it should: "
          + (words ?? "not as many, or none"))
    }
    return .init(
      "scores", .good,
      "the network computes what it should on this processor (\(kernels)): no score is off by more than "
        + "\(decimal(Double(100 * difference), 2)) % of the largest")
  }
}
