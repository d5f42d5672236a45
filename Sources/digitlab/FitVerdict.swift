import ArgumentParser
import DigitNetwork
import FoundationEssentials
import Recognition
import Training

struct FitVerdict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit-verdict",
    abstract: "Fit the verdict of a network that reads running speech, and put both into a model file.",
    discussion: """
      Fits on the people of one half of split 'validate' (whose id ends in an even hexadecimal digit) and prints what \
      comes out for both halves at several thresholds.
      """)

  @Option(help: ArgumentHelp("A data folder; may be given several times.", valueName: "dir"), completion: .directory)
  var data: [String]

  @Option(help: ArgumentHelp("The training's checkpoint.", valueName: "file"), completion: .file())
  var checkpoint: String

  @Option(help: ArgumentHelp("The model file that the network is put beside.", valueName: "file"), completion: .file())
  var beside: String

  @Option(help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String

  @Option(help: "Words are told from this confidence on.")
  var threshold = 0.5

  @Option(help: "The command that the weights were made with, for the file's own record.")
  var command = ""

  @Option(
    help: ArgumentHelp("Write what it is fitted on: a line of JSON a word found.", valueName: "file"), completion: .file())
  var examples: String?

  @Option(help: "Threads to work on.")
  var threads = 2

  func run() throws {
    var base = try DigitModel(contentsOf: beside)
    let file = try CheckpointFile<SequenceArchitecture>(path: checkpoint)
    var metadata = SequenceModel.Metadata(
      language: "en", labels: SequenceComposer.english, architecture: file.architecture,
      verdict: .init(weights: ["log-odds": 1], bias: 0, threshold: threshold),
      training: TrainingRecord(
        learnedFrom: [], seed: file.seed, epochs: file.epoch, command: command, notes: ""))
    var clips: [Clip] = []
    for folder in data {
      let folder = try DataFolder(folder)
      clips += try ClipLoader.load(folder.recordings.filter { $0.isForChoosing }, in: folder.path, threads: threads)
    }
    var lines: [String] = []
    let fit = try SequenceFit(
      try SequenceModel(metadata: metadata, tensors: file.tensors), clips: clips, threshold: threshold, threads: threads
    ) { example, heard, isFitted in
      guard examples != nil else { return }
      let line = ExampleLine(
        recording: heard.recording.path, speaker: heard.recording.speaker, said: heard.said, seconds: heard.seconds,
        isRight: example.isRight, weight: example.weight, isFitted: isFitted, features: example.features)
      if let json = try? JSONEncoder().encode(line) { lines.append(String(decoding: json, as: UTF8.self)) }
    }
    if let examples { try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: examples)) }
    metadata.verdict = fit.verdict
    for line in fit.tradeOff { print(line) }
    base.sequence = try SequenceModel(metadata: metadata, tensors: file.tensors)
    try base.write(to: output)
  }
}

/// What `--examples` writes of a word found.
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

extension Recording {
  /// Split `validate`, and real strings, which are never learned from.
  fileprivate var isForChoosing: Bool {
    if source == "cs304-matty", case .sequence = label { return true }
    return split == "validate"
  }
}
