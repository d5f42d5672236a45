package import EventFeed
package import Events
import Wording

/// The state of the daemon as `watch` knows it from the events.
package struct WatchBoard: Sendable {
  package enum Link: Sendable, Equatable {
    case connecting
    case connected
    /// One sentence.
    case disconnected(String)
  }

  /// A line of the history.
  package struct Entry: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
      case digit(Event.Guess)
      case rejected(Event.NotDetected.Reason, Event.Guess?)
      /// Several digits that were said one after another.
      case number(Event.Number)
      /// Other news.
      case note(String, Style)
    }

    package var time: WallTime
    package var content: Content
    /// From the end of the sound to the decision, in ms.
    var waitMs: Double?
    /// The time of the sound, on the wall clock.
    package var sound: ClosedRange<WallTime>?
  }

  package struct LevelPoint: Sendable, Equatable {
    package var time: WallTime
    package var level: Event.Level
  }

  /// A spectrum, as in `Event.Spectrum`.
  package struct SpectrumPoint: Sendable, Equatable {
    package var time: WallTime
    package var bandsDBFS: [Int]
  }

  static let keptEntries = 200

  package private(set) var link = Link.connecting
  package private(set) var hello: Event.Hello?
  package private(set) var device: (state: Event.Device.State, name: String)?
  package private(set) var conditions: [Event.Condition.Name] = []
  package private(set) var isSpeech = false
  /// Newest last.
  package private(set) var entries: [Entry] = []
  package private(set) var levels: [LevelPoint] = []
  package private(set) var spectra: [SpectrumPoint] = []
  package private(set) var recognised = 0
  package private(set) var rejected = 0
  /// The time of the last event, or a later one that was passed.
  package private(set) var now: WallTime?

  package init() {}

  /// The last word that was recognised or rejected.
  package var last: Entry? {
    entries.last { entry in
      switch entry.content {
      case .digit, .rejected: true
      case .number, .note: false
      }
    }
  }

  /// The state in a sentence, and its style.
  package var state: (sentence: String, style: Style) {
    switch link {
    case .connecting: return ("connecting", .dim)
    case .disconnected(let sentence): return ("\(sentence); trying again", .bad)
    case .connected:
      guard let device else { return ("connected", .dim) }
      if device.state == .listening, let condition = conditions.last {
        return (Event.Condition(condition: condition, on: true).sentence, .warning)
      }
      return (device.state.sentence(about: device.name), Self.style(of: device.state))
    }
  }

  private static func style(of state: Event.Device.State) -> Style {
    switch state {
    case .listening: .good
    case .paused: .warning
    default: .bad
    }
  }

  package mutating func apply(_ update: EventClient.Update) {
    switch update {
    case .connected(let hello):
      let isOther = self.hello.map { $0.session != hello.session } ?? false
      link = .connected
      self.hello = hello
      device = (hello.state, hello.device)
      conditions = hello.conditions
      isSpeech = false
      if isOther { note("another run of the daemon", .warning) }
    case .disconnected(let error, _):
      let sentence = printable("\(error)")
      if case .connected = link { note(sentence, .bad) }
      link = .disconnected(sentence)
      isSpeech = false
    case .gap(let missing): note("\(counted(missing, "event")) missing here", .warning)
    case .event(let envelope): apply(envelope)
    }
  }

  mutating func passTime(to time: WallTime) {
    guard let now, time.millisecondsSinceEpoch > now.millisecondsSinceEpoch else { return }
    self.now = time
  }

  private mutating func apply(_ envelope: EventEnvelope) {
    now = envelope.time
    switch envelope.event {
    case .voiceStarted: isSpeech = true
    case .voiceStopped: isSpeech = false
    case .transcript(let transcript):
      recognised += 1
      add(.digit(transcript.guess), transcript.timing, at: envelope.time)
    case .number(let number):
      if number.hasOwnLine { append(Entry(time: envelope.time, content: .number(number))) }
    case .notDetected(let rejection):
      rejected += 1
      add(.rejected(rejection.reason, rejection.bestGuess), rejection.timing, at: envelope.time)
    case .level(let level):
      levels.append(LevelPoint(time: envelope.time, level: level))
      // Removes many at once, because each removal at the front moves the rest of the array.
      if levels.count > 2400 { levels.removeFirst(levels.count - 1200) }
    case .spectrum(let spectrum):
      spectra.append(SpectrumPoint(time: envelope.time, bandsDBFS: spectrum.bandsDBFS))
      if spectra.count > 2400 { spectra.removeFirst(spectra.count - 1200) }
    case .device(let device):
      self.device = (device.state, device.name)
      if device.state != .listening { isSpeech = false }
      let words = Event.device(device).words ?? ""
      note(words, Self.style(of: device.state), at: envelope.time)
    case .condition(let condition):
      conditions.removeAll { $0 == condition.condition }
      if condition.on { conditions.append(condition.condition) }
      note(condition.sentence, condition.on ? .warning : .good, at: envelope.time)
    case .overrun, .dropped, .error: note(envelope.event.words ?? "", .warning, at: envelope.time)
    case .hello, .info, .status, .pong, .subscribed, .recordingTranscript, .unknown: break
    }
  }

  private mutating func add(_ content: Entry.Content, _ timing: Event.Timing, at time: WallTime) {
    // `decidedMs` on the stream's clock corresponds to the event's time on the wall clock.
    func wall(_ streamMs: Int) -> WallTime {
      let age = min(max(0, Double(timing.decidedMs) - Double(streamMs)), 1e9)
      return WallTime(millisecondsSinceEpoch: time.millisecondsSinceEpoch - Int(age))
    }
    let (start, end) = (wall(timing.startMs), wall(timing.endMs))
    append(Entry(time: time, content: content, waitMs: timing.waitMs, sound: min(start, end)...end))
  }

  mutating func note(_ words: String, _ style: Style, at time: WallTime? = nil) {
    guard let time = time ?? now else { return }
    append(Entry(time: time, content: .note(words, style)))
  }

  private mutating func append(_ entry: Entry) {
    entries.append(entry)
    if entries.count > 2 * Self.keptEntries { entries.removeFirst(entries.count - Self.keptEntries) }
  }

  mutating func forgetEntries() {
    entries = []
    (recognised, rejected) = (0, 0)
  }
}
