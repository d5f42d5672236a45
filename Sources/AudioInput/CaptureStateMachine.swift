import Glibc

/// How a microphone is kept going: each result of a call, with the time at which it came, gives the next command and what
/// is to be told. Pure: it makes no calls and reads no clock.
///
///     opening ─► starting ─► running ─► (overrun) recovering ─► running
///        ▲  └──► waiting ◄──────┴─ gone, stalled, no progress ──────┘
///        └─────────┘
///     any ─► (nobody is to be heard) closing ─► paused ─► opening
///
/// Loss is measured by the clock: from the end of the last sound that was heard to the beginning of the first sound that
/// is heard again, whatever happened between. Small drifts between the device's clock and ours are followed, not lost; where
/// the device's is slow, it is told by how much. Sound that is missing and that no call told of may only be late, still in a
/// sound server or on its way from there: it is taken for lost when it has not come in a second.
package struct CaptureStateMachine {
  package struct Settings: Equatable {
    /// No sound for so long, though nothing failed, and the device counts as stalled. Milliseconds.
    package var stall = 2000
    /// One wait for sound. Milliseconds.
    package var wait = 500
    /// Between two attempts to open, whatever changes about the devices. Milliseconds.
    package var leastPause = 100
    package var firstPause = 250
    package var longestPause = 5000
    /// Overruns in a row, with no sound between them, before the device is closed and opened anew.
    package var recoveries = 5
    /// So far behind the clock with all read, and sound is missing that nobody told of. Milliseconds.
    package var silentLoss = 200
    /// Missing for so long, and it is lost, not late. Milliseconds.
    package var lateness = 1000
    /// A device that has fallen so much further behind the clock, and it is told. More than scheduling makes of a clock that
    /// is right. Milliseconds.
    package var delay = 10
    /// Sound that is read so far ahead of the clock comes from no microphone: ALSA's `null` and `file` devices have more
    /// whenever they are asked. Such a device is read at the pace of the clock. Milliseconds.
    package var lead = 1000

    package init() {}
  }

  /// The sound since the stream was started. Times in ns.
  private struct Run: Equatable {
    var sampleRate: Int
    /// When its first frame was heard; nil until it came. Follows the device's clock.
    var origin: Int64?
    var frames: Int64 = 0
    /// When something was last done with the stream.
    var lastStep: Int64
    /// For how long nothing has come.
    var silence: Int64 = 0
    /// What has been missing at each read of late; nil if nothing is.
    var missing: Missing?
    var recoveries = 0

    /// When the last frame was heard.
    var end: Int64? { origin.map { $0 + nanoseconds(frames, at: sampleRate) } }

    /// A wait is over. It counts for no more than it was to last: while the machine sleeps or the process is stopped the
    /// clock goes on, and nobody waits for sound.
    mutating func step(to now: Int64, longest: Int64) {
      silence += min(max(0, now - lastStep), longest)
      lastStep = now
    }
  }

  /// Sound that should have come. In ns.
  private struct Missing: Equatable {
    /// The least that was missing at any time: what came since was late.
    var least: Int64
    /// For how long something has been missing.
    var age: Int64 = 0
  }

  private enum State: Equatable {
    case opening
    case starting(Run)
    case running(Run)
    /// The stream is to be started again after an overrun; `suspended` while the machine may still be asleep.
    case recovering(Run, suspended: Bool)
    case waiting(pause: Int)
    /// Nobody is to be heard. `thenOpen` if that has changed before the device was closed.
    case closing(thenOpen: Bool)
    case paused
    case ended
  }

  private let settings: Settings
  private var state = State.opening
  /// The pause before the next attempt to open.
  private var nextPause: Int
  /// When the last attempt to open ended. Nanoseconds.
  private var lastOpening: Int64?
  /// When the last sound before a gap was heard; nil while nothing is missing.
  private var heardUntil: Int64?
  private var gapCause = AudioSourceItem.LossCause.overrun
  /// Below one millisecond and not yet told; below 0 if what came after all was told as lost. Nanoseconds.
  private var lossRemainder: Int64 = 0
  /// What was told as lost and has not come after all. Nanoseconds.
  private var toldLoss: Int64 = 0
  /// How far the device has fallen behind since that was told. Nanoseconds.
  private var delay: Int64 = 0
  private var toldRate: Int?
  private var toldFault: CaptureFault?
  /// Another reason than the one that was told, found once: a card that is just plugged in belongs to root for a moment,
  /// until udev has given it to its group. It is told when it is found again.
  private var otherCause: CaptureFault.Cause?
  private var toldListening = false

  package init(settings: Settings = Settings()) {
    self.settings = settings
    nextPause = settings.firstPause
  }

  /// What to do first.
  package var first: CaptureCommand { .open }

  /// Another fault was told from outside: this machine's is to be told again if it still holds.
  package mutating func forgetFault() {
    toldFault = nil
    otherCause = nil
  }

  package mutating func handle(
    _ event: CaptureEvent, now: Int64
  ) -> (command: CaptureCommand, reports: CaptureReports) {
    switch event {
    case .stop:
      state = .ended
      return (.end, CaptureReports())
    case .pauseWanted: return pause(now: now)
    default: break
    }
    switch state {
    case .opening: return opening(event, now: now)
    case .starting(let run): return starting(run, event, now: now)
    case .running(let run): return running(run, event, now: now)
    case .recovering(let run, let suspended): return recovering(run, suspended: suspended, event, now: now)
    case .waiting(let pause): return waiting(pause: pause, event, now: now)
    case .closing(let thenOpen): return closing(thenOpen: thenOpen, event)
    case .paused: return paused(event)
    case .ended: return (.end, CaptureReports())
    }
  }

  private mutating func opening(_ event: CaptureEvent, now: Int64) -> (CaptureCommand, CaptureReports) {
    lastOpening = now
    switch event {
    case .opened(let rate):
      state = .starting(Run(sampleRate: rate, lastStep: now))
      return (.start, CaptureReports())
    case .openFailed(let fault):
      return giveUp(fault, isOpen: false, now: now)
    default:
      return (.open, CaptureReports())
    }
  }

  private mutating func starting(_ run: Run, _ event: CaptureEvent, now: Int64) -> (CaptureCommand, CaptureReports) {
    switch event {
    case .started:
      var run = run
      run.lastStep = now
      state = .running(run)
      return (.wait(milliseconds: settings.wait), CaptureReports())
    case .failed(let number):
      return giveUp(Self.fault(number), now: now)
    default:
      return (.start, CaptureReports())
    }
  }

  private mutating func running(_ before: Run, _ event: CaptureEvent, now: Int64) -> (CaptureCommand, CaptureReports) {
    var run = before
    run.step(to: now, longest: Int64(settings.wait + Attention.longestRest) * 1_000_000)
    state = .running(run)
    switch event {
    case .read(let frames, let drained) where frames > 0:
      return heard(run, frames: frames, drained: drained, now: now)
    case .nothing, .read:
      if run.silence >= Int64(settings.stall) * 1_000_000 {
        remember(run, .outage)
        return giveUp(CaptureFault(cause: .stalled, errno: 0), now: now)
      }
      return (.wait(milliseconds: settings.wait), CaptureReports())
    case .failed(let number):
      return broken(run, number, now: now)
    default:
      return (.wait(milliseconds: settings.wait), CaptureReports())
    }
  }

  /// Sound came: count it, find out what is missing before it, and say that the device is listening.
  private mutating func heard(
    _ before: Run, frames: Int, drained: Bool, now: Int64
  ) -> (CaptureCommand, CaptureReports) {
    var run = before
    var reports = CaptureReports()
    var lead: Int64 = 0
    if let origin = run.origin {
      let behind = now - (origin + nanoseconds(run.frames + Int64(frames), at: run.sampleRate))
      if drained {
        let shift = compare(&run, behind: behind, &reports)
        run.origin = origin + shift
      } else {
        lead = -behind - Int64(settings.lead) * 1_000_000
      }
    } else {
      let origin = now - nanoseconds(Int64(frames), at: run.sampleRate)
      run.origin = origin
      if let heardUntil {
        reports.loss = loss(max(0, origin - heardUntil), gapCause)
        self.heardUntil = nil
      }
    }
    run.frames += Int64(frames)
    run.silence = 0
    run.recoveries = 0
    state = .running(run)
    // A device that comes and goes quickly is asked less and less often.
    if run.frames * 1000 >= Int64(settings.longestPause * run.sampleRate) { nextPause = settings.firstPause }
    if toldRate != run.sampleRate {
      toldRate = run.sampleRate
      reports.format = .format(sampleRate: Int32(clamping: run.sampleRate))
    }
    if !toldListening {
      toldListening = true
      toldFault = nil
      otherCause = nil
      reports.state = .listening
    }
    let pause = Int(lead / 1_000_000)
    return (pause > 0 ? .pause(milliseconds: pause) : .wait(milliseconds: settings.wait), reports)
  }

  /// Compares the sound with the clock: it ends `behind` ns before now, with all read.
  /// - Returns: by how much its origin is to be moved, in ns.
  private mutating func compare(_ run: inout Run, behind: Int64, _ reports: inout CaptureReports) -> Int64 {
    let most = Int64(settings.silentLoss) * 1_000_000
    if behind > most {
      guard var missing = run.missing else {
        run.missing = Missing(least: behind)
        return 0
      }
      missing.least = min(missing.least, behind)
      missing.age += run.silence
      run.missing = missing
      guard missing.age >= Int64(settings.lateness) * 1_000_000 else { return 0 }
      run.missing = nil
      reports.loss = loss(missing.least, .overrun)
      return missing.least
    }
    run.missing = nil
    if behind < -most {
      // More came than there was time for: some of what was taken for lost was only very late.
      takeBack(-behind)
      return behind
    }
    return follow(behind, for: run.silence, &reports)
  }

  /// Up to 500 millionths either way is how clocks differ; so much is followed.
  private mutating func follow(_ behind: Int64, for time: Int64, _ reports: inout CaptureReports) -> Int64 {
    let most = max(1, time / 2000)
    let followed = min(most, max(-most, behind))
    delay += followed
    let told = Int64(settings.delay) * 1_000_000
    if delay >= told {
      delay -= told
      if lossRemainder <= -told {
        lossRemainder += told
      } else {
        reports.delay = .late(milliseconds: Int64(settings.delay))
      }
    }
    return followed
  }

  /// A call on a running stream failed.
  private mutating func broken(
    _ run: Run, _ number: Int32, now: Int64
  ) -> (CaptureCommand, CaptureReports) {
    switch number {
    case EAGAIN, EINTR:
      return (.wait(milliseconds: settings.wait), CaptureReports())
    case EPIPE, ESTRPIPE:
      remember(run, number == ESTRPIPE ? .outage : .overrun)
      guard run.recoveries < settings.recoveries else {
        return giveUp(CaptureFault(cause: .stalled, errno: number), now: now)
      }
      var again = Run(sampleRate: run.sampleRate, lastStep: run.lastStep, silence: run.silence)
      again.recoveries = run.recoveries + 1
      state = .recovering(again, suspended: number == ESTRPIPE)
      return (number == ESTRPIPE ? .resume : .start, CaptureReports())
    default:
      remember(run, .outage)
      return giveUp(Self.fault(number), now: now)
    }
  }

  private mutating func recovering(
    _ run: Run, suspended: Bool, _ event: CaptureEvent, now: Int64
  ) -> (CaptureCommand, CaptureReports) {
    switch event {
    case .started:
      // `silence` stays: a stream that only ever starts is stalled all the same.
      var run = run
      run.lastStep = now
      state = .running(run)
      return (.wait(milliseconds: settings.wait), CaptureReports())
    case .failed(EAGAIN) where suspended:
      return (.pause(milliseconds: 100), CaptureReports())
    case .pauseEnded where suspended, .deviceFreed where suspended:
      return (.resume, CaptureReports())
    case .failed where suspended:
      state = .recovering(run, suspended: false)
      return (.start, CaptureReports())
    case .failed(let number):
      return giveUp(Self.fault(number), now: now)
    default:
      return (suspended ? .resume : .start, CaptureReports())
    }
  }

  private mutating func waiting(pause: Int, _ event: CaptureEvent, now: Int64) -> (CaptureCommand, CaptureReports) {
    switch event {
    case .pauseEnded(deviceChange: false):
      state = .opening
      return (.open, CaptureReports())
    case .pauseEnded(deviceChange: true):
      nextPause = settings.firstPause
      return openSoon(now: now)
    case .deviceFreed:
      // It may be free for us. Or it is as useless to somebody else as to us: then the pauses after this one grow all the same.
      return openSoon(now: now)
    default:
      return (.pause(milliseconds: pause), CaptureReports())
    }
  }

  /// At once, unless that was tried just now: two programs that cannot use one device, and of which each takes the other's
  /// attempts for a change, would keep the processor busy.
  private mutating func openSoon(now: Int64) -> (CaptureCommand, CaptureReports) {
    let least = Int64(settings.leastPause) * 1_000_000
    let left = lastOpening.map { (least - (now - $0) + 999_999) / 1_000_000 } ?? 0
    guard left > 0 else {
      state = .opening
      return (.open, CaptureReports())
    }
    state = .waiting(pause: Int(left))
    return (.pause(milliseconds: Int(left)), CaptureReports())
  }

  /// Closes the device, whatever it is doing. That it is closed is told once it is.
  private mutating func pause(now: Int64) -> (CaptureCommand, CaptureReports) {
    var reports = CaptureReports()
    switch state {
    case .paused: return (.sleep, reports)
    case .ended: return (.end, reports)
    case .running(let run) where heardUntil == nil: remember(run, .pause)
    case .opening, .starting, .running, .recovering, .waiting, .closing:
      reports.loss = becomeGap(.pause, now: now)
    }
    state = .closing(thenOpen: false)
    return (.release, reports)
  }

  private mutating func closing(thenOpen: Bool, _ event: CaptureEvent) -> (CaptureCommand, CaptureReports) {
    switch event {
    case .closed where thenOpen: return openAnew()
    case .closed:
      state = .paused
      forgetFault()
      toldListening = false
      var reports = CaptureReports()
      reports.state = .paused
      return (.sleep, reports)
    case .resumeWanted:
      state = .closing(thenOpen: true)
      return (.release, CaptureReports())
    default:
      return (.release, CaptureReports())
    }
  }

  private mutating func paused(_ event: CaptureEvent) -> (CaptureCommand, CaptureReports) {
    event == .resumeWanted ? openAnew() : (.sleep, CaptureReports())
  }

  private mutating func openAnew() -> (CaptureCommand, CaptureReports) {
    state = .opening
    nextPause = settings.firstPause
    return (.open, CaptureReports())
  }

  /// Closes the device, tells why, once, and tries again later.
  private mutating func giveUp(
    _ fault: CaptureFault, isOpen: Bool = true, now: Int64
  ) -> (CaptureCommand, CaptureReports) {
    let pause = nextPause
    nextPause = min(settings.longestPause, nextPause * 2)
    state = .waiting(pause: pause)
    toldListening = false
    var reports = CaptureReports()
    reports.loss = becomeGap(.outage, now: now)
    switch toldFault?.cause {
    case fault.cause?:
      otherCause = nil
    case _? where otherCause != fault.cause:
      otherCause = fault.cause
    case _:
      otherCause = nil
      toldFault = fault
      reports.state = .fault(fault)
    }
    return (isOpen ? .close(thenPause: pause) : .pause(milliseconds: pause), reports)
  }

  /// Sound is missing from now on.
  private mutating func remember(_ run: Run, _ cause: AudioSourceItem.LossCause) {
    if heardUntil == nil {
      gapCause = cause
      heardUntil = run.end
    } else if cause == .outage {
      gapCause = .outage
    }
  }

  /// From now on sound is missing for this reason. What is missing because nobody was to be heard is told apart from what
  /// is lost.
  private mutating func becomeGap(_ cause: AudioSourceItem.LossCause, now: Int64) -> CaptureReport? {
    defer { gapCause = cause }
    guard let heardUntil, (gapCause == .pause) != (cause == .pause) else { return nil }
    self.heardUntil = max(heardUntil, now)
    return loss(max(0, now - heardUntil), gapCause)
  }

  /// In whole milliseconds; what is over is kept for the next time, so that the stream's clock does not fall behind.
  private mutating func loss(_ nanoseconds: Int64, _ cause: AudioSourceItem.LossCause) -> CaptureReport? {
    lossRemainder += nanoseconds
    let milliseconds = max(0, lossRemainder / 1_000_000)
    lossRemainder -= milliseconds * 1_000_000
    toldLoss += milliseconds * 1_000_000
    return milliseconds > 0 ? .lost(milliseconds: milliseconds, cause: cause) : nil
  }

  /// So much of what was told as lost came after all. What was told stays told, and the stream's clock is ahead of ours; so it
  /// is set against what is lost next.
  private mutating func takeBack(_ nanoseconds: Int64) {
    let excess = min(nanoseconds, toldLoss)
    toldLoss -= excess
    lossRemainder -= excess
  }

  /// What an errno says about a device that was open.
  package static func fault(_ number: Int32) -> CaptureFault {
    let cause: CaptureFault.Cause =
      switch number {
      case EBUSY: .busy
      case EACCES, EPERM: .denied
      case EPIPE: .stalled
      default: .missing
      }
    return CaptureFault(cause: cause, errno: number)
  }
}
