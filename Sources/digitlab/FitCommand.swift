import ArgumentParser
import CommandSupport
import DataFolders
import DigitNetwork
import Files
import Recognition
import Training

struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a model's verdict again, and print the results at each threshold.",
    discussion: """
      The verdict decides which words are emitted. It is fitted on one half of split 'validate' (the speakers whose id \
      ends in an even hexadecimal digit): on their recordings as they are, and composed into running speech in noise. The \
      results are printed for both halves; choose --threshold by the first half.
      """)

  @OptionGroup var folders: LearningFolders

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String

  @OptionGroup var threshold: ThresholdOption

  @Option(
    help: ArgumentHelp(
      "Write the training examples of the fit: one line of JSON for each word found.", valueName: "file"),
    completion: .file())
  var examples: String?

  @OptionGroup var parallel: ThreadsOption

  func run() throws {
    try WholeFile.tryOut(output)
    let model = try model.load()
    let fit = try SequenceFit(
      model, clips: try clips(folders.data, model), others: try clips(folders.otherSpeech, model),
      alike: Language.of(model.metadata).alike, threshold: threshold.value, threads: parallel.threads)
    if let examples { try WholeFile.write(try lines(of: fit), to: examples) }
    try StandardOutput.untilClosed { for line in fit.tradeOff { try StandardOutput.write(line: line) } }
    try fit.fitted(model).write(to: output)
  }

  /// One line of JSON for each word found.
  private func lines(of fit: SequenceFit) throws -> String {
    var text = ""
    for (trial, isFitted) in [(fit.chosen, true), (fit.reported, false)] {
      for (example, heard) in SequenceFit.examples(of: trial) {
        let line = ExampleLine(
          recording: heard.recording.path, speaker: heard.recording.speaker, said: heard.said, seconds: heard.seconds,
          isRight: example.isRight, weight: example.weight, isFitted: isFitted, features: example.features)
        text += try line.json() + "\n"
      }
    }
    return text
  }

  private func clips(_ folders: [String], _ model: SequenceModel) throws -> [Clip] {
    try folders.flatMap { path in
      let folder = try DataFolder(path, words: model.metadata.labels.digitsByWord)
      return try ClipLoader.load(folder.recordings.filter(\.isForFitting), in: folder.path, threads: parallel.threads)
    }
  }
}

/// One word found, as `--examples` writes it.
private struct ExampleLine: Encodable {
  var recording: String
  var speaker: String
  var said: [Int]
  var seconds: Double
  var isRight: Bool
  var weight: Double
  var isFitted: Bool
  var features: [String: Double]
}
