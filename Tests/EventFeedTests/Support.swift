import EventFeed

enum Samples {
  static let time = WallTime(millisecondsSinceEpoch: 1_795_428_000_123)

  static let guess = Event.Guess(
    text: "seven", digit: 7, confidence: 0.9871,
    probabilities: [0.001, 0.002, 0, 0, 0.0005, 0.0025, 0.001, 0.992, 0.001, 0])
  static let timing = Event.Timing(startMs: 1200, endMs: 1640, decidedMs: 1710, computeMs: 1.25)
  static let hello = Event.Hello(
    version: "0.1", session: "5f3a", model: "digits", labels: ["zero", "one"], device: "hw:CARD=PCH", state: .listening)
  static let status = Event.Status(
    version: "0.1", session: "5f3a", model: "digits", device: "default", state: .listening, uptimeSeconds: 12.5,
    frames: 200_000, sampleRate: 16_000, overruns: 1, lostMs: 30, utterances: 5, transcripts: 3,
    turnedDown: [.unsure: 1, .tooShort: 1], noiseFloorDBFS: -61.25, subscribers: 2, dropped: 7, cpuSeconds: 0.75,
    memoryBytes: 12_345_678)
  static let info = Event.Info(
    name: "digitd", description: "Spoken digits", version: "0.1",
    models: [Event.Info.Model(name: "digits", description: "Ten digits", version: "1", languages: ["en"])])

  /// One of every type.
  static let events: [Event] = [
    .hello(hello), .voiceStarted(Event.VoiceBoundary(timestamp: 1180)),
    .voiceStopped(Event.VoiceBoundary(timestamp: 1700)),
    .transcript(Event.Transcript(guess: guess, timing: timing)),
    .notDetected(Event.NotDetected(reason: .unsure, guess: guess, timing: timing)),
    .notDetected(Event.NotDetected(reason: .tooShort, guess: nil, timing: timing)),
    .level(
      Event.Level(rmsDBFS: -40.25, peakDBFS: -31, noiseFloorDBFS: -60.5, thresholdDBFS: -51.75, speech: true)),
    .spectrum(Event.Spectrum(timestamp: 1200, bandsDBFS: (0..<32).map { $0 - 100 })),
    .device(Event.Device(state: .lost, name: "hw:CARD=PCH")),
    .device(Event.Device(state: .listening, name: "hw:CARD=PCH", lostMs: 2300)),
    .condition(Event.Condition(condition: .clipping, on: true)), .overrun(Event.Overrun(lostMs: 42)),
    .dropped(Event.Dropped(count: 9)), .info(info), .status(status), .pong(Event.Pong(text: "hi")),
    .pong(Event.Pong()), .error(Event.Failure(text: "no", code: .badRequest)),
    .unknown(type: "weather", data: ["sky": "blue", "clouds": 3]),
  ]
}

/// The only message in a line, nil if it is not exactly one.
func message(_ line: [UInt8]) -> Message? {
  var parser = MessageParser()
  let outputs = parser.push(line)
  guard outputs.count == 1, case .message(let message)? = outputs.first else { return nil }
  return message
}

func envelope(_ line: [UInt8]) throws -> EventEnvelope? {
  guard let message = message(line) else { return nil }
  return try EventEnvelope(type: message.type, data: message.data)
}
