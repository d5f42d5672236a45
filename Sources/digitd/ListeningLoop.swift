package import AudioInput
package import DigitNetwork
package import EventFeed
import Events
package import Logging
import Recognition
import Wording

/// Reads sound from a source, passes it through the stages, and publishes their events: the loop of the microphone and
/// of a file.
///
/// Unchecked: it is made on one thread and handed to the thread that calls `run`, which owns everything in it.
package final class ListeningLoop: @unchecked Sendable {
  private let source: any AudioSource
  private let stream: SoundStream
  private let hub: EventHub
  private let counters: Counters
  private let logger: Logger
  private let heartbeat: Heartbeat
  private let notifier: ServiceNotifier
  /// The known delay of the device's clock by which the stream's clock has not been moved yet.
  private var lateMs = 0
  /// Sound lost by the current outage; reported with the event that the device is back.
  private var outageMs = 0
  /// Whether a dead channel was reported.
  private var reportedDeadChannel = false
  /// What keeps the microphone from being heard, as last reported.
  private var reportedDetail: String?
  /// Where utterances are kept, if requested, and the sound that they are cut from.
  private let folder: UtteranceFolder?
  private let recent: RecentSoundBox?

  /// - Parameters:
  ///   - numberPause: seconds without a digit after which a number is over.
  ///   - folder: where utterances are kept; nil if they are not.
  /// - Throws: if FFTW cannot plan the transform.
  package init(
    source: any AudioSource, model: SequenceModel, numberPause: Double = SoundStream.Settings().numberPause,
    hub: EventHub,
    counters: Counters, notifier: ServiceNotifier,
    logger: Logger, folder: UtteranceFolder? = nil
  ) throws {
    self.source = source
    self.hub = hub
    self.counters = counters
    self.logger = logger
    self.notifier = notifier
    self.folder = folder
    let recent = folder.map { _ in RecentSoundBox() }
    self.recent = recent
    stream = try SoundStream(
      model: model, settings: SoundStream.Settings(numberPause: numberPause), wantsSpectrum: { hub.wants(.spectrum) },
      heard: recent.map { recent in { recent.sound.append($0) } })
    heartbeat = Heartbeat(notifier: notifier)
  }

  /// Runs until the source ends.
  package func run() throws {
    // 10 ms at any rate that a source may have.
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: AudioConditioner.inputRates.upperBound / 100)
    buffer.initialize(repeating: 0)
    defer { buffer.deallocate() }
    while true {
      let item: AudioSourceItem
      do {
        item = try source.read(into: buffer, timeoutMilliseconds: heartbeat.interval)
      } catch {
        // The results before a file failed are published.
        finish()
        throw error
      }
      switch item {
      case .samples(let count): take(UnsafeBufferPointer(rebasing: buffer[..<count]))
      case .format(let rate): try change(rate: rate)
      case .lost(let milliseconds, let cause): lose(milliseconds, cause)
      case .late(let milliseconds): lateMs += milliseconds
      case .channels(let finding): report(finding)
      case .device(let state, let name, let detail): change(state: state, name: name, detail: detail)
      case .idle: break
      case .end:
        finish()
        for warning in source.warnings { logger.warning("\(warning)") }
        return
      }
      // The service is healthy if frames come, or if it is known why none come. A microphone that should give sound and
      // gives none is not healthy.
      if case .idle = item, counters.state == .listening || source.isStuck { continue }
      heartbeat.beat()
    }
  }

  private func take(_ samples: UnsafeBufferPointer<Float>) {
    counters.count(frames: samples.count)
    stream.process(samples, emit: say)
    let isIdle = stream.isIdle
    if lateMs > 0, isIdle || lateMs >= Self.longestDelayMs { putClockForward() }
    source.attend(isIdle ? .resting : .close)
  }

  /// How far the clock may fall behind the wall clock during sound without a pause, in ms.
  private static let longestDelayMs = 100

  /// Catches up with the wall clock if the device's clock is slow; between words, so that no word becomes longer.
  private func putClockForward() {
    stream.putClockForward(milliseconds: lateMs)
    recent?.sound.skip(milliseconds: Double(lateMs))
    lateMs = 0
  }

  private func change(rate: Int) throws {
    counters.change(sampleRate: rate)
    try stream.begin(rate: rate, emit: say)
  }

  private func lose(_ milliseconds: Int, _ cause: AudioSourceItem.LossCause) {
    stream.lose(milliseconds: milliseconds, emit: say)
    recent?.sound.skip(milliseconds: Double(milliseconds))
    // No wanted sound was lost.
    if cause == .pause { return }
    counters.count(lostMs: milliseconds, overrun: cause == .overrun)
    // The event that the device is back gives the loss of an outage. If it was never reported as gone (the machine
    // slept), there is no such event.
    if cause == .outage, counters.state != .listening {
      outageMs += milliseconds
    } else {
      let overrun = Event.Overrun(lostMs: milliseconds)
      logger.debug("\(overrun.sentence)")
      hub.publish(.overrun(overrun))
    }
  }

  private func change(state: DeviceState, name: String, detail: String?) {
    let feedState = Event.Device.State(rawValue: state.rawValue)
    // The first sound of a microphone that was reported as listening is not a change. Neither is a microphone that is
    // still missing since the start, but its reason has not been logged yet.
    let isChange = counters.change(state: feedState, device: name)
    // No further sound can belong to the current speech, so its results are published now.
    if state != .listening {
      stream.lose(milliseconds: 0, emit: say)
      // Nothing is known of a closed device. A call that hangs leaves it open, and the conditions with it.
      if !source.isStuck { stream.endConditions(emit: publish) }
    }
    defer { reportedDetail = detail }
    // Another reason for the same state is logged, because it helps to fix it, but it is not an event.
    guard isChange || (state != .listening && detail != reportedDetail) else { return }
    let lostMs = state == .listening && outageMs > 0 ? outageMs : nil
    if state == .listening { outageMs = 0 }
    let sentence = detail ?? feedState.sentence(about: name)
    let incident = Incident.device.metadata(["STATE": feedState.rawValue, "DEVICE": name])
    switch state {
    case .listening, .paused: logger.notice("\(sentence)", metadata: incident)
    case .lost, .busy, .denied, .stalled: logger.warning("\(sentence)", metadata: incident)
    }
    notifier.status(sentence)
    if isChange { hub.publish(.device(Event.Device(state: feedState, name: name, lostMs: lostMs))) }
  }

  private func finish() {
    stream.finish(emit: say)
    folder?.finish()
  }

  private func publish(_ event: Event) {
    counters.count(event)
    hub.publish(event)
  }

  private func say(_ event: Event) {
    publish(event)
    keep(event)
    if case .condition(let condition) = event {
      logger.notice("\(condition.sentence)", metadata: Self.incident(condition))
    }
  }
}

