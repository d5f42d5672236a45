import Events
import TestSupport
import Testing
import Wording

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

  @Test func `a number of one digit has no line: the digit had one`() {
    #expect(words(.number(one)) == nil)
  }

  @Test func `the answer to a recording has a line, with digits or without`() {
    #expect(
      words(.recordingTranscript(Event.RecordingTranscript(number: one))) == "10:00:00  7  seven, 90 %")
    #expect(
      words(.recordingTranscript(Event.RecordingTranscript(number: nil))) == "10:00:00  –  no digit in the recording")
  }

  @Test func `a word of another script stands there in Latin letters, and whole`() {
    let guess = Event.Guess(
      text: "ثمانية", latin: "thamāniya", digit: 8, confidence: 0.9, probabilities: [Double](repeating: 0.1, count: 10))
    let timing = Event.Timing(startMs: 0, endMs: 300, decidedMs: 400, computeMs: 0)
    #expect(
      words(.transcript(Event.Transcript(guess: guess, timing: timing)))
        == "10:00:00  8  thamāniya  90 %, 100 ms after it was said")
    var number = Samples.number
    number.latin = "arbaʿa sabʿa"
    #expect(words(.number(number)) == "10:00:00  4?7  arbaʿa sabʿa, 62 %, not all of it understood")
  }

  @Test func `a spectrum with impossible levels is survived`() {
    let spectrum = Event.Spectrum(timestamp: 0, bandsDBFS: [.min, .max] + Array(repeating: -80, count: 30))
    #expect(words(.spectrum(spectrum))?.hasPrefix("10:00:00  ▁█▁▁") == true)
  }
}
