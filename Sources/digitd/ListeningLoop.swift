package import AudioInput
package import DigitNetwork
package import EventFeed
import Events
package import Logging
import Recognition

/// Takes sound from a source, brings it through the stages, and publishes what they say: the loop of the microphone and of
/// a file.
///
/// Unchecked: it is made on one thread and then handed to the one that calls `run`; everything in it belongs to that one.
package final class ListeningLoop: @unchecked Sendable {
  private let source: any AudioSource
  private let stream: SoundStream
  private let hub: EventHub
  private let counters: Counters
  private let logger: Logger
  private let heartbeat: Heartbeat
  private let notifier: ServiceNotifier
  /// By how much the device's clock is known to be behind and the stream's not yet put forward.
  private var lateMs = 0
  /// Sound lost by an outage, until the device is back and its event tells.
  private var outageMs = 0
  /// Whether it was told that a channel is dead.
  private var toldDeadChannel = false
  /// What was last told of the microphone, if anything.
  private var toldDetail: String?
  /// Where utterances are kept, if somebody asked for it, and the sound that they are cut from.
  private let folder: UtteranceFolder?
  private let recent: RecentSoundBox?

  /// - Parameters:
  ///   - numberPause: seconds without a digit after which a number is over.
  ///   - folder: where utterances are kept; nil for nowhere.
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
        // What was heard before a file failed is published.
        finish()
        throw error
      }
      switch item {
      case .samples(let count): take(UnsafeBufferPointer(rebasing: buffer[..<count]))
      case .format(let rate): try change(rate: rate)
      case .lost(let milliseconds, let cause): lose(milliseconds, cause)
      case .late(let milliseconds): lateMs += milliseconds
      case .channels(let finding): tell(finding)
      case .device(let state, let name, let detail): change(state: state, name: name, detail: detail)
      case .idle: break
      case .end:
        finish()
        for warning in source.warnings { logger.warning("\(warning)") }
        return
      }
      // Frames flow, or it is known that there are none and why: then the service is well. A microphone that should give
      // sound and gives none is not.
      if case .idle = item, counters.state == .listening || source.isStuck { continue }
      heartbeat.beat()
    }
  }

  private func take(_ samples: UnsafeBufferPointer<Float>) {
    counters.count(frames: samples.count)
    stream.process(samples, emit: say)
    let mayRest = stream.mayRest
    if lateMs > 0, mayRest || lateMs >= Self.longestDelayMs { putClockForward() }
    source.attend(mayRest ? .resting : .close)
  }

  /// How far the clock may fall behind the wall in a noise that does not end, in ms.
  private static let longestDelayMs = 100

  /// Follows the wall where the device's clock is slow. Between words, so that none becomes longer than it is.
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
    // Nothing was lost that anybody wanted to have heard.
    if cause == .pause { return }
    counters.count(lostMs: milliseconds, overrun: cause == .overrun)
    // What an outage has cost comes with the word that the device is back. Where it was never said to be gone (the machine
    // slept), there is no such word.
    if cause == .outage, counters.state != .listening {
      outageMs += milliseconds
    } else {
      logger.debug("\(milliseconds) ms of sound were lost")
      hub.publish(.overrun(Event.Overrun(lostMs: milliseconds)))
    }
  }

  private func change(state: DeviceState, name: String, detail: String) {
    let feedState = Event.Device.State(rawValue: state.rawValue)
    // A microphone that was taken for listening says so once more with its first sound: no change, and no news. That one
    // is still missing that was missing from the start is no change either, but nobody has yet been told why.
    let isChange = counters.change(state: feedState, device: name)
    // Nothing more will join what was being said: it is published now.
    if state != .listening { stream.lose(milliseconds: 0, emit: say) }
    defer { toldDetail = detail }
    // Another reason for the same state is news for whoever has to mend it, and no event.
    guard isChange || (state != .listening && detail != toldDetail) else { return }
    let lostMs = state == .listening && outageMs > 0 ? outageMs : nil
    if state == .listening { outageMs = 0 }
    let incident = Incident.device.metadata(["STATE": feedState.rawValue, "DEVICE": name])
    switch state {
    case .listening, .paused: logger.notice("\(detail)", metadata: incident)
    case .lost, .busy, .denied, .stalled: logger.warning("\(detail)", metadata: incident)
    }
    notifier.status(detail)
    if isChange { hub.publish(.device(Event.Device(state: feedState, name: name, lostMs: lostMs))) }
  }

  private func finish() {
    stream.finish(emit: say)
    folder?.finish()
  }

  private func say(_ event: Event) {
    counters.count(event)
    hub.publish(event)
    keep(event)
    if case .condition(let condition) = event {
      let what: Logger.Message? =
        switch (condition.condition, condition.on) {
        case (.silent, true): "nothing but silence comes in: is the microphone muted?"
        case (.silent, false): "sound comes in again"
        case (.clipping, true): "the sound is clipped: the microphone is set too loud"
        case (.clipping, false): "the sound is no longer clipped"
        case (.hum, true): "a hum is louder than all else: the mains, or a motor near the microphone"
        case (.hum, false): "the hum is over"
        default: nil
        }
      if let what { logger.notice(what, metadata: Self.incident(condition)) }
    }
  }
}

/// The latest sound, shared by the stream that fills it and the loop that cuts utterances out of it, on one thread.
private final class RecentSoundBox {
  var sound = RecentSound(seconds: 10)
}

extension ListeningLoop {
  /// What is wrong with the channels: a condition each, which channels in the log.
  private func tell(_ finding: ChannelFinding) {
    let condition =
      switch finding {
      case .cancelling(let heard): Event.Condition(condition: .cancellingChannels, on: heard != nil)
      case .dead(let channels): Event.Condition(condition: .deadChannel, on: !channels.isEmpty)
      }
    logger.notice("\(finding.sentence)", metadata: Self.incident(condition))
    if condition.condition == .deadChannel {
      // That another one died is news for the log, and no other condition.
      guard condition.on != toldDeadChannel else { return }
      toldDeadChannel = condition.on
    }
    hub.publish(.condition(condition))
  }

  private static func incident(_ condition: Event.Condition) -> Logger.Metadata {
    Incident.condition.metadata(["CONDITION": condition.condition.rawValue, "ON": condition.on ? "1" : "0"])
  }

  /// Keeps the sound of an utterance that was decided, with 50 ms before it and 100 ms after it, as it was recognised.
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

/// Feeds systemd's watchdog, no more often than it takes.
struct Heartbeat {
  /// How long the loop may wait for sound at most, in ms.
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