/// The latest sound, shared by the stream that fills it and the loop that cuts utterances out of it, on one thread.
private final class RecentSoundBox {
  var sound = RecentSound(seconds: 10)
}

extension ListeningLoop {
  /// Faults of the channels: a condition for each, with the channels in the log.
  private func report(_ finding: ChannelFinding) {
    let condition =
      switch finding {
      case .cancelling(let heard): Event.Condition(condition: .cancellingChannels, on: heard != nil)
      case .dead(let channels): Event.Condition(condition: .deadChannel, on: !channels.isEmpty)
      }
    logger.notice("\(finding.sentence)", metadata: Self.incident(condition))
    if condition.condition == .deadChannel {
      // Another dead channel is logged, but it is not a new condition.
      guard condition.on != reportedDeadChannel else { return }
      reportedDeadChannel = condition.on
    }
    publish(.condition(condition))
  }

  private static func incident(_ condition: Event.Condition) -> Logger.Metadata {
    Incident.condition.metadata(["CONDITION": condition.condition.rawValue, "ON": condition.on ? "1" : "0"])
  }

  /// Keeps the sound of an utterance with its result, with 50 ms before it and 100 ms after it, as it was recognised.
  private func keep(_ event: Event) {
    guard let folder, let recent else { return }
    let timing: Event.Timing
    switch event {
    case .transcript(let transcript): timing = transcript.timing
    case .notDetected(let rejection): timing = rejection.timing
    default: return
    }
    folder.keep(
      recent.sound.cut(fromMs: timing.startMs - 50, toMs: timing.endMs + 100),
      EventEnvelope(time: WallTime.now(), sequence: hub.lastSequence, event: event))
  }
}

/// Feeds systemd's watchdog, no more often than necessary.
struct Heartbeat {
  /// The longest wait for sound, in ms.
  let interval: Int
  private let notifier: ServiceNotifier
  private let pause: Duration
  private let last = LastBeat()

  private final class LastBeat {
    var time: ContinuousClock.Instant?
  }

  init(notifier: ServiceNotifier) {
    self.notifier = notifier
    // systemd advises half the time; a third leaves room for a slow moment.
    let third = notifier.watchdogMilliseconds.map { max(1, $0 / 3) }
    interval = min(1000, third ?? 1000)
    pause = .milliseconds(third ?? 0)
  }

  func beat() {
    guard notifier.watchdogMilliseconds != nil else { return }
    let now = ContinuousClock.now
    if let time = last.time, now - time < pause { return }
    last.time = now
    notifier.watchdog()
  }
}
