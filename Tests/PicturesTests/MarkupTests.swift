import Pictures
import Testing

@Suite struct MarkupTests {
  @Test func `characters with a meaning in markup are escaped`() {
    #expect(
      Markup.escaped("<a b='c'>\"d\" & e\u{0}\u{1B}</a>\n")
        == "&lt;a b=&#39;c&#39;&gt;&quot;d&quot; &amp; e&lt;/a&gt;\n")
    #expect(Markup.escaped("ünïcode 数") == "ünïcode 数")
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (1.5, "1.5"), (1.05, "1.05"), (-0.004, "0"), (-2.25, "-2.25"), (99.999, "100"),
    (.nan, "0"), (.infinity, "0"),
  ])
  func `coordinates are short`(value: Double, text: String) {
    #expect(Markup.number(value) == text)
  }
}

@Suite struct WaveformTests {
  @Test func `each column goes from its smallest to its largest sample`() {
    let wave = Waveform([0.1, -0.2, 0.5, 0.4, -0.9, .nan], columns: 3)
    #expect(wave.columns == [-0.2...0.1, 0.4...0.5, -0.9...0])
    #expect(wave.peak == 0.9)
  }

  @Test func `few samples give as many columns, and none give silence`() {
    #expect(Waveform([0.5, -0.5], columns: 100).columns == [0.5...0.5, -0.5 ... -0.5])
    #expect(Waveform([], columns: 100).columns == [0...0])
    #expect(Waveform([], columns: 100).path(width: 10, height: 10) == "M5 5L5 5Z")
  }

  @Test func `the outline fills its box`() {
    let path = Waveform([1, -1, 0.5, 0], columns: 2).path(x: 10, y: 20, width: 100, height: 40)
    #expect(path == "M35 20L85 30L85 40L35 60Z")
    let smaller = Waveform([0.5], columns: 1).path(width: 10, height: 10, fullScale: 1)
    #expect(smaller == "M5 2.5L5 2.5Z")
  }
}
