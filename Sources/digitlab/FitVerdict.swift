import ArgumentParser
import DigitNetwork
import Recognition
import Training

struct FitVerdict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit-verdict",
    abstract: "Fit the verdict of a network that reads running speech, and put both into a model file.",
    discussion: """
      Fits on the people of one half of split 'validate' (whose id ends in an even hexadecimal digit) and prints what \
      comes out for both halves.
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

  @Option(help: "Threads to work on.")
  var threads = 2

  func run() throws {
    var base = try DigitModel(contentsOf: beside)
    let file = try CheckpointFile<SequenceArchitecture>(path: checkpoint)
    var metadata = SequenceModel.Metadata(
      language: "en", labels: SequenceComposer.english, architecture: file.architecture,
      verdict: .init(weights: ["log-odds": 1], bias: 0, threshold: threshold),
      training: ModelMetadata.Training(
        learnedFrom: [], seed: file.seed, epochs: file.epoch, command: command, notes: ""))
    let untold = try SequenceModel(metadata: metadata, tensors: file.tensors)
    var clips: [Clip] = []
    for folder in data {
      let folder = try DataFolder(folder)
      clips += try ClipLoader.load(folder.recordings.filter { $0.isForChoosing }, in: folder.path, threads: threads)
    }
    let even = try SequenceTrial(clips.filter { $0.recording.isInEvenHalf }, model: untold, threads: threads)
    let odd = try SequenceTrial(clips.filter { !$0.recording.isInEvenHalf }, model: untold, threads: threads)
    // Hours of talk hold far fewer chances to err than single words do, and an error there weighs more.
    let fit = VerdictFit.fit(even.examples { $0.seconds > 2.2 && $0.said.isEmpty ? 4 : 1 })
    metadata.verdict = .init(weights: fit.weights, bias: fit.bias, threshold: threshold)
    let verdict = SequenceVerdict(metadata.verdict)
    for (name, weight) in fit.weights.sorted(by: { $0.key < $1.key }) { print("  \(name)  \(weight)") }
    for threshold in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98] {
      print("\(threshold) even: \(SequenceScore(even, verdict: verdict, threshold: threshold))")
      print("\(threshold) odd:  \(SequenceScore(odd, verdict: verdict, threshold: threshold))")
    }
    base.sequence = try SequenceModel(metadata: metadata, tensors: file.tensors)
    try base.write(to: output)
  }
}

extension Recording {
  /// Strings put together for choosing carry the name of their split, too.
  fileprivate var isForChoosing: Bool {
    if source == "cs304-matty", case .sequence = label { return true }
    return split == "validate"
  }

  /// The half of the people that is chosen by; the other half is reported on.
  package var isInEvenHalf: Bool {
    guard let last = speaker.lowercased().last(where: { $0.isHexDigit || $0.isLetter || $0.isNumber }) else {
      return true
    }
    if let digit = last.hexDigitValue { return digit % 2 == 0 }
    return last.unicodeScalars.allSatisfy { $0.value % 2 == 0 }
  }
}
