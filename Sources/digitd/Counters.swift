import AudioInput
import Events
import Synchronization

/// Everything that is counted since the start. The listener's thread counts, others look.
package final class Counters: Sendable {
  private struct Counts {
    var device: String
    var state: Event.Device.State
    /// What is wrong with the signal now, in the order in which it began.
    var conditions: [Event.Condition.Name] = []
    var sampleRate = 0
    var overruns = 0
    var lostMs = 0
    var utterances = 0
    var transcripts = 0
    var turnedDown: [Event.NotDetected.Reason: Int] = [:]
    var noiseFloorDBFS = -200.0
  }

  private let start = ContinuousClock.now
  private let frames = Atomic(0)
  private let counts: Mutex<Counts>

  package init(device: String, state: Event.Device.State) {
    counts = Mutex(Counts(device: device, state: state))
  }

  package var state: Event.Device.State { counts.withLock { $0.state } }
  package var device: String { counts.withLock { $0.device } }
  package var conditions: [Event.Condition.Name] { counts.withLock { $0.conditions } }

  /// So many frames came in. Takes no lock: it is called for every 10 ms.
  package func count(frames count: Int) { frames.add(count, ordering: .relaxed) }

  package func change(sampleRate: Int) { counts.withLock { $0.sampleRate = sampleRate } }

  /// - Returns: whether the state is another than before.
  package func change(state: Event.Device.State, device: String) -> Bool {
    counts.withLock { counts in
      defer { (counts.state, counts.device) = (state, device) }
      return counts.state != state
    }
  }

  package func count(lostMs: Int, overrun: Bool) {
    counts.withLock { counts in
      counts.lostMs += lostMs
      if overrun { counts.overruns += 1 }
    }
  }

  package func count(_ event: Event) {
    switch event {
    case .transcript:
      counts.withLock { counts in
        counts.utterances += 1
        counts.transcripts += 1
      }
    case .notDetected(let rejection):
      counts.withLock { counts in
        counts.utterances += 1
        counts.turnedDown[rejection.reason, default: 0] += 1
      }
    case .condition(let condition):
      counts.withLock { counts in
        counts.conditions.removeAll { $0 == condition.condition }
        if condition.on { counts.conditions.append(condition.condition) }
      }
    case .level(let level): counts.withLock { $0.noiseFloorDBFS = level.noiseFloorDBFS }
    default: break
    }
  }

  /// The counts as an answer, but for what only others know.
  package func status() -> Event.Status {
    let uptime = (ContinuousClock.now - start).components
    let usage = ProcessUsage.now()
    var status = counts.withLock { counts in
      Event.Status(
        device: counts.device, state: counts.state, sampleRate: counts.sampleRate, overruns: counts.overruns,
        lostMs: counts.lostMs, utterances: counts.utterances, transcripts: counts.transcripts,
        turnedDown: counts.turnedDown, noiseFloorDBFS: counts.noiseFloorDBFS)
    }
    status.uptimeSeconds = Double(uptime.seconds) + Double(uptime.attoseconds) * 1e-18
    status.frames = frames.load(ordering: .relaxed)
    status.cpuSeconds = usage.cpuSeconds
    status.memoryBytes = usage.residentBytes
    return status
  }
}
