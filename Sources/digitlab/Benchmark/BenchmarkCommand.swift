import ArgumentParser
import CommandSupport
import DigitNetwork
import Training
import Wording

struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.benchmark.abstract,
    discussion: """
      Each stage is measured on its own, in one thread, in turns, by processor time, so that other load affects all stages \
      equally. GFLOP/s come from the shortest time, the share of real time from the median. The peak is that of the widest \
      instruction set that the kernels and the processor have in common; with AVX-512 VNNI, operations on 16-bit integers \
      count as well. OpenBLAS chooses its own kernels, whatever OPENBLAS_CORETYPE says.
      """)

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("How long to measure each stage, in seconds.", valueName: "s"))
  var seconds = 2.0

  @Option(help: ArgumentHelp("Threads that training uses.", valueName: "n"))
  var trainingThreads = 2

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else { throw ValidationError("--seconds must be more than 0, and at most 3600") }
    try ThreadsOption.check(trainingThreads, "--training-threads")
  }

  func run() throws {
    BenchmarkMachine.letOpenBLASChoose()
    let model = try model.load()
    let batch = SequenceRecipe().batch
    let stages = try BenchmarkStage.all(for: model)
    let bar = ProgressBar()
    let timings = StageTimer.measure(stages, seconds: seconds) { share, name in
      bar.show("measuring", share: share * 0.9, name)
    }
    bar.show("measuring", share: 0.9, "training")
    let trained = TrainingBenchmark.run(
      seconds: seconds, batch: batch, threads: trainingThreads, architecture: model.metadata.architecture)
    bar.end("\(stages.count) stages, \(decimal(seconds, 1)) s each")
    let report = BenchmarkReport(
      machine: .this(kernels: KernelTable.best.name, available: KernelTable.usable.map(\.name)), model: model.metadata,
      stages: zip(stages, timings).map { ($0, $1) },
      training: .init(samplesPerSecond: trained, batch: batch, threads: trainingThreads))
    try StandardOutput.untilClosed { try StandardOutput.write(line: json ? try report.json() : report.text) }
  }
}
