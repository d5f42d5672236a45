import ArgumentParser
import CommandSupport
import DigitNetwork
import Dispatch
import Files
import FoundationEssentials
import Synchronization
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
      A data folder has a manifest.csv (path,label,speaker,source,licence,sample_rate,duration_s,split), or files \
      named DIGIT_SPEAKER_TAKE.wav as in the Free Spoken Digit Dataset. Only its split 'train' is learned from. The \
      same data, seed and machine give the same bytes. Ctrl-C saves; the same command goes on. With --from-model a \
      finished model is adapted to the voice of the folders, in a minute or two: see digitctl record.
      """)

  @Option(
    name: .long, help: ArgumentHelp("A data folder; may be given several times.", valueName: "dir"),
    completion: .directory)
  var data: [String]

  @Option(name: .long, help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Names the weights: another seed, another model (default: 1).", valueName: "seed"),
    transform: Seed.parse)
  var seed: UInt64 = 1

  @Option(
    name: .long, parsing: .unconditional,
    help:
      "Rounds of 4096 examples (default: \(TrainingRecipe().epochs); with --from-model \(Adaptation.recipe.epochs)).")
  var epochs: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help:
      "Networks to train one after the other, each of the seed after the one before; the model answers with their mean."
  )
  var members = TrainingRecipe().members

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The most that noise reduction takes away in what this model hears; 0 for none "
        + "(default: \(fixed(TrainingRecipe().noiseReductionDepth, 0))).", valueName: "dB"))
  var noiseReductionDepth: Double?

  @Option(
    name: .long,
    help: ArgumentHelp("Learn nothing from this speaker; may be given several times.", valueName: "speaker"))
  var leaveOut: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A finished model whose answers to learn from beside the labels; may be given several times, then their mean.",
      valueName: "file"), completion: .file())
  var teacher: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A finished model whose networks answer beside the new ones: the mean of all.", valueName: "file"),
    completion: .file())
  var beside: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Where to save on the way (default: the output with .checkpoint).", valueName: "file"),
    completion: .file())
  var checkpoint: String?

  @Option(name: .long, help: ArgumentHelp("The model's name in its file.", valueName: "name"))
  var name = "digits"

  @Option(
    name: .long, parsing: .unconditional, help: "Threads to work on; their number does not change the result.")
  var threads = 2

  @Flag(name: .long, help: ArgumentHelp(LeftOut.strictHelp))
  var strict = false

  @OptionGroup(title: "Adapting a model to one voice") var adaptation: AdaptationOptions

  func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads must be 1 to 64") }
    if let depth = noiseReductionDepth, !(0...40).contains(depth) {
      throw ValidationError("--noise-reduction-depth must be 0 to 40 dB")
    }
    if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1") }
    guard NetworkArchitecture.memberCounts.contains(members) else {
      throw ValidationError("--members must be 1 to \(NetworkArchitecture.memberCounts.upperBound)")
    }
    guard adaptation.others.isEmpty || adaptation.fromModel != nil else {
      throw ValidationError("--others belongs to --from-model")
    }
    if adaptation.fromModel != nil {
      let others = [
        ("--teacher", !teacher.isEmpty), ("--beside", beside != nil), ("--checkpoint", checkpoint != nil),
        ("--members", members != TrainingRecipe().members),
        ("--noise-reduction-depth", noiseReductionDepth != nil),
      ]
      if let (option, _) = others.first(where: \.1) {
        throw ValidationError("\(option) does not go with --from-model")
      }
    }
    guard !data.isEmpty else { throw ValidationError("--data is needed: a folder of recordings") }
  }

  func run() throws {
    // What would have nowhere to go is told now, not after hours.
    try WholeFile.tryOut(output)
    if let model = adaptation.fromModel { return try adapt(model) }
    let path = checkpoint ?? output + ".checkpoint"
    try WholeFile.tryOut(path)
    var recipe = TrainingRecipe()
    recipe.seed = seed
    recipe.members = members
    if let epochs { recipe.epochs = epochs }
    if let noiseReductionDepth { recipe.noiseReductionDepth = noiseReductionDepth }
    let teachers = try Teachers(
      try teacher.map { try DigitModel(contentsOf: $0) }, features: recipe.features.dictionary)
    let older = try beside.map { try DigitModel(contentsOf: $0) }
    let bar = ProgressBar()
    let leftOut = LeftOut(isStrict: strict, bar: bar)
    let loaded = try TrainingData(
      folders: data.map { try DataFolder($0) }, leavingOut: Set(leaveOut), threads: threads, trouble: leftOut.handler
    ) { done, total in
      bar.show("reading", share: Double(done) / Double(total), "\(done) of \(total) recordings")
    }
    bar.end("learning from \(loaded.learned.count) recordings, choosing by \(loaded.chosenBy.count)")
    leftOut.summarise()
    let trainer = try EnsembleTrainer(
      bank: try SoundBank(loaded.learned), recipe: recipe, checkpoint: path, teachers: teachers, beside: older,
      threads: threads)
    let interrupt = Interrupt()
    let result = try trainer.run(
      report: { progress in
        let line = "\(progress.line)  \(duration(seconds: progress.secondsLeft)) left"
        bar.show("", share: progress.share, line)
        if progress.endsEpoch { bar.note(line) }
      }, shouldStop: { interrupt.wasRequested })
    switch result {
    case .stopped(let member, let step):
      let network = members == 1 ? "" : " of network \(member) of \(members)"
      let file = trainer.checkpointPath(of: member) ?? path
      bar.end("stopped after step \(step) of \(recipe.steps)\(network); saved in \(file): the same command goes on")
      throw ExitCode.failure
    case .finished(let weights):
      let model = try trainer.model(
        of: weights, data: loaded, name: name, version: "1.0", command: commandLine(recipe))
      try model.write(to: output)
      trainer.removeCheckpoints()
      bar.end("wrote \(output)")
    }
  }

  /// The command that makes this model again. Of the file to write the name only, so that the same model has the same
  /// bytes wherever it is written.
  func commandLine(_ recipe: TrainingRecipe) -> String {
    var words = ["digitlab", "train"]
    if let model = adaptation.fromModel { words += ["--from-model", model] }
    for folder in data { words += ["--data", folder] }
    let file = output.split(separator: "/").last.map(String.init) ?? output
    for folder in adaptation.others { words += ["--others", folder] }
    words += ["--output", file, "--seed", "\(seed)", "--epochs", "\(recipe.epochs)"]
    if members != TrainingRecipe().members { words += ["--members", "\(members)"] }
    if let depth = noiseReductionDepth, depth != TrainingRecipe().noiseReductionDepth {
      words += ["--noise-reduction-depth", "\(depth)"]
    }
    for file in teacher { words += ["--teacher", file] }
    if let beside { words += ["--beside", beside] }
    for speaker in leaveOut { words += ["--leave-out", speaker] }
    if name != "digits" { words += ["--name", name] }
    return words.joined(separator: " ")
  }
}

extension EnsembleTrainer.Progress {
  /// One line for people.
  var line: String {
    (members == 1 ? "" : "network \(member)/\(members)  ")
      + "epoch \(training.epoch)/\(training.epochs)  loss \(fixed(training.loss, 3))"
      + "  accuracy \(fixed(100 * training.accuracy, 1)) %  \(fixed(training.samplesPerSecond, 0)) samples/s"
  }
}

/// Ctrl-C, or the end that a service manager asks for, as a flag: the work in hand is finished and saved.
final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)
  /// Changed by `init` alone.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  var wasRequested: Bool { flag.load(ordering: .relaxed) }

  init() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
      source.activate()
      sources.append(source)
    }
  }
}
