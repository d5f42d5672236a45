import Glibc

/// Keeps a microphone running: takes the result of each call with its time, and returns the next command and the
/// reports. Pure: it makes no calls and reads no clock.
///
///     opening ─► starting ─► running ─► (overrun) recovering ─► running
///        ▲  └──► waiting ◄──────┴─ gone, stalled, no progress ──────┘
///        └─────────┘
///     any ─► (pause requested) closing ─► paused ─► opening
///
/// Loss is measured by the clock: from the end of the last sound before a gap to the beginning of the first sound after
/// it. Small drifts between the device's clock and ours are followed and are no loss; the delay of a slow device is
/// reported. Sound that is missing without an error may only be late, in or on the way from a sound server: it counts
/// as lost when it has not come within a second.
package struct CaptureStateMachine {
  package struct Settings: Equatable {
    /// Milliseconds without sound and without an error after which the device counts as stalled.
    package var stall = 2000
    /// The length of one wait for sound, in milliseconds.
    package var wait = 500
    /// The shortest time between two attempts to open, even when devices change, in milliseconds.
    package var leastPause = 100
    package var firstPause = 250
    package var longestPause = 5000
    /// Consecutive overruns without sound after which the device is closed and reopened.
    package var recoveries = 5
    /// Sound counts as missing if everything is read and it ends this many milliseconds behind the clock.
    package var silentLoss = 200
    /// Milliseconds after which missing sound counts as lost, not late.
    package var lateness = 1000
    /// A further delay of the device's clock is reported from this many milliseconds on: more than scheduling causes
    /// with a correct clock.
    package var delay = 10
    /// A device whose sound is this many milliseconds ahead of the clock is not a microphone: ALSA's `null` and `file`
    /// devices always have more. Such a device is read at the pace of the clock.
    package var lead = 1000

    package init() {}
  }

  /// The sound since the stream was started. Times are in ns.
  private struct Run: Equatable {
    var sampleRate: Int
    /// The time of its first frame; nil before that. Follows the device's clock.
    var origin: Int64?
    var frames: Int64 = 0
    /// The time of the last call on the stream.
    var lastStep: Int64
    /// How long no sound has come.
    var silence: Int64 = 0
    /// The amount missing at each recent read; nil if nothing is missing.
    var missing: Missing?
    var recoveries = 0

    /// The time of the last frame.
    var end: Int64? { origin.map { $0 + nanoseconds(frames, at: sampleRate) } }

    /// Counts a wait, at its intended length at most: while the machine sleeps or the process is stopped, the clock
    /// goes on but no wait for sound is under way.
    mutating func step(to now: Int64, longest: Int64) {
      silence += min(max(0, now - lastStep), longest)
      lastStep = now
    }
  }

  /// Missing sound, in ns.
  private struct Missing: Equatable {
    /// The least that was missing at any time; what came since then was late.
    var least: Int64
    /// How long something has been missing.
    var age: Int64 = 0
  }

  private enum State: Equatable {
    case opening
    case starting(Run)
    case running(Run)
    /// The stream must be restarted after an overrun; `suspended` while the machine may still be asleep.
    case recovering(Run, suspended: Bool)
    case waiting(pause: Int)
    /// A pause. `thenOpen` if it ended before the device was closed.
    case closing(thenOpen: Bool)
    case paused
    case ended
  }

  private let settings: Settings
  private var state = State.opening
  /// The pause before the next attempt to open.
  private var nextPause: Int
  /// When the last attempt to open ended, in ns.
  private var lastOpening: Int64?
  /// The time of the last sound before a gap; nil while nothing is missing.
  private var heardUntil: Int64?
  private var gapCause = AudioSourceItem.LossCause.overrun
  private var ledger: LossLedger
  private var reportedRate: Int?
  private var reportedFault: CaptureFault?
  /// A reason that differs from the reported one and was found once. It is reported when it is found again, because a
  /// card that has just been plugged in belongs to root until udev has given it to its group.
  private var otherCause: CaptureFault.Cause?
  private var reportedListening = false

  package init(settings: Settings = Settings()) {
    self.settings = settings
    nextPause = settings.firstPause
    ledger = LossLedger(delay: settings.delay)
  }

  /// The first command.
  package var first: CaptureCommand { .open }

  /// A fault was reported from outside: this machine's own fault is reported again if it still holds.
  package mutating func forgetFault() {
    reportedFault = nil
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

  /// Sound came: counts it, finds out what is missing before it, and reports `listening`.
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
        reports.loss = ledger.loss(max(0, origin - heardUntil), gapCause)
        self.heardUntil = nil
      }
    }
    run.frames += Int64(frames)
    run.silence = 0
    run.recoveries = 0
    state = .running(run)
    // A device that comes and goes quickly is retried less and less often.
    if run.frames * 1000 >= Int64(settings.longestPause * run.sampleRate) { nextPause = settings.firstPause }
    if reportedRate != run.sampleRate {
      reportedRate = run.sampleRate
      reports.format = .format(sampleRate: Int32(clamping: run.sampleRate))
    }
    if !reportedListening {
      reportedListening = true
      reportedFault = nil
      otherCause = nil
      reports.state = .listening
    }
    let pause = Int(lead / 1_000_000)
    return (pause > 0 ? .pause(milliseconds: pause) : .wait(milliseconds: settings.wait), reports)
  }

  /// Compares the sound with the clock: it ends `behind` ns before now, with everything read.
  /// - Returns: how far its origin moves, in ns.
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
      reports.loss = ledger.loss(missing.least, .overrun)
      return missing.least
    }
    run.missing = nil
    if behind < -most {
      // More came than fits into the time: some of the sound counted as lost was only very late.
      ledger.takeBack(-behind)
      return behind
    }
    let (shift, delay) = ledger.follow(behind, for: run.silence)
    reports.delay = delay
    return shift
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
      // `silence` stays: a stream that only ever starts still counts as stalled.
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
      // The device may be free now. If another program finds it as unusable as this one does, the following pauses
      // still grow.
      return openSoon(now: now)
    default:
      return (.pause(milliseconds: pause), CaptureReports())
    }
  }

  /// At once, unless the last attempt was just now: two programs that cannot use a device, and take each other's
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

  /// Closes the device in any state; reported when it is closed.
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
      reportedListening = false
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

  /// Closes the device, reports why once, and retries later.
  private mutating func giveUp(
    _ fault: CaptureFault, isOpen: Bool = true, now: Int64
  ) -> (CaptureCommand, CaptureReports) {
    let pause = nextPause
    nextPause = min(settings.longestPause, nextPause * 2)
    state = .waiting(pause: pause)
    reportedListening = false
    var reports = CaptureReports()
    reports.loss = becomeGap(.outage, now: now)
    switch reportedFault?.cause {
    case fault.cause?:
      otherCause = nil
    case _? where otherCause != fault.cause:
      otherCause = fault.cause
    case _:
      otherCause = nil
      reportedFault = fault
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

  /// Sound is missing from now on for this reason. Sound missing because of a pause is kept apart from lost sound.
  private mutating func becomeGap(_ cause: AudioSourceItem.LossCause, now: Int64) -> CaptureReport? {
    defer { gapCause = cause }
    guard let heardUntil, (gapCause == .pause) != (cause == .pause) else { return nil }
    self.heardUntil = max(heardUntil, now)
    return ledger.loss(max(0, now - heardUntil), gapCause)
  }

  /// The meaning of an errno from an open device.
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
