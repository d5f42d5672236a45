package import Events
import JSON

/// Events as they are in tests.
package enum Samples {
  package static let time = WallTime(millisecondsSinceEpoch: 1_795_428_000_123)

  package static let guess = Event.Guess(
    text: "seven", digit: 7, confidence: 0.9871,
    probabilities: [0.001, 0.002, 0, 0, 0.0005, 0.0025, 0.001, 0.992, 0.001, 0])
  package static let timing = Event.Timing(startMs: 1200, endMs: 1640, decidedMs: 1710, computeMs: 1.25)
  package static let hello = Event.Hello(
    version: "0.1", session: "5f3a", model: "digits", language: "en", labels: ["0", "1"], device: "hw:CARD=PCH",
    state: .listening, conditions: [.silent])
  package static let status = Event.Status(
    version: "0.1", session: "5f3a", model: "digits", device: "default", state: .listening, uptimeSeconds: 12.5,
    frames: 200_000, sampleRate: 16_000, overruns: 1, lostMs: 30, utterances: 5, transcripts: 3,
    rejections: [.unsure: 1, .tooShort: 1], noiseFloorDBFS: -61.25, subscribers: 2, dropped: 7, cpuSeconds: 0.75,
    memoryBytes: 12_345_678)
  package static let info = Event.Info(
    name: "digitd", description: "Spoken digits", version: "0.1",
    models: [Event.Info.Model(name: "digits", description: "Ten digits", version: "1", languages: ["en"])])

  /// "four", something that was not understood, "seven".
  package static let number = Event.Number(
    text: "four seven", confidence: 0.62,
    words: [
      Event.Number.Word(digit: 4, confidence: 0.97, startMs: 1200, endMs: 1500),
      Event.Number.Word(digit: nil, confidence: 0, startMs: 1550, endMs: 1800),
      Event.Number.Word(digit: 7, confidence: 0.9125, startMs: 1840, endMs: 2300),
    ],
    alternatives: [Event.Number.Alternative(digits: "427", confidence: 0.2)], startMs: 1200, endMs: 2300,
    decidedMs: 3120)

  /// One of every type.
  package static let known: [Event] = [
    .hello(hello), .voiceStarted(Event.VoiceBoundary(timestamp: 1180)),
    .voiceStopped(Event.VoiceBoundary(timestamp: 1700)),
    .transcript(Event.Transcript(guess: guess, timing: timing)),
    .notDetected(Event.NotDetected(reason: .unsure, bestGuess: guess, timing: timing)),
    .notDetected(Event.NotDetected(reason: .tooShort, bestGuess: nil, timing: timing)),
    .level(
      Event.Level(rmsDBFS: -40.25, peakDBFS: -31, noiseFloorDBFS: -60.5, thresholdDBFS: -51.75, speech: true)),
    .spectrum(Event.Spectrum(timestamp: 1200, bandsDBFS: (0..<32).map { $0 - 100 })),
    .device(Event.Device(state: .lost, name: "hw:CARD=PCH")),
    .device(Event.Device(state: .listening, name: "hw:CARD=PCH", lostMs: 2300)),
    .condition(Event.Condition(condition: .clipping, on: true)), .overrun(Event.Overrun(lostMs: 42)),
    .dropped(Event.Dropped(count: 9)), .info(info), .status(status), .pong(Event.Pong(text: "hi")),
    .pong(Event.Pong()), .subscribed(Event.Subscribed(events: ["transcript"])),
    .error(Event.Failure(text: "no", code: .badRequest)),
    .transcript(Event.Transcript(guess: guess, spoken: "oh", timing: timing)), .number(number),
    .device(Event.Device(state: .paused, name: "hw:CARD=PCH")),
    .recordingTranscript(Event.RecordingTranscript(number: number)),
    .recordingTranscript(Event.RecordingTranscript(number: nil)),
  ]

  /// The same, and one that this version does not know.
  package static let events = known + [.unknown(type: "weather", data: ["sky": "blue", "clouds": 3])]
}
