import AudioInput
import Glibc
import Testing

/// A machine told to pause: each step is what a call returned, so many milliseconds after the one before.
private struct Script {
  var machine = CaptureStateMachine(settings: .testing)
  var now: Int64 = 5_000_000_000

  mutating func step(
    _ event: CaptureEvent, after milliseconds: Int = 0
  ) -> (command: CaptureCommand, reports: [CaptureReport]) {
    now += Int64(milliseconds) * 1_000_000
    let step = machine.handle(event, now: now)
    var reports: [CaptureReport] = []
    step.reports.forEach { reports.append($0) }
    return (step.command, reports)
  }

  /// Opens, starts and hears a second of sound, its last piece just now.
  mutating func listen() {
    _ = step(.opened(sampleRate: 16_000))
    _ = step(.started)
    for _ in 0..<100 { _ = step(.read(frames: 160, drained: true), after: 10) }
  }
}

private let missing = CaptureFault(cause: .missing, errno: ENOENT)

@Suite struct CapturePauseTests {
  @Test func `a pause closes the device and is reported once it is closed`() {
    var script = Script()
    script.listen()
    let asked = script.step(.pauseWanted)
    #expect(asked.command == .release && asked.reports.isEmpty)
    let closed = script.step(.closed, after: 40)
    #expect(closed.command == .sleep && closed.reports == [.paused])
    // Whatever else happens meanwhile it sleeps on.
    let again = script.step(.pauseWanted, after: 1000)
    #expect(again.command == .sleep && again.reports.isEmpty)
  }

  @Test func `the end of a pause opens and starts the device and reports the pause, not as a loss`() {
    var script = Script()
    script.listen()
    _ = script.step(.pauseWanted)
    _ = script.step(.closed)
    #expect(script.step(.resumeWanted, after: 3_600_000).command == .open)
    #expect(script.step(.opened(sampleRate: 16_000), after: 20).command == .start)
    #expect(script.step(.started).command == .wait(milliseconds: 500))
    let first = script.step(.read(frames: 160, drained: true), after: 30)
    #expect(first.reports == [.lost(milliseconds: 3_600_040, cause: .pause), .listening])
  }

  @Test func `a pause that is taken back before the device is closed opens it again`() {
    var script = Script()
    script.listen()
    _ = script.step(.pauseWanted)
    #expect(script.step(.resumeWanted).command == .release)
    let closed = script.step(.closed)
    #expect(closed.command == .open && closed.reports.isEmpty)
  }

  @Test func `a pause that is wanted again before the device is closed is one pause`() {
    var script = Script()
    script.listen()
    for event in [CaptureEvent.pauseWanted, .resumeWanted, .pauseWanted] {
      #expect(script.step(event).command == .release)
    }
    #expect(script.step(.closed).command == .sleep)
  }

  @Test func `a missing device is not tried during a pause, and its loss is reported apart`() {
    // Given a device that went away half a second before the pause
    var script = Script()
    script.listen()
    _ = script.step(.failed(errno: ENODEV))
    _ = script.step(.pauseEnded(deviceChange: false), after: 250)
    _ = script.step(.openFailed(missing))
    let asked = script.step(.pauseWanted, after: 250)
    #expect(asked.command == .release && asked.reports == [.lost(milliseconds: 500, cause: .outage)])
    #expect(script.step(.closed).command == .sleep)
    // When it is still away after an hour of pause
    #expect(script.step(.resumeWanted, after: 3_600_000).command == .open)
    let failed = script.step(.openFailed(missing))
    // Then the pause is over, and the same fault is told again
    #expect(failed.reports == [.lost(milliseconds: 3_600_000, cause: .pause), .fault(missing)])
    #expect(failed.command == .pause(milliseconds: 250))
    _ = script.step(.pauseEnded(deviceChange: false), after: 250)
    _ = script.step(.opened(sampleRate: 16_000))
    _ = script.step(.started)
    #expect(
      script.step(.read(frames: 160, drained: true), after: 10).reports == [
        .lost(milliseconds: 250, cause: .outage), .listening,
      ])
  }

  @Test func `a pause before the first sound loses nothing`() {
    var script = Script()
    #expect(script.step(.pauseWanted).command == .release)
    #expect(script.step(.closed).reports == [.paused])
    #expect(script.step(.resumeWanted, after: 60_000).command == .open)
    _ = script.step(.opened(sampleRate: 16_000))
    _ = script.step(.started)
    #expect(
      script.step(.read(frames: 160, drained: true), after: 10).reports == [.format(sampleRate: 16_000), .listening])
  }

  @Test(arguments: [CaptureEvent.opened(sampleRate: 16_000), .started, .failed(errno: EPIPE), .nothing])
  func `capture can be paused in any state`(after event: CaptureEvent) {
    var script = Script()
    script.listen()
    _ = script.step(event)
    #expect(script.step(.pauseWanted).command == .release)
    #expect(script.step(.closed).command == .sleep)
  }

  @Test func `paused capture can be stopped`() {
    var script = Script()
    script.listen()
    _ = script.step(.pauseWanted)
    _ = script.step(.closed)
    #expect(script.step(.stop).command == .end)
    #expect(script.step(.pauseWanted).command == .end)
  }
}
