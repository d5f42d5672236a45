import ArgumentParser
import DigitNetwork
import FoundationEssentials
import Recognition
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score a model on recordings it did not learn from.",
    discussion: """
      Splits: test (FSDD takes 0 to 4), test600 (takes 0 to 9), validate, all, or any name in the manifest. \
      Accuracy is by the best guess of the ten digits; what was accepted and turned down is told beside it.
      """)

  @Option(name: .long, help: ArgumentHelp("The data folder.", valueName: "dir"))
  var data: String

  @Option(name: .long, help: ArgumentHelp("Which part of it.", valueName: "name"))
  var split = "test"

  @Option(name: .long, help: ArgumentHelp("Only what this speaker says.", valueName: "name"))
  var speaker: String?

  @OptionGroup var model: ModelOption

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Add noise of this kind: white, pink, or a kind of the folder's validate noise; 'each' for a table of all.",
      valueName: "kind"))
  var noise: String?

  @Option(name: .long, parsing: .upToNextOption, help: "Signal-to-noise ratios in dB, over the sound itself.")
  var snr: [Double] = [20, 10, 5, 0]

  @Option(name: .long, help: "Names the noise's random choices.")
  var seed: UInt64 = 1

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    let folder = try DataFolder(data)
    var recordings = try folder.split(split)
    if let speaker {
      recordings = recordings.filter { $0.speaker == speaker }
      if recordings.isEmpty { throw CleanError("\(data): nobody called '\(speaker)' in split '\(split)'") }
    }
    let path = try ModelLocator.locate(model.model)
    let model = try DigitModel(contentsOf: path)
    try model.metadata.refuseLearned(recordings)
    let bar = ProgressBar()
    let total = recordings.count
    let clips = try ClipLoader.load(recordings, in: folder.path) { done in
      bar.show("reading", share: Double(done) / Double(total), "\(done) of \(total)")
    }
    let evaluator = Evaluator(model: model)
    if let noise {
      try table(
        of: noise, evaluator, clips.filter { if case .digit = $0.recording.label { true } else { false } }, folder, bar)
      return
    }
    let outcomes = try evaluator.outcomes(
      for: clips,
      progress: { done in bar.show("listening", share: Double(done) / Double(total), "\(done) of \(total)") })
    let summary = EvaluationSummary(outcomes)
    bar.end("\(path) on \(data), split \(split): \(total) recordings")
    print(json ? try encoded(summary) : summary.text)
  }

  private func table(
    of noise: String, _ evaluator: Evaluator, _ clips: [Clip], _ folder: DataFolder, _ bar: ProgressBar
  ) throws {
    let noises = try ClipLoader.load(
      folder.recordings.filter { $0.label == .noise && $0.split == "validate" }, in: folder.path)
    let all = NoisyCondition.Kind.kinds(from: noises)
    let kinds = all.filter { noise == "each" || $0.name == noise }
    guard !kinds.isEmpty else {
      throw CleanError("no noise called '\(noise)' (there are: \(all.map(\.name).joined(separator: ", ")), each)")
    }
    var rows: [NoiseRow] = []
    for (index, kind) in kinds.enumerated() {
      bar.show("noise", share: Double(index) / Double(kinds.count), kind.name)
      rows.append(
        NoiseRow(
          noise: kind.name,
          accuracy: try snr.map { ratio in
            let condition = NoisyCondition(kind: kind, signalToNoise: Float(ratio), seed: seed)
            let outcomes = try evaluator.outcomes(for: clips) {
              condition.samples(of: $1, index: $0)
            } progress: { _ in
            }
            return Evaluator.report(outcomes).accuracy
          }))
    }
    bar.end("\(clips.count) recordings in each noise; accuracy in %, by dB of signal over noise")
    if json {
      print(try encoded(NoiseTable(snr: snr, rows: rows)))
      return
    }
    func cell(_ text: String) -> String { String(repeating: " ", count: max(0, 8 - text.count)) + text }
    func row(_ name: String, _ cells: [String]) -> String {
      name + String(repeating: " ", count: max(1, 18 - name.count)) + cells.map(cell).joined()
    }
    print(row("noise", snr.map { "\(fixed($0, 0)) dB" }))
    for line in rows { print(row(line.noise, line.accuracy.map { fixed(100 * $0, 1) })) }
    let means = snr.indices.map { i in rows.reduce(0) { $0 + $1.accuracy[i] } / Double(rows.count) }
    print(row("mean", means.map { fixed(100 * $0, 1) }))
  }

  private struct NoiseRow: Codable {
    let noise: String
    let accuracy: [Double]
  }

  private struct NoiseTable: Codable {
    let snr: [Double]
    let rows: [NoiseRow]
  }

  private func encoded(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// An error that is one sentence for a person.
struct CleanError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
