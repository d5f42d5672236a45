import EventFeed
import Events
import TestSupport
import Testing
import digitctl

/// What `watch` keeps of what it was told.
@Suite struct WatchBoardTests {
  @Test func `a number of one digit, which is shown already, adds no line to the history`() {
    let one = Event.Number(
      text: "seven", confidence: 0.9, words: [Event.Number.Word(digit: 7, confidence: 0.9, startMs: 0, endMs: 300)],
      startMs: 0, endMs: 300, decidedMs: 1100)
    #expect(
      WatchSamples.watch([WatchSamples.connected, WatchSamples.event(.number(one), at: 1)]).board.entries.isEmpty)
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

  @Test func `conditions of the signal are known from hello on`() {
    let hello = Event.Hello(
      version: "1", session: "a", model: "m", language: "en", labels: [], device: "default", state: .listening,
      conditions: [.silent])
    #expect(WatchSamples.watch([.connected(hello)]).board.state.sentence.contains("silence"))
  }
}
