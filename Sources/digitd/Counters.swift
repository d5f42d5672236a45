import AudioInput
package import Events
import Synchronization

/// All counts since the start. The listening thread counts, other threads read.
package final class Counters: Sendable {
  private struct Counts {
    var device: String
    var state: Event.Device.State
    /// The conditions that hold now, the oldest first.
    var conditions: [Event.Condition.Name] = []
    var sampleRate = 0
    var overruns = 0
    var lostMs = 0
    var utterances = 0
    var transcripts = 0
    var lastDigit: Event.Status.LastDigit?
    /// When the microphone went away, and how much of the outage is already counted.
    var outage: (since: ContinuousClock.Instant, countedMs: Int)?
    var rejections: [Event.NotDetected.Reason: Int] = [:]
    var noiseFloorDBFS = -200.0

    /// The part of the current outage that is not counted yet.
    var ongoingLossMs: Int {
      guard let outage else { return 0 }
      return max(0, Int((ContinuousClock.now - outage.since) / .milliseconds(1)) - outage.countedMs)
    }
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

  /// Counts incoming frames. Takes no lock, because it is called every 10 ms.
  package func count(frames count: Int) { frames.add(count, ordering: .relaxed) }

  package func change(sampleRate: Int) { counts.withLock { $0.sampleRate = sampleRate } }

  /// - Returns: whether the state changed.
  package func change(state: Event.Device.State, device: String) -> Bool {
    counts.withLock { counts in
      defer { (counts.state, counts.device) = (state, device) }
      switch state {
      case .listening, .paused: counts.outage = nil
      default: if counts.outage == nil { counts.outage = (.now, 0) }
      }
      return counts.state != state
    }
  }

  package func count(lostMs: Int, overrun: Bool) {
    counts.withLock { counts in
      counts.lostMs += lostMs
      counts.outage?.countedMs += lostMs
      if overrun { counts.overruns += 1 }
    }
  }

  package func count(_ event: Event) {
    switch event {
    case .transcript(let transcript):
      counts.withLock { counts in
        counts.lastDigit = Event.Status.LastDigit(digit: transcript.guess.digit, time: WallTime.now())
        counts.utterances += 1
        counts.transcripts += 1
      }
    case .notDetected(let rejection):
      counts.withLock { counts in
        counts.utterances += 1
        counts.rejections[rejection.reason, default: 0] += 1
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

  /// The counts as an answer, without the fields that other parts fill in.
  package func status() -> Event.Status {
    let usage = ProcessUsage.now()
    var status = counts.withLock { counts in
      Event.Status(
        device: counts.device, state: counts.state, conditions: counts.conditions, sampleRate: counts.sampleRate,
        overruns: counts.overruns, lostMs: counts.lostMs + counts.ongoingLossMs, utterances: counts.utterances,
        transcripts: counts.transcripts, lastDigit: counts.lastDigit, rejections: counts.rejections,
        noiseFloorDBFS: counts.noiseFloorDBFS)
    }
    status.uptimeSeconds = (ContinuousClock.now - start) / .seconds(1)
    status.frames = frames.load(ordering: .relaxed)
    status.cpuSeconds = usage.cpuSeconds
    status.memoryBytes = usage.residentBytes
    return status
  }
}
