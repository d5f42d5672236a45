package import DigitNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Turns columns of scores into words, each as soon as it is known what follows it: silence, another word, or enough of
/// something else.
package struct WordFinder: Sendable {
  /// A word that is decided when it is known what follows it.
  private struct Pending {
    var word: PrefixSearch.Word
    var probabilities: [Double]
    /// The columns of its label and of the label of the word before, counted since the network woke.
    var column: Int
    var previous: Int
    var passageLength: Int
  }

  private let labels: Int
  private var passages: PassageFinder
  /// The latest columns, the last one being `next - 1`, and the memory after each.
  private var recent: [(scores: ColumnScores, memory: SpeechMemory.Shares)] = []
  /// What was heard recently, earlier stretches included.
  package private(set) var memory: SpeechMemory
  private var next = 0
  private var pending: [Pending] = []
  /// The column of the last word's label.
  private var lastColumn = -1
  /// The words emitted recently.
  private var emitted: [FoundWord] = []
  /// Set after `goAhead`: the column from which the columns are simulated silence, and by how many dB the level fell.
  private var ahead: (columns: Int, fall: Float)?
  private var isAhead: Bool { ahead != nil }
  /// Words that were emitted early and have not been found in time yet.
  private var early: [FoundWord] = []
  /// The latest word, if it was found before the word after it was known; nil once it has been decided again.
  private var latest: (word: Pending, sound: Range<Int>)?
  private var isOver = false

  /// How many columns are kept: 3 s.
  private static let kept = 96
  private static let second = 31

  private let search: SequenceModel.Search

  /// - Parameters:
  ///   - labels: the number of labels without the blank.
  ///   - memory: what was heard before; nil for nothing.
  package init(labels: Int, search: SequenceModel.Search, memory: SpeechMemory? = nil) {
    (self.labels, self.search) = (labels, search)
    self.memory = memory ?? SpeechMemory(search)
    passages = PassageFinder(search)
  }

  /// The number of columns processed.
  package var columns: Int { next }
  /// Whether a word may have begun, or is not decided yet.
  package var isOpen: Bool { passages.isOpen || !pending.isEmpty }
  /// The column where that word begins.
  package var openStart: Int { pending.first.map { min($0.column, passages.start) } ?? passages.start }

  /// Takes the next column. `nextWord` then returns the words that are ready.
  package mutating func process(_ column: ColumnScores) {
    if recent.count == Self.kept { recent.removeFirst(Self.kept / 2) }
    memory.add(column)
    recent.append((column, memory.shares))
    next += 1
    if let passage = passages.process(column) { addWords(of: passage) }
  }

  /// The columns from now on are simulated, as if silence followed.
  ///
  /// - Parameter fall: by how many dB the sound is quieter than it was.
  package mutating func goAhead(fall: Float) { ahead = (next, fall) }

  /// The sound is over. `nextWord` then returns the remaining words.
  package mutating func finish() {
    if let passage = passages.finish() { addWords(of: passage) }
    isOver = true
  }

  /// The next word that is ready; nil if there is none yet. If you emit it, call `noteEmitted` before asking for the
  /// next.
  ///
  /// - Parameter isQuiet: whether the sound, which is ahead of the columns, has fallen silent.
  package mutating func nextWord(isQuiet: Bool) -> FoundWord? {
    while let first = pending.first {
      let following = pending.dropFirst().first
      let isSilent = recent.last.map { !$0.scores.isSpeech } ?? false
      guard
        isOver || following != nil || isQuiet || next - first.column > search.patience
          || (next - 1 > first.column && isSilent)
      else { return nil }
      let sound = sound(of: first, before: following?.column)
      if wasEmitted(first, sound) {
        pending.removeFirst()
        continue
      }
      if let again = again(before: first, sound) { return again }
      pending.removeFirst()
      latest = following == nil ? (first, sound) : nil
      let isQuiet = isOver ? following == nil : isQuiet || isSilent
      return found(first, sound, followedBy: following, isQuiet: isQuiet, isAhead ? .early : .inTime)
    }
    return nil
  }

  /// The word before, if it was not emitted and this one follows it without a pause.
  private mutating func again(before following: Pending, _ followingSound: Range<Int>) -> FoundWord? {
    guard let (word, sound) = latest else { return nil }
    latest = nil
    // The same label twice is more likely one word that the network read twice.
    guard following.word.label != word.word.label, following.column - word.column <= search.closeBy,
      !emitted.contains(where: { $0.column == word.column })
    else {
      return nil
    }
    var silence = 0
    for column in sound.upperBound..<max(sound.upperBound, followingSound.lowerBound) {
      silence = scores(column)?.isSpeech ?? false ? 0 : silence + 1
      if silence >= search.pause { return nil }
    }
    return found(
      word, self.sound(of: word, before: following.column), followedBy: following, isQuiet: false, .again)
  }

  /// The word was emitted. Emitted words are part of the context of the following ones.
  package mutating func noteEmitted(_ word: FoundWord) {
    emitted.append(word)
    if emitted.count > 8 { emitted.removeFirst() }
    if word.occasion == .early { early.append(word) }
  }

  /// Whether this word has been emitted already: early, perhaps only its part before a pause within it, or because the
  /// network gave its label twice.
  private mutating func wasEmitted(_ word: Pending, _ sound: Range<Int>) -> Bool {
    func isSame(_ emitted: FoundWord) -> Bool {
      let common = emitted.sound.clamped(to: sound).count
      return emitted.label == word.word.label && 2 * common > min(emitted.sound.count, sound.count)
    }
    if emitted.contains(where: { isSame($0) && (isAhead || word.column - $0.column <= search.shortest) }) {
      return true
    }
    early.removeAll { $0.sound.upperBound + search.earlyDistance < sound.lowerBound }
    let place = early.firstIndex { isSame($0) || abs($0.column - word.column) <= search.earlyDistance }
    if let place { early.remove(at: place) }
    return place != nil
  }

  private func kept(_ column: Int) -> (scores: ColumnScores, memory: SpeechMemory.Shares)? {
    let place = column - (next - recent.count)
    return recent.indices.contains(place) ? recent[place] : nil
  }

  private func scores(_ column: Int) -> ColumnScores? { kept(column)?.scores }

  /// The memory before a column, or the oldest one kept.
  private func memory(before column: Int) -> SpeechMemory.Shares {
    kept(column - 1)?.memory ?? recent.first?.memory ?? memory.shares
  }

  /// Adds the words of the most probable reading that has any.
  private mutating func addWords(of passage: Passage) {
    guard let best = passage.readings.first(where: { !$0.words.isEmpty }) else { return }
    let total = passage.readings.reduce(-Float.infinity) { PrefixSearch.add($0, $1.logProbability) }
    for word in best.words {
      var probabilities = [Double](repeating: 0, count: labels)
      for reading in passage.readings {
        // Approximately the same place: with one word more or fewer before it, its column may differ.
        guard
          let near = reading.words.min(by: { abs($0.column - word.column) < abs($1.column - word.column) }),
          abs(near.column - word.column) <= 3
        else { continue }
        probabilities[near.label] += Double(expf(reading.logProbability - total))
      }
      let column = passage.columns.lowerBound + word.column
      pending.append(
        Pending(
          word: word, probabilities: probabilities, column: column, previous: lastColumn,
          passageLength: passage.columns.count))
      lastColumn = column
    }
  }

  /// The columns of a word's sound: bounded by the word before, by non-speech, and by half the distance to the next
  /// label.
  private func sound(of word: Pending, before following: Int?) -> Range<Int> {
    // Columns that sound more like other speech do not belong to it, except those next to its label.
    func belongs(_ scores: ColumnScores, _ distance: Int) -> Bool {
      scores.isSpeech && (distance <= 3 || scores.digit >= scores.other)
    }
    var start = word.column
    while start - 1 > word.previous, start > 0, word.column - start < 28, let before = scores(start - 1),
      belongs(before, word.column - start + 1)
    {
      start -= 1
    }
    var end = word.column + 1
    let last = min(next, following.map { max(end, word.column + ($0 - word.column) / 2) } ?? next)
    while end < last, end - word.column < 12, let after = scores(end), belongs(after, end - word.column) { end += 1 }
    return start..<end
  }

  /// The amounts of other speech and of digits before a column, back to a pause of 0.2 s or for at most 2 s: log(1 +
  /// number of columns).
  private func breath(before column: Int) -> (other: Double, digit: Double) {
    var (other, digit, pause) = (0.0, 0.0, 0)
    var place = column - 1
    while pause < 6, column - place <= 2 * Self.second, let scores = scores(place) {
      pause = scores.isSpeech ? 0 : pause + 1
      other += Double(scores.other)
      digit += Double(scores.digit)
      place -= 1
    }
    return (log1p(other), log1p(digit))
  }

  private func found(
    _ word: Pending, _ sound: Range<Int>, followedBy following: Pending?, isQuiet: Bool, _ occasion: FoundWord.Occasion
  ) -> FoundWord {
    let (label, column, probabilities) = (word.word.label, word.column, word.probabilities)
    func logOdds(_ p: Double) -> Double { log(max(p, 1e-6) / max(1 - p, 1e-6)) }
    func mean(_ range: Range<Int>, _ value: (ColumnScores) -> Float) -> Double {
      let values = range.compactMap { scores($0).map(value) }
      return values.isEmpty ? 0 : Double(values.reduce(0, +)) / Double(values.count)
    }
    let own = probabilities[label]
    let second = probabilities.indices.filter { $0 != label }.map { probabilities[$0] }.max() ?? 0
    let long = max(0, sound.lowerBound - Self.second)..<sound.lowerBound
    let short = max(0, sound.lowerBound - 6)..<sound.lowerBound
    let after = min(sound.upperBound, next)..<next
    let gap = long.reversed().prefix { scores($0).map { !$0.isSpeech } ?? true }.count
    let odds = logOdds(own)
    let otherBefore = mean(long) { $0.other }
    let length = log(Double(sound.count))
    let breath = breath(before: sound.lowerBound)
    let memory = memory(before: sound.lowerBound)
    let features: [String: Double] = [
      "variant": label >= 10 ? 1 : 0, "early": isAhead ? 1 : 0,
      "fall": Double(min(ahead?.fall ?? 0, 40)) / 20,
      "age": ahead.map { Double(min(max(-8, $0.columns - column), 12)) / 8 } ?? 0, "again": occasion == .again ? 1 : 0,
      "breath-other": breath.other,
      "breath-digit": breath.digit,
      "talk-lately": memory.other.squareRoot(), "digits-lately": memory.digit.squareRoot(), "log-odds": odds,
      "margin": min(12, log(max(own, 1e-6) / max(second, 1e-6))), "peak": Double(word.word.peak),
      "passage": log(Double(word.passageLength)), "length": length,
      "digit-sound": logOdds(mean(sound) { $0.digit }), "other-sound": logOdds(mean(sound) { $0.other }),
      "other-before": otherBefore, "other-just-before": mean(short) { $0.other },
      "other-after": mean(after) { $0.other }, "digit-before": mean(long) { $0.digit },
      "pause-before": Double(min(gap, 16)) / 16, "quiet-after": isQuiet ? 1 : 0,
      "digit-after": following.map { $0.column - column <= search.closeBy ? $0.probabilities[$0.word.label] : 0 }
        ?? 0,
      "digits-before": Double(emitted.count { column - $0.column < 2 * Self.second }) / 4,
      "digit-just-before": emitted.last.map { column - $0.column < 24 ? 1 : 0 } ?? 0,
      "repeat": emitted.last.map { $0.label == label ? max(0, 1 - Double(column - $0.column) / 24) : 0 } ?? 0,
    ]
    return FoundWord(
      label: label, column: column, sound: sound, probabilities: probabilities, features: features, occasion: occasion)
  }
}
