import AudioInput
import Glibc
import Testing

/// A machine and its clock: each step is what a call returned, so many milliseconds after the one before.
private struct Script {
  var machine = CaptureStateMachine(settings: .testing)
  var now: Int64 = 5_000_000_000
  var reports: [CaptureReport] = []

  @discardableResult
  mutating func step(_ event: CaptureEvent, after milliseconds: Double = 0) -> CaptureCommand {
    now += Int64(milliseconds * 1_000_000)
    let step = machine.handle(event, now: now)
    step.reports.forEach { reports.append($0) }
    return step.command
  }

  /// Opens, starts and hears `milliseconds` of sound in pieces of 10 ms.
  mutating func listen(milliseconds: Int, rate: Int = 16_000) {
    step(.opened(sampleRate: rate))
    step(.started)
    hear(milliseconds: milliseconds, rate: rate)
  }

  mutating func hear(milliseconds: Int, rate: Int = 16_000) {
    for _ in 0..<(milliseconds / 10) { step(.read(frames: rate / 100, drained: true), after: 10) }
  }

  /// Listens for a second and takes the reports, then misses `milliseconds` of sound of which no call tells.
  mutating func miss(milliseconds: Int) {
    listen(milliseconds: 1000)
    _ = takeReports()
    step(.read(frames: 160, drained: true), after: Double(milliseconds + 10))
  }

  mutating func takeReports() -> [CaptureReport] {
    defer { reports = [] }
    return reports
  }
}

private let missing = CaptureFault(cause: .missing, errno: ENOENT)

@Suite struct CaptureStateMachineTests {
  @Test func `it opens, starts and listens`() {
    var script = Script()
    #expect(script.machine.first == .open)
    #expect(script.step(.opened(sampleRate: 48_000)) == .start)
    #expect(script.step(.started) == .wait(milliseconds: 500))
    #expect(script.takeReports().isEmpty)  // nothing was heard yet
    #expect(script.step(.read(frames: 480, drained: true), after: 30) == .wait(milliseconds: 500))
    #expect(script.takeReports() == [.format(sampleRate: 48_000), .listening])
    script.hear(milliseconds: 1000, rate: 48_000)
    #expect(script.takeReports().isEmpty)
  }

  @Test func `it listens for years`() {
    // Given ten years of sound, an hour at a time, nothing of it lost
    var script = Script()
    script.listen(milliseconds: 1000, rate: 48_000)
    _ = script.takeReports()
    for _ in 0..<87_600 { script.step(.read(frames: 3600 * 48_000, drained: true), after: 3_600_000) }
    // Then it goes on listening, and says nothing of a loss
    #expect(script.step(.read(frames: 480, drained: true), after: 10) == .wait(milliseconds: 500))
    #expect(script.takeReports().isEmpty)
  }

  @Test func `after an overrun capture starts again, and the loss is taken from the clock`() {
    // Given a second of sound, its last piece at the end of it
    var script = Script()
    script.listen(milliseconds: 1000)
    _ = script.takeReports()
    // When an overrun is noticed 700 ms later and the first new piece of 10 ms comes 30 ms after that
    #expect(script.step(.failed(errno: EPIPE), after: 700) == .start)
    #expect(script.step(.started, after: 20) == .wait(milliseconds: 500))
    #expect(script.takeReports().isEmpty)
    #expect(script.step(.read(frames: 160, drained: true), after: 10) == .wait(milliseconds: 500))
    // Then 720 ms are missing: from the end of the old sound to the beginning of the new
    #expect(script.takeReports() == [.lost(milliseconds: 720, cause: .overrun)])
    script.hear(milliseconds: 500)
    #expect(script.takeReports().isEmpty)
  }

  @Test func `overruns without sound between them end in closing the device`() {
    var script = Script()
    script.listen(milliseconds: 100)
    _ = script.takeReports()
    for _ in 0..<5 {
      #expect(script.step(.failed(errno: EPIPE), after: 5) == .start)
      #expect(script.step(.started) == .wait(milliseconds: 500))
    }
    #expect(script.step(.failed(errno: EPIPE), after: 5) == .close(thenPause: 250))
    #expect(script.takeReports() == [.fault(CaptureFault(cause: .stalled, errno: EPIPE))])
  }

