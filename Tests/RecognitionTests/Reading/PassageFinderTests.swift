import DigitNetwork
import Recognition
import Testing

@Suite struct PassageFinderTests {
  private static let search = {
    var search = SequenceModel.Search()
    (search.surelyBlank, search.longestPassage) = (0.98, 40)
    return search
  }()

  private func passages(_ columns: [ColumnScores], ends: Bool = true) -> [Passage] {
    var finder = PassageFinder(Self.search)
    var found = columns.compactMap { finder.process($0) }
    if ends, let last = finder.finish() { found.append(last) }
    return found
  }

  @Test func `the columns between sure blanks are a passage, with its place`() {
    let found = passages([
      .silent, .sure(4), .of([0.05] + Array(repeating: 0.005, count: 9) + [0.9]), .silent, .sure(7),
    ])
    #expect(found.map(\.columns) == [1..<3, 4..<5])
    #expect(found.map { $0.readings.first?.labels } == [[4], [7]])
  }

  @Test func `blanks alone are no passage`() {
    #expect(passages([.silent, .speech, .silent]).isEmpty)
  }

  @Test func `one without an end is cut, and nothing of it is lost`() {
    let found = passages(Array(repeating: .sure(3), count: 100))
    #expect(found.map(\.columns) == [0..<40, 40..<80, 80..<100])
  }

  @Test func `it says whether a passage is under way and where it began`() {
    var finder = PassageFinder(Self.search)
    #expect(finder.process(.silent) == nil && !finder.isOpen)
    #expect(finder.process(.sure(1)) == nil && finder.isOpen && finder.start == 1)
    #expect(finder.process(.sure(1)) == nil && finder.start == 1)
    #expect(finder.process(.silent) != nil && !finder.isOpen)
  }
}
