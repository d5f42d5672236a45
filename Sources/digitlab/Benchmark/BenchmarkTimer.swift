#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The durations of repeated calls.
package struct Timings: Equatable {
  /// In seconds, the shortest first; never empty.
  private let sorted: [Double]

  /// - Returns: nil if there are no durations.
  package init?(_ seconds: [Double]) {
    guard !seconds.isEmpty else { return nil }
    sorted = seconds.sorted()
  }

  package var count: Int { sorted.count }
  package var shortest: Double { sorted[0] }

  /// The duration that this share of the calls did not exceed, by the nearest rank.
  package func percentile(_ share: Double) -> Double {
    let rank = Int((share * Double(sorted.count)).rounded(.up))
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }
}

/// Measures the stages in turns, so that a disturbance of the machine affects a few calls of every stage and not all
/// calls of one. It counts the thread's CPU time, which excludes waiting.
enum StageTimer {
  static let turns = 20

  /// - Parameter progress: the share done, 0…1, and the current stage.
  /// - Returns: the timings of each stage.
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

  /// Makes at least one call.
  private static func time(_ stage: BenchmarkStage, seconds: Double, into times: inout [Double]) {
    let end = ContinuousClock.now + .seconds(seconds)
    repeat {
      let start = computingSeconds()
      stage.run()
      times.append(computingSeconds() - start)
    } while ContinuousClock.now < end
  }

  /// The CPU time of this thread in seconds.
  private static func computingSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