  @Test func `overruns with sound between them may go on for ever`() {
    var script = Script()
    script.listen(milliseconds: 100)
    _ = script.takeReports()
    for _ in 0..<100 {
      #expect(script.step(.failed(errno: EPIPE), after: 50) == .start)
      script.step(.started)
      script.step(.read(frames: 160, drained: true), after: 10)
      #expect(script.takeReports() == [.lost(milliseconds: 50, cause: .overrun)])
    }
  }

  @Test func `a suspension is waited out`() {
    var script = Script()
    script.listen(milliseconds: 100)
    _ = script.takeReports()
    #expect(script.step(.failed(errno: ESTRPIPE), after: 60_000) == .resume)
    #expect(script.step(.failed(errno: EAGAIN)) == .pause(milliseconds: 100))
    #expect(script.step(.pauseEnded(deviceChange: false), after: 100) == .resume)
    #expect(script.step(.started) == .wait(milliseconds: 500))
    script.step(.read(frames: 160, drained: true), after: 10)
    #expect(script.takeReports() == [.lost(milliseconds: 60_100, cause: .outage)])
  }

  @Test func `a device that cannot resume is started again`() {
    var script = Script()
    script.listen(milliseconds: 100)
    script.step(.failed(errno: ESTRPIPE))
    #expect(script.step(.failed(errno: ENOSYS)) == .start)
    #expect(script.step(.failed(errno: ENODEV)) == .close(thenPause: 250))
  }

  @Test(arguments: [
    (EIO, CaptureFault.Cause.missing), (ENODEV, .missing), (EBADFD, .missing), (ENXIO, .missing), (EBUSY, .busy),
    (EACCES, .denied),
  ])
  func `a device that went away is closed, reported once and tried later`(number: Int32, cause: CaptureFault.Cause) {
    var script = Script()
    script.listen(milliseconds: 6000)
    _ = script.takeReports()
    // When it goes away
    #expect(script.step(.failed(errno: number), after: 10) == .close(thenPause: 250))
    #expect(script.takeReports() == [.fault(CaptureFault(cause: cause, errno: number))])
    // Then it is asked for after pauses that grow to 5 s, without another word
    let same = CaptureEvent.openFailed(CaptureFault(cause: cause, errno: ENOENT))
    for pause in [500, 1000, 2000, 4000, 5000, 5000, 5000] {
      #expect(script.step(.pauseEnded(deviceChange: false), after: Double(pause / 2)) == .open)
      #expect(script.step(same) == .pause(milliseconds: pause))
    }
    #expect(script.takeReports().isEmpty)
    // And when it is back, the loss is told, and that it listens
    #expect(script.step(.pauseEnded(deviceChange: false), after: 40) == .open)
    let opened = script.now
    #expect(script.step(.opened(sampleRate: 16_000)) == .start)
    script.step(.started)
    script.step(.read(frames: 160, drained: true), after: 10)
    #expect(opened - 5_000_000_000 == 17_300_000_000)
    #expect(script.takeReports() == [.lost(milliseconds: 11_300, cause: .outage), .listening])
  }

  @Test func `a change among the devices shortens the wait for the next attempt`() {
    var script = Script()
    for pause in [250, 500, 1000] {
      #expect(script.step(.openFailed(missing)) == .pause(milliseconds: pause))
      #expect(script.step(.pauseEnded(deviceChange: false)) == .open)
    }
    #expect(script.step(.openFailed(missing)) == .pause(milliseconds: 2000))
    #expect(script.step(.pauseEnded(deviceChange: true), after: 300) == .open)
    #expect(script.step(.openFailed(missing)) == .pause(milliseconds: 250))
  }

  @Test func `a device that becomes free is tried at once, and the waits grow`() {
    var script = Script()
    for pause in [250, 500, 1000, 2000, 4000, 5000, 5000] {
      #expect(script.step(.openFailed(missing)) == .pause(milliseconds: pause))
      #expect(script.step(.deviceFreed, after: 200) == .open)
    }
  }

  /// Two programs that fail to use one device free it in turn.
  @Test(arguments: [CaptureEvent.pauseEnded(deviceChange: true), .deviceFreed])
  func `whatever changes, a tenth of a second lies between two attempts`(event: CaptureEvent) {
    var script = Script()
    script.step(.openFailed(missing))
    #expect(script.step(event, after: 3) == .pause(milliseconds: 97))
    // Another change in that time does not make it shorter
    #expect(script.step(event, after: 40.5) == .pause(milliseconds: 57))
    #expect(script.step(.pauseEnded(deviceChange: false), after: 57) == .open)
    // Nor does it help that the device opens, and fails then
    script.step(.opened(sampleRate: 16_000))
    script.step(.failed(errno: EIO), after: 20)
    #expect(script.step(event, after: 1) == .pause(milliseconds: 79))
    #expect(script.step(event, after: 79) == .open)
  }

