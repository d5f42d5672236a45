import ArgumentParser
import DigitNetwork
import Dispatch
import FoundationEssentials
import Synchronization
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct TrainSequence: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train-sequence", abstract: "Teach the network that reads running speech.")

  @Option(help: ArgumentHelp("A data folder; may be given several times.", valueName: "dir"), completion: .directory)
  var data: [String]

  @Option(help: ArgumentHelp("The checkpoint to write and go on from.", valueName: "file"), completion: .file())
  var checkpoint: String

  @Option(help: "Names the weights: another seed, another model.")
  var seed: UInt64 = 1

  @Option(help: "Batches of 24 examples of 4.1 s.")
  var steps = SequenceRecipe().steps

  @Option(help: "The highest learning rate.")
  var rate = SequenceRecipe().peakRate

  @Option(help: ArgumentHelp("A checkpoint whose weights to begin with.", valueName: "file"), completion: .file())
  var from: String?

  @Option(help: ArgumentHelp("Learn nothing from this speaker; may be given several times.", valueName: "speaker"))
  var leaveOut: [String] = []

  @Option(help: "Threads to work on; their number does not change the result.")
  var threads = 2

  func run() throws {
    var recipe = SequenceRecipe()
    recipe.seed = seed
    recipe.steps = steps
    recipe.peakRate = rate
    let loaded = try TrainingData(
      folders: data.map { try DataFolder($0) }, leavingOut: Set(leaveOut), threads: threads)
    note("learning from \(loaded.learned.count) recordings")
    let architecture = SequenceArchitecture.standard(labels: SequenceComposer.labels)
    let trainer = try SequenceTrainer(
      bank: try SequenceBank(loaded.learned), recipe: recipe, architecture: architecture, checkpoint: checkpoint,
      start: try from.map { try CheckpointFile<SequenceArchitecture>(path: $0).tensors } ?? [:], threads: threads)
    let finished = try trainer.run(
      report: { progress in
        let line = [progress.wordLoss, progress.activityLoss, progress.secondsPerStep]
          .map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: "  ")
        note("step \(progress.step)/\(progress.steps)  words, activity, s/step: \(line)")
      }, shouldStop: { false })
    if !finished { throw ExitCode.failure }
  }

  private func note(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}
