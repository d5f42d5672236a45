import DigitNetwork
import Recognition
import Testing

@Suite struct WordFinderTests {
  private static func finder() -> WordFinder {
    var search = SequenceModel.Search()
    (search.patience, search.earlyDistance, search.closeBy) = (12, 3, 24)
    (search.pause, search.shortest, search.memory) = (5, 5, 1000)
    (search.surelyBlank, search.longestPassage) = (0.98, 40)
    return WordFinder(labels: 10, search: search)
  }

  private let word: [ColumnScores] = [.speech, .sure(4), .sure(4), .speech]

  /// The words that are known by a column.
  private func process(_ finder: inout WordFinder, _ column: ColumnScores, isQuiet: Bool) -> [FoundWord] {
    finder.process(column)
    return rest(&finder, isQuiet: isQuiet)
  }

  private func finish(_ finder: inout WordFinder) -> [FoundWord] {
    finder.finish()
    return rest(&finder, isQuiet: true)
  }

  private func rest(_ finder: inout WordFinder, isQuiet: Bool) -> [FoundWord] {
    var words: [FoundWord] = []
    while let word = finder.nextWord(isQuiet: isQuiet) { words.append(word) }
    return words
  }

  /// Each word with the number of columns after which it was known.
  private func words(
    _ columns: [ColumnScores], isQuiet: (Int) -> Bool = { _ in false }
  ) -> [(word: FoundWord, known: Int?)] {
    var finder = Self.finder()
    var found: [(word: FoundWord, known: Int?)] = []
    for (index, column) in columns.enumerated() {
      for word in process(&finder, column, isQuiet: isQuiet(index)) { found.append((word, index)) }
    }
    return found + finish(&finder).map { ($0, nil) }
  }

  @Test func `a word is known when silence follows it`() throws {
    let columns = [.silent, .silent] + word + [.silent, .silent, .silent]
    let found = words(columns)
    #expect(found.map(\.word.label) == [4] && found[0].known == 6)
    // It lies where speech does.
    #expect(found[0].word.column == 3 && found[0].word.sound == 2..<6)
    #expect(found[0].word.probabilities[4] > 0.98)
    #expect(found[0].word.probabilities.reduce(0, +) <= 1 + 1e-6)
  }

  @Test func `a word is known sooner when the sound itself has fallen silent`() {
    let columns = word + Array(repeating: .speech, count: 30)
    let late = words(columns)[0].known ?? 0
    #expect(words(columns) { $0 >= 3 }[0].known == 3)
    // At the latest when it has gone on for a while, whatever follows.
    #expect((4...20).contains(late))
  }

  @Test func `a word that another follows is known with it, and they share the sound between them`() {
    let found = words([.silent, .sure(4), .speech, .speech, .sure(7), .silent, .silent])
    #expect(found.map(\.word.label) == [4, 7])
    #expect(found[0].word.sound.upperBound <= found[1].word.sound.lowerBound + 1)
    #expect((found[0].word.features["digit-after"] ?? 0) > 0.9)
    #expect(found[1].word.features["digit-after"] == 0)
  }

  @Test func `the end of the sound ends what is under way`() {
    let found = words([.silent, .sure(9)])
    #expect(found.map(\.word.label) == [9] && found[0].known == nil)
  }

  @Test func `it says whether a word may be under way`() {
    var finder = Self.finder()
    #expect(process(&finder, .silent, isQuiet: true).isEmpty && !finder.isOpen)
    #expect(process(&finder, .sure(2), isQuiet: false).isEmpty && finder.isOpen && finder.openStart == 1)
    #expect(process(&finder, .speech, isQuiet: false).isEmpty && finder.isOpen)
    #expect(process(&finder, .silent, isQuiet: true).count == 1 && !finder.isOpen)
    #expect(finder.columns == 4)
  }

  @Test func `a word that was not emitted is asked about again when the next one follows it closely`() throws {
    // The first one is decided before the second is known; where it is known it is not asked about again.
    let speech = Array(repeating: ColumnScores.speech, count: 14)
    let columns = [.silent, .sure(4), .sure(4)] + speech + [.sure(7), .sure(7), .silent, .silent]
    func hear(emitting: Bool, _ columns: [ColumnScores]) -> [FoundWord] {
      var finder = Self.finder()
      var words: [FoundWord] = []
      for column in columns {
        finder.process(column)
        while let word = finder.nextWord(isQuiet: false) {
          words.append(word)
          if emitting { finder.noteEmitted(word) }
        }
      }
      return words
    }
    let words = hear(emitting: false, columns)
    #expect(words.map(\.label) == [4, 4, 7])
    #expect(words.map(\.occasion) == [.inTime, .again, .inTime])
    #expect(words[0].column == words[1].column)
    #expect(words[0].features["digit-after"] == 0)
    #expect(try #require(words[1].features["digit-after"]) > 0.9)
    #expect(hear(emitting: true, columns).map(\.label) == [4, 7])
    // The same label once more may be the same word.
    let twice = Array(columns.dropLast(4)) + [.sure(4), .sure(4), .silent, .silent]
    #expect(hear(emitting: false, twice).map(\.occasion) == [.inTime, .inTime])
    // After a pause it was rejected.
    let apart = Array(columns.prefix(8)) + Array(repeating: .silent, count: 6) + Array(columns.suffix(4))
    #expect(hear(emitting: false, apart).map(\.label) == [4, 7])
  }

