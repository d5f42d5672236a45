import ArgumentParser
import CommandSupport
import DigitNetwork
import FoundationEssentials
import Training

/// Leaving one speaker out at a time.
struct LeaveOneOutOptions: ParsableArguments {
  @Flag(
    name: .long,
    help: "Train one network for each speaker of FSDD, from everything but that speaker, and score it on that speaker.")
  var loso = false

  @Option(name: .long, parsing: .unconditional, help: "Rounds of 4096 examples for each of them.")
  var epochs = TrainingRecipe().epochs

  @Option(name: .long, parsing: .unconditional, help: "With --loso: networks in each model, see digitlab train.")
  var members = TrainingRecipe().members

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where checkpoints and the networks are kept: an interrupted run goes on from there.", valueName: "dir"),
    completion: .directory)
  var folds = Self.usualFolds

  private static let usualFolds = "loso"

  func validate() throws {
    guard epochs > 0 else { throw ValidationError("--epochs must be at least 1") }
    guard NetworkArchitecture.memberCounts.contains(members) else {
      throw ValidationError("--members must be 1 to \(NetworkArchitecture.memberCounts.upperBound)")
    }
  }

  /// Whether something is asked for that only leaving out would do.
  var isIdle: Bool {
    let usual = TrainingRecipe()
    return !loso && (epochs != usual.epochs || members != usual.members || folds != Self.usualFolds)
  }

  /// How each fold's model is made, as on a command line.
  var words: [String] { ["--epochs", "\(epochs)"] + (members == 1 ? [] : ["--members", "\(members)"]) }

  /// - Parameter speaker: leave out this one alone.
  /// - Throws: `ExitCode.failure` if it was interrupted.
  func report(
    _ data: EvaluationData, speaker: String?, seed: UInt64, threads: Int
  ) throws -> LeaveOneOutReport {
    var recipe = TrainingRecipe()
    recipe.seed = seed
    recipe.epochs = epochs
    recipe.members = members
    var command = ["digitlab", "evaluate"]
    for folder in data.folders { command += ["--data", folder.path] }
    command += ["--loso", "--seed", "\(seed)"] + words
    let trial = try LeaveOneOut(
      folders: data.folders, speakers: [speaker].compactMap { $0 }, recipe: recipe, work: folds,
      command: command.joined(separator: " "), threads: threads, trouble: data.leftOut.handler)
    let interrupt = Interrupt()
    let bar = data.bar
    let result = try trial.run(report: { Self.show($0, bar) }, shouldStop: { interrupt.wasRequested })
    switch result {
    case .finished(let report): return report
    case .stopped(let speaker):
      bar.end("stopped without \(speaker); saved in \(folds): the same command goes on from there")
      throw ExitCode.failure
    }
  }

  private static func show(_ progress: LeaveOneOut.Progress, _ bar: ProgressBar) {
    let what = "without \(progress.speaker), \(progress.fold + 1) of \(progress.folds)"
    func share(_ within: Double) -> Double { (Double(progress.fold) + within) / Double(progress.folds) }
    switch progress.step {
    case .reading(let done, let total):
      bar.show(what, share: share(0), "reading \(done) of \(total)")
    case .training(let training):
      bar.show(what, share: share(training.share), training.line)
      if training.endsEpoch { bar.note("\(what): \(training.line)") }
    case .scored(let fold):
      bar.note("\(what): \(fold.all.text), test \(fold.test.text)")
    }
  }
}
