import DigitNetwork
import Training
import Wording

/// The results of the benchmark, for people and for programs.
struct BenchmarkReport: Codable, Equatable {
  struct Stage: Codable, Equatable {
    var key: String
    var name: String
    var calls: Int
    /// In milliseconds.
    var min, p50, p99: Double
    /// From the shortest time.
    var gigaflopsPerSecond: Double?
    var shareOfPeak: Double?
    /// From the median time.
    var shareOfRealTime: Double?

    enum CodingKeys: String, CodingKey {
      case key, name, calls
      case min = "min_ms"
      case p50 = "p50_ms"
      case p99 = "p99_ms"
      case gigaflopsPerSecond = "gflop_per_s"
      case shareOfPeak = "share_of_peak"
      case shareOfRealTime = "share_of_real_time"
    }
  }

  struct Training: Codable, Equatable {
    var samplesPerSecond: Double
    var batch: Int
    var threads: Int

    enum CodingKeys: String, CodingKey {
      case samplesPerSecond = "samples_per_s"
      case batch, threads
    }
  }

  struct Model: Codable, Equatable {
    var name: String
    var version: String
  }

  var machine: BenchmarkMachine
  var model: Model
  var stages: [Stage]
  var training: Training

  init(
    machine: BenchmarkMachine, model: SequenceModel.Metadata, stages: [(BenchmarkStage, Timings)], training: Training
  ) {
    let peak = stages.first { $0.0.isPeak }.flatMap { Self.speed($0.0, $0.1) }
    self.machine = machine
    self.model = Model(name: model.name, version: model.version)
    self.stages = stages.map { stage, timings in
      let speed = Self.speed(stage, timings)
      return Stage(
        key: stage.key, name: stage.name, calls: timings.count, min: 1e3 * timings.shortest,
        p50: 1e3 * timings.percentile(0.5), p99: 1e3 * timings.percentile(0.99), gigaflopsPerSecond: speed,
        shareOfPeak: speed.flatMap { speed in peak.map { speed / $0 } },
        shareOfRealTime: stage.soundSeconds.map { timings.percentile(0.5) / $0 })
    }
    self.training = training
  }

  private static func speed(_ stage: BenchmarkStage, _ timings: Timings) -> Double? {
    stage.operations.map { $0 / timings.shortest / 1e9 }
  }

  var text: String {
    let titles = ["milliseconds", "min", "p50", "p99", "GFLOP/s", "of peak", "of real time"]
    let rows = stages.map { stage in
      [
        stage.name, decimal(stage.min, 3), decimal(stage.p50, 3),
        decimal(stage.p99, 3), stage.gigaflopsPerSecond.map { decimal($0, 1) } ?? "",
        stage.shareOfPeak.map { decimal(100 * $0, 0) + " %" } ?? "",
        stage.shareOfRealTime.map { decimal(100 * $0, 3) + " %" } ?? "",
      ]
    }
    return
      [
        "\(machine.processor), \(machine.processors) processors, load \(decimal(machine.load, 1))"
          + " · kernels \(machine.kernels) of \(machine.available.joined(separator: ", ")) · \(machine.blas) · model \(model.name) \(model.version)",
        "", Table(header: titles, rows: rows, alignment: .numbers, isRuled: true).text, "",
        "training: \(decimal(training.samplesPerSecond, 0)) samples/s (batch \(training.batch), \(training.threads) threads)",
      ].joined(separator: "\n")
  }
}
