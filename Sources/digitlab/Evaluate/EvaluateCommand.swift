import ArgumentParser
import CommandSupport
import DigitNetwork
import FoundationEssentials
import Recognition
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.evaluate.abstract,
    discussion: """
      Splits: test (FSDD takes 0 to 4), test600 (takes 0 to 9), validate, all, or any name in the manifest. \
      Accuracy is by the best guess of the ten digits; accepted and rejected ones are counted beside it.

      With --noise the digits are heard in noise that lies over the whole recording, the ratio taken over where the \
      sound lies. The noise is an excerpt that --seed chooses, the same at each ratio, drawn anew where it has a gap. \
      It comes from recordings of noise that are not in split 'train'; music, where there is no other, from those \
      that are, which is marked.

      With --speech it counts non-digits taken for digits: other speech and noise of the split, and words \
      like digits where a folder has a split 'near-words'; at the model's threshold and at the highest at which 97 of 100 \
      digits that could be told rightly are.

      With --stream a long recording is heard as the daemon hears it, once for each of some thresholds: digits told \
      rightly against digits that nobody said.

      With --report what was asked for, or else digits, noise and, where there is any, other speech, becomes a page in \
      that folder.
      """)

  @Option(
    name: .long, help: ArgumentHelp("A data folder; may be given several times.", valueName: "dir"),
    completion: .directory)
  var data: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Which part of it (default: test; with --speech, validate; with --report, test, test600 and validate).",
      valueName: "name"))
  var split: String?

  @Option(name: .long, help: ArgumentHelp("Only what this speaker says.", valueName: "name"))
  var speaker: String?

  @OptionGroup var model: ModelOption
  @OptionGroup(title: "In noise") var noisy: NoiseOptions
  @OptionGroup(title: "Non-digits") var speech: SpeechOptions
  @OptionGroup(title: "A long recording") var stream: StreamOptions
  @OptionGroup var reporting: ReportOptions

  @Option(name: .long, parsing: .unconditional, help: "How many recordings at once.")
  var threads = 2

  @Flag(name: .long, help: ArgumentHelp(LeftOut.strictHelp))
  var strict = false

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  enum Mode {
    case noise, speech, stream
  }

  private var modes: [Mode] {
    var modes: [Mode] = []
    if noisy.noise != nil { modes.append(.noise) }
    if speech.speech { modes.append(.speech) }
    if !stream.stream.isEmpty { modes.append(.stream) }
    return modes
  }

  func validate() throws {
    guard modes.count <= 1 || reporting.report != nil else {
      throw ValidationError("--noise, --speech and --stream exclude each other unless --report is given")
    }
    guard !data.isEmpty || modes == [.stream] else {
      throw ValidationError("--data is needed: a folder of recordings")
    }
    guard (1...64).contains(threads) else { throw ValidationError("--threads must be 1 to 64") }
    try refuseIdleOptions()
  }

  /// Refuses options that would have no effect, because the user expects one.
  private func refuseIdleOptions() throws {
    let hasReport = reporting.report != nil
    let idle: [(isIdle: Bool, option: String, reason: String)] = [
      (!noisy.snr.isEmpty && noisy.noise == nil && !hasReport, "--snr", "goes with --noise or --report"),
      (noisy.hasMargin && noisy.noise == nil && !hasReport, "--lead-in and --lead-out", "go with --noise or --report"),
      (speaker != nil && modes == [.speech] && !hasReport, "--speaker", "does not go with --speech"),
    ]
    if let (_, option, reason) = idle.first(where: \.isIdle) { throw ValidationError("\(option) \(reason)") }
  }

  func run() throws {
    let bar = ProgressBar()
    let data = try EvaluationData(data, bar: bar, isStrict: strict)
    defer { data.leftOut.summarise() }
    let path = try ModelLocator.locate(model.model)
    let model = try SequenceModel(contentsOf: path)
    let evaluator = Evaluator(model: model, threads: threads)
    if let folder = reporting.report {
      let report = try writeReport(to: folder, evaluator, data, modes)
      bar.end("\(path): \(folder)/index.html")
      return try show(report, report.splits.map { "\($0.name)\n\($0.summary.text)" }.joined(separator: "\n\n"))
    }
    switch modes.first {
    case .noise:
      let split = split ?? "test"
      let table = try noisy.table(
        evaluator, try data.clips(split: split, speaker: speaker, unseenBy: model), data)
      bar.end("\(path) on \(data.names), split \(split): \(table.total) recordings in each noise")
      try show(table, table.text)
    case .speech:
      let split = split ?? "validate"
      let report = try speech.report(evaluator, data, split: split)
      bar.end("\(path) on \(data.names), split \(split)")
      try show(report, report.text)
    case .stream:
      let sweeps = try stream.sweeps(model, bar)
      bar.end("\(path), emitted from this confidence on")
      try show(sweeps, sweeps.map(\.text).joined(separator: "\n\n"))
    case nil:
      let split = split ?? "test"
      let clips = try data.clips(split: split, speaker: speaker, unseenBy: model)
      let summary = EvaluationSummary(try outcomes(of: clips, evaluator, bar))
      bar.end("\(path) on \(data.names), split \(split): \(clips.count) recordings")
      try show(summary, summary.text)
    }
  }

  func outcomes(of clips: [Clip], _ evaluator: Evaluator, _ bar: ProgressBar) throws -> [Outcome] {
    let total = clips.count
    return try evaluator.outcomes(
      for: clips,
      progress: { done in bar.show("listening", share: Double(done) / Double(total), "\(done) of \(total)") })
  }

  private func show(_ value: some Encodable, _ text: String) throws {
    try StandardOutput.untilClosed {
      try StandardOutput.write(line: json ? String(decoding: try value.json(), as: UTF8.self) : text)
    }
  }
}

extension Encodable {
  /// One line with sorted keys.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}
