import Foundation
import Testing
import digitlab

@Suite struct BenchmarkCommandTests {
  @Test func `percentiles are by the nearest rank`() throws {
    let timings = try #require(Timings((1...200).reversed().map(Double.init)))
    #expect(timings.count == 200)
    #expect(timings.shortest == 1)
    #expect(timings.percentile(0.5) == 100)
    #expect(timings.percentile(0.99) == 198)
    #expect(timings.percentile(1) == 200)
    #expect(Timings([7])?.percentile(0.99) == 7)
    #expect(Timings([]) == nil)
  }

  @Test func `the processor's name is found wherever it stands`() {
    #expect(
      BenchmarkMachine.processorName(in: "processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD  EPYC \n") == "AMD EPYC")
    #expect(
      BenchmarkMachine.processorName(in: "BogoMIPS\t: 108.00\n\nModel\t\t: Raspberry Pi 5\n") == "Raspberry Pi 5")
    #expect(BenchmarkMachine.processorName(in: "processor : 0\nmodel name :\n") == nil)
    #expect(BenchmarkMachine.processorName(in: "") == nil)
  }

  private struct Report: Decodable {
    struct Machine: Decodable {
      var processor: String
      var kernels: String
      var available: [String]
      var blas: String
    }
    struct Stage: Decodable {
      var key: String
      var calls: Int
      var min_ms: Double
      var p50_ms: Double
      var p99_ms: Double
      var gflop_per_s: Double?
      var share_of_peak: Double?
      var share_of_real_time: Double?
    }
    struct Training: Decodable {
      var samples_per_s: Double
    }
    var machine: Machine
    var stages: [Stage]
    var training: Training
  }

  @Test(.enabled(if: Command.hasModel, "there is no model in Models/")) func `every stage is measured`() async throws {
    let result = try await Command.run(["benchmark", "--json", "--seconds", "0.02"])
    #expect(result.status == 0)
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(!report.machine.processor.isEmpty && !report.machine.kernels.isEmpty)
    #expect(
      Set(report.stages.map(\.key)).isSuperset(of: [
        "conditioning-16k", "features", "voice-activity", "decoder", "speaking", "listening", "sgemm",
      ]))
    #expect(report.machine.available.last == report.machine.kernels)
    // The network and the peak once for each instruction set that the processor has.
    for name in report.machine.available {
      #expect(report.stages.contains { $0.key == "network-\(name)" }, "\(name)")
      #expect(report.stages.contains { $0.key == "peak-\(name)" && ($0.gflop_per_s ?? 0) > 0 }, "\(name)")
    }
    for stage in report.stages {
      #expect(stage.calls > 0 && stage.min_ms > 0, "\(stage.key)")
      #expect(stage.min_ms <= stage.p50_ms && stage.p50_ms <= stage.p99_ms, "\(stage.key)")
      #expect((stage.gflop_per_s == nil) == (stage.share_of_peak == nil), "\(stage.key)")
    }
    #expect(report.stages.first { $0.key == "peak-\(report.machine.kernels)" }?.share_of_peak == 1)
    #expect(report.training.samples_per_s > 0)
  }

  @Test(.enabled(if: Command.hasModel, "there is no model in Models/"))
  func `the environment does not hold OpenBLAS back`()
    async throws
  {
    var kinds: [String] = []
    for environment in [[:], ["OPENBLAS_CORETYPE": "Prescott"]] {
      let result = try await Command.run(["benchmark", "--json", "--seconds", "0.02"], environment: environment)
      kinds.append(try JSONDecoder().decode(Report.self, from: Data(result.output.utf8)).machine.blas)
    }
    #expect(kinds[0] == kinds[1])
  }

  @Test(.enabled(if: Command.hasModel, "there is no model in Models/")) func `a person gets a table`() async throws {
    let lines = try await Command.run(["benchmark", "--seconds", "0.02"]).lines
    let columns = try #require(lines.first { $0.hasPrefix("milliseconds") })
    #expect(columns.hasSuffix("of real time"))
    #expect(lines.contains { $0.hasPrefix("mel spectrogram ") })
    #expect(lines.last?.contains("samples/s") == true)
  }

  @Test(arguments: ["0", "-1", "nan", "1e9"]) func `a time without sense is wrong usage`(seconds: String) async throws {
    #expect(try await Command.run(["benchmark", "--seconds=\(seconds)"]).status == 64)
  }
}
