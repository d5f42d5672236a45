import Events
import TestSupport
import Testing

@Suite struct WallTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (951_827_696_789, "2000-02-29T12:34:56.789Z"),
    (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
  ])
  func `the calendar is right`(milliseconds: Int, text: String) {
    #expect(WallTime(millisecondsSinceEpoch: milliseconds).description == text)
    #expect(WallTime(text)?.millisecondsSinceEpoch == milliseconds)
  }

  @Test func `every time comes back from its text`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<5000 {
      let time = WallTime(
        millisecondsSinceEpoch: .random(in: -50_000_000_000_000...200_000_000_000_000, using: &generator))
      #expect(WallTime(time.description) == time)
    }
  }

  @Test func `other ways of writing a time are read`() {
    #expect(WallTime("1970-01-01T01:00:00+01:00")?.millisecondsSinceEpoch == 0)
    #expect(WallTime("1970-01-01t00:00:00.5z")?.millisecondsSinceEpoch == 500)
    #expect(WallTime("1970-01-01T00:00:00.123456789Z")?.millisecondsSinceEpoch == 123)
    for text in ["", "1970-01-01", "1970-13-01T00:00:00Z", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "x"] {
      #expect(WallTime(text) == nil)
    }
  }
}
