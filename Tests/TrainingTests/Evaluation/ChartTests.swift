import FoundationXML
import Testing
import Training

@Suite struct ChartTests {
  static func chart(title: String = "A & B", series: [Chart.Series] = []) -> Chart {
    Chart(
      title: title, summary: "what <there> is", x: Chart.Axis("x", range: 0...10),
      y: Chart.Axis("y", range: 0...100), series: series)
  }

  @Test func `the drawing is well formed and says what it shows`() throws {
    let series = Chart.Series(
      "one \"two\"", [.init(x: 0, y: 0), .init(x: 10, y: 100, label: "<end>", note: "a & b")], tint: .distinct(1),
      style: .lineAndPoints, dashes: [4, 2])
    var chart = Self.chart(series: [series])
    chart.bars = [.init(over: 2...4, value: 50, label: "17", note: "half")]
    chart.rules = [.init(from: .init(x: 0, y: 0), to: .init(x: 10, y: 100), label: "ideal")]
    for setting in [Chart.Setting.page, .file] {
      let svg = chart.svg(in: setting)
      let document = try XMLDocument(xmlString: svg)
      let root = try #require(document.rootElement())
      #expect(try root.nodes(forXPath: "@aria-label").first?.stringValue == "A & B. what <there> is")
      #expect(try root.nodes(forXPath: "@role").first?.stringValue == "img")
      let words = try root.nodes(forXPath: "//*[local-name()='text']").compactMap(\.stringValue)
      for word in ["A & B", "one \"two\"", "<end>", "ideal", "17", "x", "y"] { #expect(words.contains(word)) }
      let notes = try root.nodes(forXPath: "//*[local-name()='title']").compactMap(\.stringValue)
      #expect(notes.contains("a & b") && notes.contains("half"))
      let styles = try root.nodes(forXPath: "//*[local-name()='style']")
      switch setting {
      case .page: #expect(styles.isEmpty)
      case .file: #expect(styles.first?.stringValue?.contains("prefers-color-scheme:dark") == true)
      }
    }
  }

  @Test func `points lie where their values say`() {
    // Given a plot of 560 × 320 whose lower left corner is (58, 354)
    let series = Chart.Series("", [.init(x: 0, y: 0), .init(x: 5, y: 50), .init(x: 99, y: -7)], tint: .ink)
    let svg = Self.chart(series: [series]).svg(width: 640, plotHeight: 320)
    // Then the ends and the middle are there, and what lies beyond the axes is at their ends
    #expect(svg.contains("d=\"M58 354L338 194L618 354\""))
  }

  @Test func `a label that would lie over another is left out`() {
    let points = [(1.0, "first"), (1.2, "second"), (5, "third"), (9.9, "last")].map {
      Chart.Point(x: $0.0, y: 50, label: $0.1)
    }
    let svg = Self.chart(series: [.init("", points, tint: .ink)]).svg(width: 640, plotHeight: 320)
    #expect(svg.contains(">first</text>") && !svg.contains(">second</text>") && svg.contains(">third</text>"))
    // What has no room on the right stands on the left.
    #expect(svg.contains("<text x=\"604.4\" y=\"188\" text-anchor=\"end\">last</text>"))
  }

  @Test func `a legend too wide for one row takes more`() {
    let names = (0..<8).map { Chart.Series("a rather long name \($0)", [], tint: .distinct($0)) }
    let svg = Self.chart(series: names).svg(width: 640, plotHeight: 320)
    // Each needs 182 pixels, and 560 are there: three rows of 20 pixels under 402.
    #expect(svg.contains("viewBox=\"0 0 640 462\""))
    for index in 0..<8 { #expect(svg.contains(">a rather long name \(index)</text>")) }
  }

  @Test(arguments: [
    (0.0...1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (0...100, ["0", "20", "40", "60", "80", "100"]),
    (-5...20, ["-5", "0", "5", "10", "15", "20"]), (94...100, ["94", "95", "96", "97", "98", "99", "100"]),
    (0...730, ["0", "100", "200", "300", "400", "500", "600", "700"]),
  ])
  func `ticks are round numbers`(range: ClosedRange<Double>, labels: [String]) {
    #expect(Chart.Axis.linearTicks(over: range).map(\.label) == labels)
  }

  @Test func `error rates are placed by normal quantiles`() {
    // On an axis from 2.275 % to 97.725 % (two deviations each way), 15.866 % lies at one quarter.
    let axis = Chart.Axis("misses", range: 0.022_750_131_948...0.977_249_868_052, scale: .normalDeviate, ticks: [])
    let series = Chart.Series(
      "", [0.158_655_253_931, 0.5, 0.022_750_131_948, 0, 1].map { .init(x: $0, y: 0) }, tint: .ink)
    let svg = Chart(
      title: "", summary: "", x: axis, y: Chart.Axis("", range: 0...1), series: [series]
    ).svg(width: 480, plotHeight: 100)
    #expect(svg.contains("d=\"M158 134L258 134L58 134L58 134L458 134\""))
    let percents = Chart.Axis.errorRate("", range: 0.01...0.5).ticks.map(\.label)
    #expect(percents == ["1", "2", "5", "10", "20", "40"])
  }
}
