import ArgumentParser
import CommandSupport
import DigitNetwork
import Recognition
import Training

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.evaluate.abstract,
    discussion: """
      Splits: test (FSDD takes 0 to 4), test600 (takes 0 to 9), validate, all, or any name in the manifest. Accuracy \
      counts the best guess of the ten digits, whether or not it was emitted; emitted and rejected digits are listed, too.

      With --noise, noise is added to the whole recording; the signal-to-noise ratio is that within the word. --seed \
      chooses an excerpt of noise, the same for each ratio; one that is silent under the word is drawn again. The noise \
      comes from recordings outside split 'train'; music may come from that split if there is no other, which is marked.

      With --speech, counts false accepts: digits emitted in other speech and noise of the split, and in words like \
      digits if a folder has a split 'near-words'. Results are given at the model's threshold, and at the strictest one \
      that still emits 97 % of the digits that the best threshold emits correctly.

      With --stream, runs a long recording through recognition as the daemon does, at several thresholds, and counts \
      correct digits and false accepts.

      With --report, writes a page about the requested evaluations into that folder; by default about digits, noise and, \
      if there is any, other speech.
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

  @Option(name: .long, help: ArgumentHelp("Use only this speaker's recordings.", valueName: "name"))
  var speaker: String?

  @OptionGroup var model: ModelOption
  @OptionGroup(title: "In noise") var noisy: NoiseOptions
  @OptionGroup(title: "Non-digits") var speech: SpeechOptions
  @OptionGroup(title: "A long recording") var stream: StreamOptions
  @OptionGroup var reporting: ReportOptions

  @OptionGroup var parallel: ThreadsOption

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
    let path = try ModelLocator.locate(model.model)
    let model = try SequenceModel(contentsOf: path)
    let data = try EvaluationData(data, labels: model.metadata.labels, bar: bar, isStrict: strict)
    defer { data.leftOut.summarise() }
    let evaluator = Evaluator(model: model, threads: parallel.threads)
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
      try StandardOutput.write(line: json ? try value.json() : text)
    }
  }
}
