package import Events
import JSON

/// The state of one connection's requests: a pure state machine. Messages go in, actions come out.
package struct ClientSession: Sendable {
  package struct Limits: Sendable {
    package var recording = Recording.Limits()
    /// So many invalid messages in a row end the connection: such a client speaks another protocol.
    package var violations = 16
    /// The longest text that a `pong` repeats, in bytes.
    package var pongText = 1024

    package init() {}
  }

  package enum Question: Sendable, Equatable {
    case info
    case status
  }

  package enum Action: Sendable, Equatable {
    /// Send these live events from now on.
    case subscribe(EventFilter)
    case answer(Event)
    /// Answer with information that only the server has.
    case report(Question)
    /// Close the microphone, or open it again.
    case pause(Bool)
    /// A recording begins: create its recogniser. The previous one is no longer needed.
    case begin(rate: Int)
    /// Pass these samples to the recogniser, then call `recognised`. Messages wait until then.
    case hear([Float])
    /// The recording is over: have the recogniser finish, then call `recognised`. Messages wait until then.
    case finish
    /// Write what is queued, then close.
    case close
  }

  private enum Audio: Sendable {
    case none
    case recording(Recording)
    /// A recording that was refused or exceeded the limit; its chunks are ignored up to its `audio-stop`.
    case refused
  }

  /// What the recogniser is doing.
  private enum Recognition: Sendable {
    case idle
    /// The number of bytes of sound being processed.
    case hearing(bytes: Int)
    case finishing
  }

  /// Sent to a client that waits for a transcript when there is none. Home Assistant, for example, ignores everything
  /// else and would wait forever.
  package static let emptyTranscript = Event.recordingTranscript(Event.RecordingTranscript(number: nil))

  private let limits: Limits
  private var audio = Audio.none
  private var recognition = Recognition.idle
  private var subscribed = false
  /// Whether the client follows Wyoming and its recording is still to be answered: it waits for a `transcript` and
  /// ignores everything else.
  package private(set) var awaitsTranscript = false
  /// Whether the recording has had a transcript, even an empty one.
  private var hasTranscript = false
  private var violationsInARow = 0

  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Whether messages have to wait for the recogniser.
  package var isRecognising: Bool {
    if case .idle = recognition { false } else { true }
  }

  /// Whether a recogniser is in use.
  package var isRecording: Bool { takesSound || isRecognising }

  /// Whether a recording has begun and its sound is still arriving.
  package var takesSound: Bool {
    if case .recording = audio { true } else { false }
  }

  /// Memory used for the recording, in bytes.
  package var bytesHeld: Int {
    if case .hearing(let bytes) = recognition { bytes } else { 0 }
  }

  package mutating func receive(_ output: MessageParser.Output) -> [Action] {
    switch output {
    case .violation(let violation): answerError(violation.failure, fatal: violation.isFatal)
    case .message(let message): receive(message)
    }
  }

  /// The recording that has begun is refused, because there is no room for it.
  package mutating func refuseRecording(_ failure: Event.Failure) -> [Action] {
    refuse([.answer(.error(failure))])
  }

  /// Drops the recording: the rest of it will not arrive, or no client waits for the answer.
  package mutating func abandonRecording() {
    (audio, recognition) = (.none, .idle)
  }

  /// Takes the recogniser's answers to its latest input; there may be none yet.
  package mutating func recognised(_ events: [Event]) -> [Action] {
    let isOver = if case .finishing = recognition { true } else { false }
    recognition = .idle
    var actions: [Action] = []
    for event in events {
      actions.append(.answer(event))
      switch event {
      case .recordingTranscript: (hasTranscript, awaitsTranscript) = (true, false)
      // A client that has received digits gets no empty transcript.
      case .notDetected: if !hasTranscript { actions += [emptyTranscript()] }
      case .error: return refuse(actions)
      default: break
      }
    }
    return isOver && awaitsTranscript ? actions + [emptyTranscript()] : actions
  }

  private mutating func receive(_ message: Message) -> [Action] {
    guard let type = RequestType(rawValue: message.type) else {
      return sensible([.answer(.error(unknown(message.type)))])
    }
    if let failure = Self.misplacement(in: message, of: type) {
      let answer = answerError(failure)
      return type == .audioStart || type == .audioChunk ? refuse(answer) : answer
    }
    switch type {
    case .subscribe: return subscribe(message.data)
    case .describe: return sensible([.report(.info)])
    case .status: return sensible([.report(.status)])
    case .ping:
      let text = message.data["text"]?.string.map { text in
        // Cut where a character ends.
        var bytes = text.utf8.prefix(limits.pongText)
        while String(bytes) == nil { bytes.removeLast() }
        return String(bytes) ?? ""
      }
      return sensible([.answer(.pong(Event.Pong(text: text)))])
    case .pause: return sensible([.pause(true)])
    case .resume: return sensible([.pause(false)])
    case .transcribe:
      awaitsTranscript = true
      return sensible(subscribed ? [] : [.subscribe(.nothing)])
    case .audioStart: return start(message.data)
    case .audioChunk: return chunk(message)
    case .audioStop: return stop()
    }
  }

  /// A request with its data in the wrong place would be taken for one without.
  private static func misplacement(in message: Message, of type: RequestType) -> Event.Failure? {
    let field = type.fields.first { message.misplaced.contains($0) && message.data[$0] == nil }
    return field.map {
      Event.Failure(text: "\"\($0)\" must be inside \"data\"", code: .badRequest)
    }
  }

  /// Does not count as a violation: a client of a later version may try requests unknown here.
  private func unknown(_ type: String) -> Event.Failure {
    let name = String(String.UnicodeScalarView(type.unicodeScalars.prefix(60)))
    return Event.Failure(text: "there is no request \"\(name)\"", code: .badRequest)
  }

  private mutating func sensible(_ actions: [Action]) -> [Action] {
    violationsInARow = 0
    return actions
  }

  private mutating func answerError(_ failure: Event.Failure, fatal: Bool = false) -> [Action] {
    violationsInARow += 1
    let answer = Action.answer(.error(failure))
    return fatal || violationsInARow >= limits.violations ? [answer, .close] : [answer]
  }

  private mutating func subscribe(_ data: JSONObject) -> [Action] {
    let filter: EventFilter
    switch data["events"] {
    case nil, .null?: filter = .standard
    case .array(let values)?:
      let names = values.compactMap(\.string)
      guard names.count == values.count else {
        return answerError(Event.Failure(text: "\"events\" is not a list of strings", code: .badRequest))
      }
      // Unknown names are ignored, because a later version may have them. But a client that names no known live event
      // has made a mistake and would receive nothing.
      if !names.isEmpty, !names.contains(where: { Event.Kind(rawValue: $0)?.isBroadcast == true }) {
        let known = Event.Kind.broadcast.map(\.rawValue).joined(separator: ", ")
        return answerError(
          Event.Failure(text: "\"events\" names none of the events that there are: \(known)", code: .badRequest))
      }
      filter = EventFilter(names: names)
    default: return answerError(Event.Failure(text: "\"events\" is not a list of strings", code: .badRequest))
    }
    subscribed = true
    return sensible([.subscribe(filter), .answer(.subscribed(Event.Subscribed(events: filter.names)))])
  }

  private mutating func start(_ data: JSONObject) -> [Action] {
    let quiet: [Action] = subscribed ? [] : [.subscribe(.nothing)]
    hasTranscript = false
    do throws(Event.Failure) {
      let format = try Recording.Format(data, limits: limits.recording)
      audio = .recording(Recording(format: format, limits: limits.recording))
      return sensible(quiet + [.begin(rate: format.rate)])
    } catch {
      return quiet + refuse(answerError(error))
    }
  }

  private mutating func chunk(_ message: Message) -> [Action] {
    switch audio {
    case .recording(var recording):
      do throws(Event.Failure) {
        try recording.format.check(message.data)
      } catch {
        return refuse(answerError(error))
      }
      do throws(Event.Failure) {
        let samples = try recording.take(message.payload)
        audio = .recording(recording)
        guard !samples.isEmpty else { return sensible([]) }
        recognition = .hearing(bytes: samples.count * MemoryLayout<Float>.stride)
        return sensible([.hear(samples)])
      } catch {
        // The sound up to here is still answered.
        audio = .refused
        recognition = .finishing
        return answerError(error) + [.finish]
      }
    case .refused: return []
    case .none: return refuse(answerError(Event.Failure(text: "audio-chunk before audio-start", code: .badRequest)))
    }
  }

  private mutating func stop() -> [Action] {
    defer { audio = .none }
    switch audio {
    case .recording:
      recognition = .finishing
      return sensible([.finish])
    case .refused: return awaitsTranscript ? [emptyTranscript()] : []
    case .none:
      return refuse(answerError(Event.Failure(text: "audio-stop before audio-start", code: .badRequest)))
    }
  }

  /// Ignores the rest of the recording. A client that waits for its transcript gets an empty one.
  private mutating func refuse(_ actions: [Action]) -> [Action] {
    audio = .refused
    return awaitsTranscript ? actions + [emptyTranscript()] : actions
  }

  private mutating func emptyTranscript() -> Action {
    (hasTranscript, awaitsTranscript) = (true, false)
    return .answer(Self.emptyTranscript)
  }
}
