public import JSON

/// Why a JSON line is not a valid event.
public struct EventDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The type of the event.
  public var type: String
  /// The field of `data` that is missing or wrong.
  public var field: String

  public init(type: String, field: String) {
    self.type = type
    self.field = field
  }

  public var description: String { "the \(type) event has no valid \"\(field)\"" }
}

extension EventEnvelope {
  /// Reads an event from the wire. An unknown type is kept unchanged; unknown fields are ignored.
  public init(type: String, data: JSONObject) throws(EventDecodingError) {
    let fields = Fields(type: type, data: data)
    guard let time = WallTime(try fields.string("time")) else { throw fields.error("time") }
    self.init(time: time, sequence: try fields.integer("sequence"), event: try Event(fields))
  }
}

/// The fields of one event; errors name the field.
private struct Fields {
  var type: String
  var data: JSONObject

  func error(_ field: String) -> EventDecodingError { EventDecodingError(type: type, field: field) }

  func string(_ field: String) throws(EventDecodingError) -> String {
    guard let value = data[field]?.string else { throw error(field) }
    return value
  }

  func integer(_ field: String) throws(EventDecodingError) -> Int {
    guard let value = data[field]?.integer else { throw error(field) }
    return value
  }

  func number(_ field: String) throws(EventDecodingError) -> Double {
    guard let value = data[field]?.number else { throw error(field) }
    return value
  }

  func bool(_ field: String) throws(EventDecodingError) -> Bool {
    guard let value = data[field]?.bool else { throw error(field) }
    return value
  }

  func strings(_ field: String) throws(EventDecodingError) -> [String] {
    try list(field) { $0.string }
  }

  func numbers(_ field: String) throws(EventDecodingError) -> [Double] {
    try list(field) { $0.number }
  }

  private func list<Element>(
    _ field: String, _ element: (JSONValue) -> Element?
  ) throws(EventDecodingError) -> [Element] {
    guard let values = data[field]?.array else { throw error(field) }
    let elements = values.compactMap(element)
    guard elements.count == values.count else { throw error(field) }
    return elements
  }

  /// The objects of a list, each read like the fields of the same event.
  func objects(_ field: String) throws(EventDecodingError) -> [Fields] {
    try list(field) { $0.object.map { Fields(type: type, data: $0) } }
  }

  /// A field that older daemons do not send.
  func strings(ifPresent field: String) throws(EventDecodingError) -> [String] {
    data[field] == nil ? [] : try strings(field)
  }
}

extension Event {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    guard let kind = Kind(rawValue: fields.type) else {
      self = .unknown(type: fields.type, data: fields.data)
      return
    }
    switch kind {
    case .hello: self = .hello(try Hello(fields))
    case .voiceStarted: self = .voiceStarted(VoiceBoundary(timestamp: try fields.integer("timestamp")))
    case .voiceStopped: self = .voiceStopped(VoiceBoundary(timestamp: try fields.integer("timestamp")))
    case .transcript where fields.data["words"] != nil:
      self = .recordingTranscript(RecordingTranscript(number: try Number(fields)))
    case .transcript where fields.data["text"]?.string == "":
      self = .recordingTranscript(RecordingTranscript(number: nil))
    case .transcript:
      self = .transcript(
        Transcript(guess: try Guess(fields), spoken: fields.data["spoken"]?.string, timing: try Timing(fields)))
    case .number: self = .number(try Number(fields))
    case .notDetected:
      let reason = NotDetected.Reason(rawValue: try fields.string("reason"))
      let guess = try fields.data["best_guess"]?.object.map { object throws(EventDecodingError) in
        try Guess(Fields(type: fields.type, data: object))
      }
      self = .notDetected(NotDetected(reason: reason, bestGuess: guess, timing: try Timing(fields)))
    case .level: self = .level(try Level(fields))
    case .spectrum: self = .spectrum(try Spectrum(fields))
    case .device:
      let state = Device.State(rawValue: try fields.string("state"))
      self = .device(Device(state: state, name: try fields.string("name"), lostMs: fields.data["lost_ms"]?.integer))
    case .condition:
      let name = Condition.Name(rawValue: try fields.string("condition"))
      self = .condition(Condition(condition: name, on: try fields.bool("on")))
    case .overrun: self = .overrun(Overrun(lostMs: try fields.integer("lost_ms")))
    case .dropped: self = .dropped(Dropped(count: try fields.integer("count")))
    case .info: self = .info(try Info(fields))
    case .status: self = .status(Status(fields))
    case .pong: self = .pong(Pong(text: fields.data["text"]?.string))
    case .subscribed: self = .subscribed(Subscribed(events: try fields.strings("events")))
    case .error:
      let code = fields.data["code"]?.string ?? ""
      self = .error(Failure(text: try fields.string("text"), code: Failure.Code(rawValue: code)))
    }
  }
}