  @Test func `talk that was heard lately is known to a word, its own sound is not`() throws {
    func talk(_ columns: Int) throws -> Double {
      let found = words(Array(repeating: .speech, count: columns) + [.silent, .silent] + word + [.silent, .silent])
      return try #require(found.last?.word.features["talk-lately"])
    }
    #expect(try talk(0) == 0)
    #expect(try talk(20) > 0)
    #expect(try talk(200) > 2 * talk(20))
  }

  @Test func `the next word knows the words emitted before`() {
    var finder = Self.finder()
    func hear(_ columns: [ColumnScores]) -> [FoundWord] { columns.flatMap { process(&finder, $0, isQuiet: false) } }
    let first = hear(word + [.silent, .silent])
    #expect(first[0].features["digits-before"] == 0 && first[0].features["digit-just-before"] == 0)
    finder.noteEmitted(first[0])
    let second = hear(word + [.silent, .silent])
    #expect(second[0].features["digits-before"] == 0.25 && second[0].features["digit-just-before"] == 1)
  }

  @Test func `a word that was emitted early is not found again, and the next one is`() {
    for (label, distance, isFoundAgain) in [(4, 0, false), (4, -8, true), (5, 2, false), (5, 5, true)] {
      var finder = Self.finder()
      for column in word { #expect(process(&finder, column, isQuiet: false).isEmpty) }
      var ahead = finder
      var early = finish(&ahead)[0]
      early.occasion = .early
      (early.label, early.column) = (label, early.column + distance)
      early.sound = early.sound.lowerBound + distance..<early.sound.upperBound + distance
      finder.noteEmitted(early)
      let again = [ColumnScores.silent, .silent].flatMap { process(&finder, $0, isQuiet: true) }
      #expect(again.map(\.label) == (isFoundAgain ? [4] : []), "\(label) \(distance) columns off")
      let pause = Array(repeating: ColumnScores.silent, count: 12)
      #expect((pause + word + [.silent]).flatMap { process(&finder, $0, isQuiet: false) }.map(\.label) == [4])
    }
  }

  @Test func `the rest of an emitted word is not another word, ahead or right after`() {
    for (isAhead, pause, words) in [(true, 4, [Int]()), (false, 4, [4]), (false, 0, [])] {
      var finder = Self.finder()
      if isAhead { finder.goAhead(fall: 30) }
      let first = (word + [.speech, .speech]).flatMap { process(&finder, $0, isQuiet: true) }
      var emitted = first[0]
      emitted.sound = emitted.sound.lowerBound..<emitted.sound.upperBound + 8
      finder.noteEmitted(emitted)
      let pause = Array(repeating: ColumnScores.speech, count: pause)
      let more = (pause + [ColumnScores.sure(4), .silent, .silent]).flatMap { process(&finder, $0, isQuiet: true) }
      #expect(more.map(\.label) == words)
    }
  }

  @Test func `a word found ahead knows how far the sound fell and how long ago its label was heard`() {
    func features(heard: Int) -> [String: Double] {
      var finder = Self.finder()
      let columns = word + Array(repeating: ColumnScores.silent, count: 4)
      _ = columns.prefix(heard).flatMap { process(&finder, $0, isQuiet: false) }
      finder.goAhead(fall: 10)
      let ahead = columns.dropFirst(heard).flatMap { process(&finder, $0, isQuiet: true) } + finish(&finder)
      return ahead.first?.features ?? [:]
    }
    let (sooner, later) = (features(heard: word.count - 3), features(heard: word.count))
    #expect(sooner["early"] == 1 && sooner["fall"] == 0.5)
    // Three columns of eight.
    #expect((later["age"] ?? 0) - (sooner["age"] ?? 0) == 0.375)
    let inTime = words(word + [.silent, .silent])[0].word.features
    #expect(inTime["early"] == 0 && inTime["fall"] == 0 && inTime["age"] == 0)
  }

  @Test func `other speech before a word is known to it`() {
    let after = words(Array(repeating: .speech, count: 60) + [.sure(4), .silent])[0].word.features
    let alone = words(Array(repeating: .silent, count: 60) + [.sure(4), .silent])[0].word.features
    #expect((after["other-before"] ?? 0) > 0.8 && (alone["other-before"] ?? 1) < 0.1)
    #expect((after["pause-before"] ?? 1) < 0.1 && alone["pause-before"] == 1)
  }
}

@Suite struct SequenceVerdictTests {
  @Test func `confidence is the logistic of the weighted features, and features without a weight count nothing`() {
    let verdict = SequenceVerdict(.init(weights: ["a": 2, "b": -1, "absent": 5], bias: 0.5, threshold: 0.7))
    // 0.5 + 2 · 1 − 1 · 0.5 = 2
    #expect(abs(verdict.confidence(["a": 1, "b": 0.5, "c": 100]) - 0.880_797) < 1e-6)
    #expect(verdict.threshold == 0.7)
  }
}
