import ArgumentParser
import CommandSupport
import DigitNetwork
import Training
import Wording

/// Options for the evaluation's report page.
struct ReportOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Write a page with tables, charts and the worst mistakes here: index.html, report.json and the charts as SVG.",
      valueName: "dir"), completion: .directory)
  var report: String?
}

extension Evaluate {
  /// The splits of the report: the requested one, or the usual ones that exist and that the model was not trained on.
  func splitsOfReport(_ data: EvaluationData, _ model: SequenceModel) throws -> [(name: String, clips: [Clip])] {
    if let split { return [(split, try data.clips(split: split, speaker: speaker, unseenBy: model))] }
    var there: [(name: String, clips: [Clip])] = []
    for name in ["test", "test600", "validate"] {
      do {
        there.append((name, try data.clips(split: name, speaker: speaker, unseenBy: model)))
      } catch let error as DataError where error.code == .unknownSplit || error.code == .learnedFrom {
        continue
      }
    }
    guard !there.isEmpty else {
      throw CleanError("\(data.names): there is no split test or validate that the model was not trained on")
    }
    return there
  }

  /// Runs the requested evaluations, or all that need no further files, and writes the page.
  func writeReport(
    to folder: String, _ evaluator: Evaluator, _ data: EvaluationData, _ modes: [Mode]
  ) throws -> EvaluationReport {
    try EvaluationReport.prepare(folder)
    let model = evaluator.model
    var modes = modes
    if modes.allSatisfy({ $0 == .stream }), !data.folders.isEmpty {
      modes = [.noise]
      // The report works without other speech, as in the published FSDD.
      if data.hasSpeech(split: split ?? "validate") { modes.append(.speech) }
    }
    var report = EvaluationReport(model: model, command: commandLine)
    if !data.folders.isEmpty {
      let splits = try splitsOfReport(data, model)
      try report.add(
        try splits.map { ($0.name, $0.clips, try outcomes(of: $0.clips, evaluator, data.bar)) })
      if modes.contains(.noise) {
        // The first of the splits is used, because its digits are clean.
        report.noise = try noisy.table(evaluator, splits[0].clips, data)
      }
    }
    if modes.contains(.speech) { report.speech = try speech.report(evaluator, data, split: split ?? "validate") }
    report.streams = try stream.sweeps(model, data.bar)
    try report.write(to: folder)
    return report
  }

  /// The command that makes this report again, with paths as given.
  private var commandLine: String {
    var words = ["digitlab", "evaluate"]
    for folder in data { words += ["--data", folder] }
    if let path = model.model { words += ["--model", path] }
    if let split { words += ["--split", split] }
    if let speaker { words += ["--speaker", speaker] }
    if let noise = noisy.noise { words += ["--noise", noise] }
    if !noisy.snr.isEmpty {
      words += ["--snr", noisy.ratios.map { decimal($0, $0 == $0.rounded() ? 0 : 1) }.joined(separator: ",")]
    }
    if noisy.leadIn > 0 { words += ["--lead-in", "\(noisy.leadIn)"] }
    if noisy.leadOut > 0 { words += ["--lead-out", "\(noisy.leadOut)"] }
    if speech.speech { words.append("--speech") }
    for file in stream.stream { words += ["--stream", file] }
    for file in stream.truth { words += ["--truth", file] }
    words += ["--seed", "\(noisy.seed)", "--report", reporting.report ?? ""]
    return words.map(shellWord).joined(separator: " ")
  }
}
