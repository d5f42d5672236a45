import ArgumentParser
import CommandSupport
import DataFolders
import DigitNetwork
import Files
import Recognition
import Training
import Wording

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.train.abstract,
    discussion: """
      A data folder has a manifest.csv (path,label,speaker,source,licence,sample_rate,duration_s,split,lang; \
      lang may be missing), or files DIGIT_SPEAKER_TAKE.wav as in the Free Spoken Digit Dataset. Trains on split 'train' \
      and fits the verdict on split 'validate'; without that split, every twentieth recording of a digit is held out for it. The same data, \
      seed, steps and machine give the same bytes. Ctrl-C saves a checkpoint; the same command continues from it.

      With --from-model and --steps training starts from a finished model's weights, of this language or another. With \
      --from-model alone that model is adapted to the voice in --data, in a minute or two: see digitctl record; --rate and \
      --threshold do not go with that. Nothing is written unless the voice is recognised better and other people no \
      worse.
      """)

  @OptionGroup var folders: LearningFolders

  @Option(
    help: ArgumentHelp(
      "When adapting: other people's recordings, which must not be recognised worse (default: voices of espeak-ng); "
        + "may be given several times.", valueName: "dir"), completion: .directory)
  var others: [String] = []

  @Option(help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "The words for the digits: a file, or the name of one in Models/languages or "
        + "<prefix>/share/digitd/languages (default: that of --from-model, else en).", valueName: "language"))
  var language: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The seed of all random choices (default: 1).", valueName: "seed"), transform: Seed.parse)
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional,
    help:
      "Batches of \(SequenceRecipe().batch) examples of 4.1 s (default: \(SequenceRecipe().steps)).")
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: "The highest learning rate (default: \(SequenceRecipe().peakRate)).")
  var rate: Float?

  @Option(help: ArgumentHelp("Start from this model's weights.", valueName: "model"), completion: .file())
  var fromModel: String?

  @Option(help: ArgumentHelp("0: this network hears without noise reduction.", visibility: .hidden))
  var noiseReductionDepth = 0

  @OptionGroup var threshold: ThresholdOption

  @Option(
    help: ArgumentHelp("Leave out this speaker; may be given several times.", valueName: "speaker"))
  var leaveOut: [String] = []

  @Option(
    help: ArgumentHelp("Where to save checkpoints (default: the output with .checkpoint).", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Option(help: ArgumentHelp("The model's name in its file (default: the output's).", valueName: "name"))
  var name: String?

  @OptionGroup var parallel: ThreadsOption

  @Flag(help: ArgumentHelp(LeftOut.strictHelp))
  var strict = false

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps must be at least 1") }
    guard rate.map({ $0 > 0 && $0 < 1 }) ?? true else {
      throw ValidationError("--rate must be more than 0 and less than 1")
    }
    guard !folders.data.isEmpty else { throw ValidationError("--data is needed: a folder of recordings") }
    guard noiseReductionDepth == 0 else {
      throw ValidationError("--noise-reduction-depth must be 0: this network hears without noise reduction")
    }
    if isAdapting {
      let idle = [
        ("--checkpoint", checkpoint != nil), ("--language", language != nil),
        ("--other-speech", !folders.otherSpeech.isEmpty), ("--rate", rate != nil),
        ("--threshold", threshold.threshold != nil),
      ]
      if let (option, _) = idle.first(where: \.1) {
        throw ValidationError("\(option) does not go with --from-model without --steps")
      }
    } else if !others.isEmpty {
      throw ValidationError("--others goes with --from-model without --steps")
    }
  }

  private var isAdapting: Bool { fromModel != nil && steps == nil }

  func run() throws {
    // Checks that the output can be written now, not after hours.
    try WholeFile.tryOut(output)
    let start = try fromModel.map { try SequenceModel(contentsOf: try ModelLocator.locate($0)) }
    if isAdapting, let start { return try adapt(start) }
    let path = checkpoint ?? output + ".checkpoint"
    try WholeFile.tryOut(path)
    let words = try words(start)
    var recipe = SequenceRecipe()
    recipe.seed = seed
    if let rate { recipe.peakRate = rate }
    let threshold = threshold.value
    if let steps { recipe.steps = steps }
    let bar = ProgressBar()
    let leftOut = LeftOut(isStrict: strict, bar: bar)
    let own = try read(folders.data, words, leavingOut: Set(leaveOut), bar, leftOut)
    let others = folders.otherSpeech.isEmpty ? nil : try read(folders.otherSpeech, words, leavingOut: [], bar, leftOut)
    bar.end(
      "learning from \(own.learned.count + (others?.learned.count ?? 0)) recordings, fitting to "
        + "\(own.chosenBy.count + (others?.chosenBy.count ?? 0))")
    leftOut.summarise()
    let architecture = SequenceArchitecture.standard(labels: words.labels.count + 1)
    let trainer = try SequenceTrainer(
      bank: try SequenceBank(
        own.learned, others: others?.learned ?? [], language: words.name, alike: words.alike,
        ownWords: words.ownWords),
      labels: words.labels, recipe: recipe, architecture: architecture, checkpoint: path, start: start?.tensors ?? [:],
      threads: parallel.threads)
    let interrupt = Interrupt()
    let finished = try trainer.run(
      report: { progress in bar.note(progress.line) }, shouldStop: { interrupt.wasRequested },
      finished: { step in
        bar.show("learning", share: Double(step) / Double(recipe.steps), "step \(step) of \(recipe.steps)")
      })
    guard finished else {
      bar.end("stopped after step \(trainer.step) of \(recipe.steps); saved in \(path): the same command continues")
      throw ExitCode.failure
    }
    bar.show("fitting the verdict", share: 1, "")
    let metadata = SequenceModel.Metadata(
      name: name ?? Self.name(of: output), version: "2.0", language: words.name, labels: words.labels,
      architecture: architecture, verdict: .init(weights: ["log-odds": 1], bias: 0, threshold: threshold),
      search: start?.metadata.search ?? SequenceModel.Search(),
      training: TrainingRecord(
        learnedFrom: own.sources + (others?.sources ?? []), seed: seed, epochs: recipe.steps,
        command: commandLine(recipe), notes: ""))
    let model = try SequenceModel(metadata: metadata, tensors: trainer.tensors())
    let fit = try SequenceFit(
      model, clips: own.chosenBy, others: others?.chosenBy ?? [], alike: words.alike, threshold: threshold,
      threads: parallel.threads)
    bar.clear()
    try StandardOutput.untilClosed { for line in fit.tradeOff { try StandardOutput.write(line: line) } }
    try fit.fitted(model).write(to: output)
    _ = FileName.withCString(path) { unlink($0) }
    bar.end("wrote \(output)")
  }

  private func words(_ start: SequenceModel?) throws -> Language {
    if language == nil, let start { return Language.of(start.metadata) }
    return try Language.named(language ?? "en")
  }

  func read(
    _ folders: [String], _ language: Language, leavingOut: Set<String>, _ bar: ProgressBar, _ leftOut: LeftOut
  ) throws -> TrainingData {
    try TrainingData(
      folders: folders.map { try DataFolder($0, words: language.labels.digitsByWord) }, leavingOut: leavingOut,
      threads: parallel.threads, trouble: leftOut.handler
    ) { done, total in
      bar.show("reading", share: Double(done) / Double(max(1, total)), "\(done) of \(total) recordings")
    }
  }

  static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(ModelLocator.suffix) ? String(file.dropLast(ModelLocator.suffix.count)) : file
  }

  /// The command that trains this model again. It contains only the name of the output file, so that the model has the
  /// same bytes wherever it is written.
  func commandLine(_ recipe: SequenceRecipe) -> String {
    var words = ["digitlab", "train"]
    if let fromModel { words += ["--from-model", fromModel] }
    for folder in folders.data { words += ["--data", folder] }
    for folder in folders.otherSpeech { words += ["--other-speech", folder] }
    for folder in others { words += ["--others", folder] }
    let file = output.split(separator: "/").last.map(String.init) ?? output
    if let language { words += ["--language", language] }
    words += ["--output", file, "--seed", "\(seed)"]
    if !isAdapting { words += ["--steps", "\(recipe.steps)"] }
    if !isAdapting, recipe.peakRate != SequenceRecipe().peakRate { words += ["--rate", "\(recipe.peakRate)"] }
    if !isAdapting, threshold.value != ThresholdOption.usual { words += ["--threshold", "\(threshold.value)"] }
    for speaker in leaveOut { words += ["--leave-out", speaker] }
    return words.map(shellWord).joined(separator: " ")
  }
}

extension SequenceTrainer.Progress {
  /// One line for a log; losses are in nats per example.
  var line: String {
    "step \(step)/\(steps)  words \(decimal(wordLoss, 3))  activity \(decimal(activityLoss, 3))  \(decimal(secondsPerStep, 3)) s a step"
  }
}