  /// A card that is just plugged in may be opened only when udev has seen to it.
  @Test func `another reason is reported when it is found twice`() {
    var script = Script()
    let busy = CaptureFault(cause: .busy, errno: EBUSY)
    let denied = CaptureFault(cause: .denied, errno: ENOENT)
    for fault in [missing, missing, denied, missing, busy, busy, denied, denied, missing, busy, missing, missing] {
      script.step(.openFailed(fault))
      script.step(.pauseEnded(deviceChange: false))
    }
    #expect(script.takeReports() == [.fault(missing), .fault(busy), .fault(denied), .fault(missing)])
  }

  @Test func `before the first sound nothing is lost`() {
    var script = Script()
    script.step(.openFailed(missing))
    script.step(.pauseEnded(deviceChange: false), after: 60_000)
    script.listen(milliseconds: 10)
    #expect(script.takeReports() == [.fault(missing), .format(sampleRate: 16_000), .listening])
  }

  @Test func `a device that gives nothing is stalled after two seconds`() {
    var script = Script()
    script.listen(milliseconds: 1000)
    _ = script.takeReports()
    for _ in 0..<3 { #expect(script.step(.nothing, after: 500) == .wait(milliseconds: 500)) }
    #expect(script.step(.nothing, after: 500) == .close(thenPause: 250))
    #expect(script.takeReports() == [.fault(CaptureFault(cause: .stalled, errno: 0))])
    // Opened anew and stalled again: no second word.
    script.step(.pauseEnded(deviceChange: false), after: 250)
    script.step(.opened(sampleRate: 16_000))
    script.step(.started)
    for _ in 0..<3 { #expect(script.step(.nothing, after: 500) == .wait(milliseconds: 500)) }
    #expect(script.step(.nothing, after: 500) == .close(thenPause: 500))
    #expect(script.takeReports().isEmpty)
    // Sound again: all of it is missing but the piece that came.
    script.step(.pauseEnded(deviceChange: false), after: 500)
    script.listen(milliseconds: 10)
    #expect(script.takeReports() == [.lost(milliseconds: 4750, cause: .outage), .listening])
  }

  /// The clock counts the sleep of the machine, and a wait does not.
  @Test(arguments: [8000, 3_600_000]) func `a machine that slept is no stall`(milliseconds: Double) {
    // Given a device that listens, and a machine that sleeps, or a process that is stopped, during a wait
    var script = Script()
    script.listen(milliseconds: 1000)
    _ = script.takeReports()
    // Then that wait counts for a wait and a rest, and the device has until 2 s were waited
    #expect(script.step(.nothing, after: milliseconds) == .wait(milliseconds: 500))
    for _ in 0..<2 { #expect(script.step(.nothing, after: 500) == .wait(milliseconds: 500)) }
    #expect(script.takeReports().isEmpty)
    #expect(script.step(.nothing, after: 500) == .close(thenPause: 250))
  }

  @Test func `a device is given time after a suspension`() {
    var script = Script()
    script.listen(milliseconds: 1000)
    _ = script.takeReports()
    // Given a device that is started again after an hour of sleep
    #expect(script.step(.failed(errno: ESTRPIPE), after: 3_600_000) == .resume)
    #expect(script.step(.failed(errno: ENOSYS), after: 10) == .start)
    #expect(script.step(.started, after: 10) == .wait(milliseconds: 500))
    // When its first sound takes a second
    for _ in 0..<2 { #expect(script.step(.nothing, after: 500) == .wait(milliseconds: 500)) }
    script.step(.read(frames: 160, drained: true), after: 10)
    // Then nothing but the loss is told
    #expect(script.takeReports() == [.lost(milliseconds: 3_601_020, cause: .outage)])
  }

  @Test func `reads that give no frames are no progress`() {
    var script = Script()
    script.listen(milliseconds: 100)
    for _ in 0..<199 { #expect(script.step(.read(frames: 0, drained: true), after: 10) == .wait(milliseconds: 500)) }
    #expect(script.step(.read(frames: 0, drained: true), after: 10) == .close(thenPause: 250))
  }

  @Test func `interrupted calls are made again`() {
    var script = Script()
    script.listen(milliseconds: 100)
    _ = script.takeReports()
    #expect(script.step(.failed(errno: EINTR)) == .wait(milliseconds: 500))
    #expect(script.step(.failed(errno: EAGAIN)) == .wait(milliseconds: 500))
    #expect(script.takeReports().isEmpty)
  }

  @Test func `a device that cannot start is closed`() {
    var script = Script()
    script.step(.opened(sampleRate: 16_000))
    #expect(script.step(.failed(errno: EPIPE)) == .close(thenPause: 250))
    #expect(script.takeReports() == [.fault(CaptureFault(cause: .stalled, errno: EPIPE))])
  }

  @Test func `a device that comes back at another rate is reported with that rate`() {
    var script = Script()
    script.listen(milliseconds: 100, rate: 16_000)
    script.step(.failed(errno: ENODEV), after: 10)
    script.step(.pauseEnded(deviceChange: true), after: 290)
    _ = script.takeReports()
    script.listen(milliseconds: 10, rate: 48_000)
    #expect(
      script.takeReports() == [.format(sampleRate: 48_000), .lost(milliseconds: 300, cause: .outage), .listening])
  }

  @Test func `a device that comes and goes is tried less and less often`() {
    var script = Script()
    for pause in [250, 500, 1000, 2000, 4000, 5000] {
      script.listen(milliseconds: 100)
      #expect(script.step(.failed(errno: ENODEV)) == .close(thenPause: pause))
      script.step(.pauseEnded(deviceChange: false))
    }
    script.listen(milliseconds: 5000)
    #expect(script.step(.failed(errno: ENODEV)) == .close(thenPause: 250))
  }

  @Test func `sound that is missing without an error is noticed by the clock`() {
    var script = Script()
    // 800 ms pass, 10 ms come, and there is no more to read, nor in the second that follows: 790 were lost.
    script.miss(milliseconds: 790)
    script.hear(milliseconds: 990)
    #expect(script.takeReports().isEmpty)
    script.hear(milliseconds: 10)
    #expect(script.takeReports() == [.lost(milliseconds: 790, cause: .overrun)])
    script.hear(milliseconds: 3000)
    #expect(script.takeReports().isEmpty)
    // The same, but the rest is still in the device's buffer: nothing was lost.
    script.step(.read(frames: 640, drained: false), after: 800)
    for _ in 0..<18 { script.step(.read(frames: 640, drained: false), after: 1) }
    script.step(.read(frames: 640, drained: true), after: 1)
    #expect(script.takeReports().isEmpty)
  }

  @Test(arguments: [0, 500]) func `sound that is late is not lost`(milliseconds: Int) {
    // Given a process that was stopped for 1.6 s, and all but 10 ms of what it missed still in the sound server
    var script = Script()
    script.miss(milliseconds: 1590)
    script.hear(milliseconds: milliseconds)
    // When that comes a moment later
    script.step(.read(frames: 1590 * 16, drained: true))
    script.hear(milliseconds: 3000)
    // Then nothing was lost
    #expect(script.takeReports().isEmpty)
    // And what is lost later is told in full
    script.step(.read(frames: 160, drained: true), after: 3010)
    script.hear(milliseconds: 1000)
    #expect(script.takeReports() == [.lost(milliseconds: 3000, cause: .overrun)])
  }

  @Test func `of missing sound only that which never comes is lost`() {
    var script = Script()
    script.miss(milliseconds: 1590)
    // Half of it comes late
    script.step(.read(frames: 800 * 16, drained: true), after: 5)
    script.hear(milliseconds: 1000)
    #expect(script.takeReports() == [.lost(milliseconds: 795, cause: .overrun)])
  }

  @Test func `an overrun while sound is missing counts all the missing sound as lost`() {
    var script = Script()
    script.miss(milliseconds: 1590)
    script.step(.failed(errno: EPIPE), after: 100)
    script.step(.started)
    script.step(.read(frames: 160, drained: true), after: 10)
    #expect(script.takeReports() == [.lost(milliseconds: 1690, cause: .overrun)])
    script.hear(milliseconds: 2000)
    #expect(script.takeReports().isEmpty)
  }

  @Test(arguments: [true, false]) func `sound that comes after it was reported as lost is set against the next loss`(
    isReported: Bool
  ) {
    // Given 1590 ms that were taken for lost and came after all
    var script = Script()
    script.miss(milliseconds: 1590)
    script.hear(milliseconds: 1000)
    #expect(script.takeReports() == [.lost(milliseconds: 1590, cause: .overrun)])
    script.step(.read(frames: 1590 * 16, drained: true))
    script.hear(milliseconds: 1000)
    #expect(script.takeReports().isEmpty)
    // When 3000 ms are lost, with or without a word from the device
    if isReported {
      script.step(.failed(errno: EPIPE), after: 3000)
      script.step(.started)
      script.hear(milliseconds: 1000)
    } else {
      script.step(.read(frames: 160, drained: true), after: 3010)
      script.hear(milliseconds: 1000)
    }
    // Then what was told adds up to that
    #expect(script.takeReports() == [.lost(milliseconds: 1410, cause: .overrun)])
    script.step(.failed(errno: EPIPE), after: 300)
    script.step(.started)
    script.hear(milliseconds: 1000)
    #expect(script.takeReports() == [.lost(milliseconds: 300, cause: .overrun)])
  }

  @Test func `sound that waited before the first read is not set against a loss`() {
    // Given a stream whose first read is late, so that its beginning is placed too late
    var script = Script()
    script.step(.opened(sampleRate: 16_000))
    script.step(.started)
    script.step(.read(frames: 160, drained: false), after: 400)
    script.step(.read(frames: 390 * 16, drained: true))
    script.hear(milliseconds: 1000)
    _ = script.takeReports()
    // Then an overrun costs what it costs
    script.step(.failed(errno: EPIPE), after: 500)
    script.step(.started)
    script.hear(milliseconds: 10)
    #expect(script.takeReports() == [.lost(milliseconds: 500, cause: .overrun)])
  }

  @Test(arguments: [100, 400, 3000]) func `a device that always has more is read at the pace of the clock`(piece: Int) {
    // Given a device that gives as much as it is asked for, at once
    var script = Script()
    script.listen(milliseconds: 1000)
    var heard = 1000
    let beginning = script.now
    // When it is asked for ten minutes
    while script.now - beginning < 600_000_000_000 {
      if case .pause(let milliseconds) = script.step(.read(frames: piece * 16, drained: false), after: 1) {
        #expect(
          script.step(.pauseEnded(deviceChange: false), after: Double(milliseconds)) == .wait(milliseconds: 500))
      }
      heard += piece
      #expect(heard <= Int((script.now - beginning) / 1_000_000) + 1000 + 1000 + piece)
    }
    // Then it has given ten minutes of sound and no word of loss
    #expect(heard > 600_000)
    #expect(script.takeReports() == [.format(sampleRate: 16_000), .listening])
  }

  @Test func `sound that waited in a microphone is read at once`() {
    // Given three seconds of sound that wait because the process was stopped
    var script = Script()
    script.listen(milliseconds: 1000)
    script.now += 3_000_000_000
    // Then no piece of it is paused for
    for _ in 0..<29 {
      #expect(script.step(.read(frames: 1600, drained: false), after: 1) == .wait(milliseconds: 500))
    }
    #expect(script.step(.read(frames: 1600, drained: true), after: 1) == .wait(milliseconds: 500))
    #expect(script.takeReports() == [.format(sampleRate: 16_000), .listening])
  }

  @Test(arguments: [0.9997, 1.0003]) func `a clock that drifts is followed`(speed: Double) {
    // Given a device whose clock is 300 millionths off, for two hours
    var script = Script()
    script.listen(milliseconds: 10)
    for _ in 0..<720_000 { script.step(.read(frames: 160, drained: true), after: 10 * speed) }
    let reports = script.takeReports()
    #expect(reports.prefix(2) == [.format(sampleRate: 16_000), .listening])
    // Then it is told how far a slow one has fallen behind: 300 millionths of two hours
    #expect(reports.dropFirst(2).allSatisfy { $0 == .late(milliseconds: 10) })
    #expect((speed > 1 ? 214...216 : 0...0).contains(reports.count - 2))
    // And an overrun costs what it costs, not the drift of two hours
    script.step(.failed(errno: EPIPE), after: 100)
    script.step(.started)
    script.step(.read(frames: 160, drained: true), after: 10)
    guard case .lost(let milliseconds, .overrun)? = script.takeReports().first else {
      Issue.record("no loss was told")
      return
    }
    #expect(abs(milliseconds - 100) <= 1)
  }

  @Test func `fractions of a loss add up`() {
    var script = Script()
    script.listen(milliseconds: 100)
    _ = script.takeReports()
    var told: Int64 = 0
    for _ in 0..<100 {
      script.step(.failed(errno: EPIPE), after: 0.4)
      script.step(.started)
      script.step(.read(frames: 160, drained: true), after: 10)
      for case .lost(let milliseconds, _) in script.takeReports() { told += milliseconds }
    }
    #expect(abs(told - 40) <= 1)
  }

  @Test func `stop ends it in any state`() {
    var scripts = [Script(), Script(), Script(), Script(), Script()]
    scripts[1].step(.opened(sampleRate: 8000))
    scripts[2].listen(milliseconds: 10)
    scripts[3].listen(milliseconds: 10)
    scripts[3].step(.failed(errno: EPIPE))
    scripts[4].step(.openFailed(missing))
    for var script in scripts {
      #expect(script.step(.stop) == .end)
      #expect(script.step(.pauseEnded(deviceChange: true)) == .end)
    }
  }

  /// Whatever the calls return, in whatever order: the machine's sound and losses add up to the time that passed,
  /// states are told only when they change, and pauses stay within bounds.
  @Test(arguments: 1...20 as ClosedRange<UInt64>) func `whatever comes, the clock is kept`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var script = Script()
    script.listen(milliseconds: 10)
    let start = script.now - 10_000_000
    var command = CaptureCommand.wait(milliseconds: 500)
    var clockMs = 10.0
    /// When nothing came for 500 ms, of late.
    var gaps: [Int64] = []
    var state: CaptureReport? = .listening
    _ = script.takeReports()
    for _ in 0..<20_000 {
      let event: CaptureEvent
      var passed = 0.0
      switch command {
      case .open:
        let faults = [CaptureFault.Cause.missing, .busy, .denied].map { CaptureFault(cause: $0, errno: 1) }
        event =
          Bool.random(using: &random)
          ? .opened(sampleRate: 16_000) : .openFailed(faults.randomElement(using: &random) ?? missing)
      case .start, .resume:
        event =
          Int.random(in: 0..<4, using: &random) > 0
          ? .started : .failed(errno: [EPIPE, EIO, EAGAIN].randomElement(using: &random) ?? EIO)
      case .wait:
        switch Int.random(in: 0..<300, using: &random) {
        case 2: event = .pauseWanted
        case 0: event = .failed(errno: [EPIPE, ESTRPIPE, EIO, ENODEV, EBUSY].randomElement(using: &random) ?? EIO)
        case 1:
          event = .nothing
          passed = 500
          gaps.append(script.now)
        default:
          event = .read(frames: 160, drained: true)
          passed = 10
        }
      case .pause(let milliseconds), .close(let milliseconds):
        #expect((100...5000).contains(milliseconds))
        event = .pauseEnded(deviceChange: Bool.random(using: &random))
        passed = Double(milliseconds)
      case .release:
        // Now and then it is no longer wanted before it is done, and then is again.
        event = [.closed, .closed, .pauseWanted, .resumeWanted].randomElement(using: &random) ?? .closed
      case .sleep:
        event = .resumeWanted
        passed = Double(Int.random(in: 0..<10_000, using: &random))
      case .end:
        Issue.record("it ended by itself")
        return
      }
      command = script.step(event, after: passed)
      if case .read = event { clockMs += 10 }
      for report in script.takeReports() {
        switch report {
        case .lost(let milliseconds, _), .late(let milliseconds): clockMs += Double(milliseconds)
        case .listening, .fault, .paused:
          // A pause that is wanted again before anything was heard is told again.
          #expect(report != state || report == .paused)
          state = report
        case .format: Issue.record("the rate did not change")
        case .channels: Issue.record("the machine knows no channels")
        }
      }
      if case .read = event {
        let wall = Double(script.now - start) / 1_000_000
        // Within what is taken for jitter, not for loss, and what may still come: for a second, or until it is known
        // for how long what was missing before has been.
        gaps.removeAll { script.now - $0 > 2_600_000_000 }
        #expect(wall - clockMs < 202 + 500 * Double(gaps.count) && clockMs - wall < 2)
      }
    }
  }
}
