import Events
import TerminalFace
import TestSupport
import Testing

/// What events say to a person.
@Suite struct EventWordsTests {
  private let one = Event.Number(
    text: "seven", confidence: 0.9, words: [Event.Number.Word(digit: 7, confidence: 0.9, startMs: 0, endMs: 300)],
    startMs: 0, endMs: 300, decidedMs: 1100)

  private func words(_ event: Event) -> String? {
    EventEnvelope(time: Samples.time, sequence: 1, event: event).words(utcOffset: 0)
  }

  @Test func `a gap is a question mark`() {
    #expect(Samples.number.shownDigits == "4?7")
    #expect(words(.number(Samples.number)) == "10:00:00  4?7  four seven, 62 %, not all of it understood")
  }

  @Test func `one digit by itself, which was told already, is not told again`() {
    #expect(words(.number(one)) == nil)
    #expect(
      WatchSamples.watch([WatchSamples.connected, WatchSamples.event(.number(one), at: 1)]).board.entries.isEmpty)
  }

  @Test func `the answer to a recording is told, whatever was heard`() {
    #expect(
      words(.recordingTranscript(Event.RecordingTranscript(number: one))) == "10:00:00  7  seven, 90 %")
    #expect(
      words(.recordingTranscript(Event.RecordingTranscript(number: nil))) == "10:00:00  –  no digit in the recording")
  }

  @Test func `a number is a line of the history, and the last digit stays large`() {
    let watch = WatchSamples.watch([
      WatchSamples.connected, WatchSamples.digit(7, "seven", 0.98, at: 1),
      WatchSamples.event(.number(Samples.number), at: 2),
    ])
    let lines = WatchScreen(glyphs: .unicode).frame(watch, width: 80, height: 24).lines
    #expect(lines.contains { $0.hasSuffix("10:00:02  4?7  62 %") })
    #expect(lines.contains { $0.contains("seven  98 %") })
  }

  @Test func `what is wrong with the signal is known from the greeting on`() {
    let hello = Event.Hello(
      version: "1", session: "a", model: "m", language: "en", labels: [], device: "default", state: .listening,
      conditions: [.silent])
    #expect(WatchSamples.watch([.connected(hello)]).board.state.sentence.contains("silence"))
  }

  @Test func `a spectrum whose levels cannot be is survived`() {
    let spectrum = Event.Spectrum(timestamp: 0, bandsDBFS: [.min, .max] + Array(repeating: -80, count: 30))
    #expect(words(.spectrum(spectrum))?.hasPrefix("10:00:00  ▁█▁▁") == true)
  }
}
