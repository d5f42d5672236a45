import Testing
import Wording

@Suite struct TextTests {
  @Test(arguments: [
    (0.0, 0, "0"), (0.5, 0, "1"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (1.004, 2, "1.00"), (99.96, 1, "100.0"),
    (2.345, 2, "2.35"), (-1.25, 1, "-1.3"), (0.007, 3, "0.007"), (1e300, 1, "1e+300"), (.infinity, 2, "inf"),
  ]) func `decimals are rounded and padded`(value: Double, places: Int, text: String) {
    #expect(decimal(value, places) == text)
  }

  @Test(arguments: [(0, "░░░░"), (0.5, "██░░"), (1, "████"), (7, "████"), (-1, "░░░░"), (.nan, "░░░░")])
  func `a bar is filled up to its share`(share: Double, text: String) {
    #expect(bar(share, width: 4) == text)
  }

  @Test(arguments: [
    (0.0421, "42 ms"), (4.21, "4.2 s"), (42.1, "42 s"), (310, "5 min 10 s"), (7380, "2 h 3 min"), (190_800, "2 d 5 h"),
    (-1, "?"),
  ]) func `durations are in the unit that fits`(seconds: Double, text: String) {
    #expect(duration(seconds: seconds) == text)
  }

  @Test(arguments: [
    ("seven", 7, "seven  "), ("seven", 4, "sev…"), ("日本語", 5, "日本…"), ("日本語", 4, "日… "), ("x", 0, ""),
  ]) func `text is cut or padded to a width`(text: String, width: Int, result: String) {
    #expect(fit(text, width) == result)
    #expect(columns(fit(text, width)) == width)
  }
}
