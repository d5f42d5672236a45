import ArgumentParser
import CommandSupport
import Training

/// Options for the noise added to recordings.
struct NoiseOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Add noise of this kind: white, pink, or a kind of noise in the folder; 'each' for a table of all.",
      valueName: "kind"))
  var noise: String?

  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Signal-to-noise ratios in dB, within the word, separated by commas (default: 20,10,5,0).",
      valueName: "dB,…"))
  var snr: [Ratios] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How long there is only noise before each recording.", valueName: "seconds"))
  var leadIn = 0.0

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How long there is only noise after it.", valueName: "seconds"))
  var leadOut = 0.0

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The seed of all random choices: which noise is added to which recording (default: 1).",
      valueName: "seed"),
    transform: Seed.parse)
  var seed: UInt64 = 1

  func validate() throws {
    for (name, seconds) in [("--lead-in", leadIn), ("--lead-out", leadOut)] where !(0...60).contains(seconds) {
      throw ValidationError("\(name) is \(seconds): it must be 0 to 60 seconds")
    }
  }

  /// Several ratios in one argument: "20,10,5,0".
  struct Ratios: ExpressibleByArgument {
    let decibels: [Double]

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      decibels = parts.compactMap { Double($0) }
      guard decibels.count == parts.count, decibels.allSatisfy({ abs($0) <= 100 }) else { return nil }
    }
  }

  var hasMargin: Bool { leadIn > 0 || leadOut > 0 }
  var ratios: [Double] { snr.isEmpty ? [20, 10, 5, 0] : snr.flatMap(\.decibels) }

  /// The table for the kind `noise`, or for every kind.
  func table(_ evaluator: Evaluator, _ clips: [Clip], _ data: EvaluationData) throws -> NoiseTable {
    let digits = clips.filter { if case .digit = $0.recording.label { !$0.sound.isEmpty } else { false } }
    guard !digits.isEmpty else { throw CleanError("\(data.names): there are no digits to evaluate in noise") }
    let all = NoiseKind.kinds(from: try data.clips { $0.label == .noise })
    let noise = noise ?? "each"
    let kinds = noise == "each" ? NoiseKind.each(of: all) : all.filter { $0.name == noise }
    guard !kinds.isEmpty else {
      throw CleanError("no noise called '\(noise)' (there are: \(all.map(\.name).joined(separator: ", ")), each)")
    }
    return try NoiseTable.measure(
      evaluator, clips: digits, in: kinds, snr: ratios,
      margin: NoisyCondition.Margin(before: leadIn, after: leadOut), seed: seed
    ) { share, words in data.bar.show("noise", share: share, words) }
  }
}
