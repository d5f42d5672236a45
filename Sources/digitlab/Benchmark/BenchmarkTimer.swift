#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How long the calls of something took.
package struct Timings: Equatable {
  /// In seconds, the shortest first; never empty.
  private let sorted: [Double]

  /// - Returns: nil if there are no times.
  package init?(_ seconds: [Double]) {
    guard !seconds.isEmpty else { return nil }
    sorted = seconds.sorted()
  }

  package var count: Int { sorted.count }
  package var shortest: Double { sorted[0] }

  /// The time that a share of the calls did not exceed, by the nearest rank.
  package func percentile(_ share: Double) -> Double {
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }
}

/// Measures stages in turns: whatever disturbs the machine for a while disturbs a part of every stage's calls, not all
/// calls of one. What counts is the time that the thread was computing: not what it waited for a neighbour.
enum StageTimer {
  static let turns = 20

  /// - Parameter progress: how far it is, 0…1, and what is being measured.
  /// - Returns: one for each stage.
  static func measure(
    _ stages: [BenchmarkStage], seconds: Double, progress: (Double, String) -> Void
  ) -> [Timings] {
    var times = [[Double]](repeating: [], count: stages.count)
    for stage in stages { for _ in 0..<3 { stage.run() } }
    for turn in 0..<turns {
      for (index, stage) in stages.enumerated() {
        progress(Double(turn * stages.count + index) / Double(turns * stages.count), stage.name)
        time(stage, seconds: seconds / Double(turns), into: &times[index])
      }
    }
    return times.compactMap(Timings.init)
  }

  /// At least one call.
  private static func time(_ stage: BenchmarkStage, seconds: Double, into times: inout [Double]) {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      let start = computingSeconds()
      stage.run()
      times.append(computingSeconds() - start)
    } while ContinuousClock.now < end
  }

  /// How long this thread has been computing.
  private static func computingSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
