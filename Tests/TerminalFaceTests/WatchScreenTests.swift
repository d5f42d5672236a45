import EventFeed
import TerminalFace
import Testing

@Suite struct WatchScreenTests {
  private func lines(
    _ updates: [EventClient.Update], _ width: Int, _ height: Int, glyphs: Glyphs = .unicode, keys: [Key] = []
  ) -> [String] {
    var watch = WatchSamples.watch(updates)
    for key in keys { _ = watch.press(key) }
    return WatchScreen(glyphs: glyphs).frame(watch, width: width, height: height).lines
  }

  @Test func goldenFrame() {
    let frame = lines(WatchSamples.someTalk, 80, 24)
    print(frame.joined(separator: "\n"))
    print(lines(WatchSamples.someTalk, 80, 24, glyphs: .ascii).joined(separator: "\n"))
    print(lines(WatchSamples.someTalk, 40, 8).joined(separator: "\n"))
  }
}