extension Event.Guess {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    let probabilities = try fields.numbers("probabilities")
    self.init(
      text: try fields.string("text"), latin: fields.data["latin"]?.string, digit: try fields.integer("digit"),
      confidence: try fields.number("confidence"), probabilities: probabilities)
  }
}

extension Event.Number {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    var words: [Word] = []
    for word in try fields.objects("words") {
      words.append(
        Word(
          digit: word.data["digit"] == .null ? nil : try word.integer("digit"),
          confidence: try word.number("confidence"), startMs: try word.integer("start_ms"),
          endMs: try word.integer("end_ms")))
    }
    var alternatives: [Alternative] = []
    for alternative in try fields.objects("alternatives") {
      alternatives.append(
        Alternative(digits: try alternative.string("digits"), confidence: try alternative.number("confidence")))
    }
    self.init(
      text: try fields.string("text"), latin: fields.data["latin"]?.string,
      confidence: try fields.number("confidence"), words: words,
      alternatives: alternatives, startMs: try fields.integer("start_ms"), endMs: try fields.integer("end_ms"),
      decidedMs: try fields.integer("decided_ms"))
  }
}

extension Event.Timing {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    self.init(
      startMs: try fields.integer("start_ms"), endMs: try fields.integer("end_ms"),
      decidedMs: try fields.integer("decided_ms"), computeMs: try fields.number("compute_ms"))
  }
}

extension Event.Level {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    self.init(
      rmsDBFS: try fields.number("rms_dbfs"), peakDBFS: try fields.number("peak_dbfs"),
      noiseFloorDBFS: try fields.number("noise_floor_dbfs"), thresholdDBFS: try fields.number("threshold_dbfs"),
      speech: try fields.bool("speech"))
  }
}

extension Event.Spectrum {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    let levels = (fields.data["bands_dbfs"]?.array ?? []).compactMap(\.integer)
    guard levels.count == Self.bandCount, levels.count == fields.data["bands_dbfs"]?.array?.count else {
      throw fields.error("bands_dbfs")
    }
    self.init(timestamp: try fields.integer("timestamp"), bandsDBFS: levels)
  }
}

extension Event.Hello {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    self.init(
      service: try fields.string("service"), version: try fields.string("version"),
      protocolVersion: try fields.integer("protocol"), session: try fields.string("session"),
      model: try fields.string("model"), language: fields.data["language"]?.string ?? "",
      labels: try fields.strings("labels"), device: try fields.string("device"),
      state: Event.Device.State(rawValue: try fields.string("state")),
      conditions: try fields.strings(ifPresent: "conditions").map(Event.Condition.Name.init(rawValue:)))
  }
}

extension Event.Info {
  fileprivate init(_ fields: Fields) throws(EventDecodingError) {
    guard let program = fields.data["asr"]?.array?.first?.object, let name = program["name"]?.string else {
      throw fields.error("asr")
    }
    let models = (program["models"]?.array ?? []).compactMap(\.object).map { model in
      Model(
        name: model["name"]?.string ?? "", description: model["description"]?.string ?? "",
        version: model["version"]?.string ?? "",
        languages: (model["languages"]?.array ?? []).compactMap(\.string))
    }
    self.init(
      name: name, description: program["description"]?.string ?? "", version: program["version"]?.string ?? "",
      models: models)
  }
}

extension Event.Status {
  /// A missing count is zero: an older daemon may not send it.
  fileprivate init(_ fields: Fields) {
    func text(_ name: String) -> String { fields.data[name]?.string ?? "" }
    func count(_ name: String) -> Int { fields.data[name]?.integer ?? 0 }
    func number(_ name: String) -> Double { fields.data[name]?.number ?? 0 }
    var rejections: [Event.NotDetected.Reason: Int] = [:]
    for member in fields.data["turned_down"]?.object?.members ?? [] {
      rejections[Event.NotDetected.Reason(rawValue: member.name)] = member.value.integer
    }
    let conditions = (fields.data["conditions"]?.array ?? []).compactMap(\.string)
    var lastDigit: LastDigit?
    if let digit = fields.data["last_digit"]?.integer, let time = WallTime(text("last_digit_time")) {
      lastDigit = LastDigit(digit: digit, time: time)
    }
    self.init(
      version: text("version"), session: text("session"), model: text("model"), language: text("language"),
      device: text("device"), state: Event.Device.State(rawValue: text("state")),
      conditions: conditions.map(Event.Condition.Name.init(rawValue:)), uptimeSeconds: number("uptime_s"),
      frames: count("frames"),
      sampleRate: count("sample_rate"), overruns: count("overruns"), lostMs: count("lost_ms"),
      utterances: count("utterances"), transcripts: count("transcripts"), lastDigit: lastDigit, rejections: rejections,
      noiseFloorDBFS: fields.data["noise_floor_dbfs"]?.number ?? -200, subscribers: count("subscribers"),
      dropped: count("dropped"), cpuSeconds: number("cpu_s"), memoryBytes: count("memory_bytes"))
  }
}
