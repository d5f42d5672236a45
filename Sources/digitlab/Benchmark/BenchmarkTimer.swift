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
/// calls of one.
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
    let clock = ContinuousClock()
    var spent = 0.0
    repeat {
      let duration = clock.measure { stage.run() }.components
      let seconds = Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
      times.append(seconds)
      spent += seconds
    } while spent < seconds
  }
}
