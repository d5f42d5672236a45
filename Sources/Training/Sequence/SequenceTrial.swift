package import DigitNetwork
package import Recognition
import Synchronization
import Wording

/// The words that the reader finds in recordings, before the verdict.
package struct SequenceTrial: Sendable {
  /// A recording and, if known, the samples of each of its digits.
  package struct Material: Sendable {
    package var clip: Clip
    package var places: [Range<Int>]?

    package init(_ clip: Clip, places: [Range<Int>]? = nil) { (self.clip, self.places) = (clip, places) }
  }

  /// One recording and the words found in it.
  package struct Heard: Sendable {
    package var recording: Recording
    package var seconds: Double
    package var words: [FoundWord]
    /// The samples of each word.
    package var samples: [Range<Int>]
    /// Words as found on an earlier, unsure decision, with their samples; the final decision is among `words`.
    package var earlierDecisions: [(word: FoundWord, samples: Range<Int>)] = []
    package var places: [Range<Int>]?

    var isTalk: Bool { recording.isTalk(seconds: seconds) }

    /// The digits that were said; none in other speech and noise.
    package var said: [Int] {
      switch recording.label {
      case .digit(let digit): [digit]
      case .sequence(let digits): digits
      case .speech, .noise: []
      }
    }
  }

  package let heard: [Heard]
  package let labels: [SequenceModel.Label]

  /// - Parameter emitting: the verdict that decides which words count as emitted; without it, those more probable than
  ///   not.
  package init(
    _ material: [Material], model: SequenceModel, emitting: SequenceModel.Verdict? = nil, threads: Int
  ) throws {
    labels = model.metadata.labels
    let verdict = emitting.map(SequenceVerdict.init)
    // Safe: the others share only its weights, which never change.
    nonisolated(unsafe) let ready = try SpeechReader(model)
    let results = Parallel.results(count: material.count, threads: threads) { index in
      // Each recording needs a reader of its own, because a reader remembers what it has heard.
      let reader = try SpeechReader(model, sharing: ready)
      let clip = material[index].clip
      var heard = Heard(
        recording: clip.recording, seconds: clip.seconds, words: [], samples: [],
        places: material[index].places)
      func take(_ output: SpeechReader.Output) {
        guard case .word(let word, let start, let end) = output else { return }
        let isEmitted =
          verdict.map { $0.confidence(word.features) >= $0.threshold } ?? (word.probabilities[word.label] > 0.5)
        guard !word.isIgnored(isSure: isEmitted) else {
          heard.earlierDecisions.append((word, start..<end))
          return
        }
        if word.occasion == .again, let before = heard.words.lastIndex(where: { $0.column == word.column }) {
          heard.earlierDecisions.append((heard.words.remove(at: before), heard.samples.remove(at: before)))
        }
        heard.words.append(word)
        heard.samples.append(start..<end)
        if isEmitted { reader.noteEmitted(word) }
      }
      clip.samples.withUnsafeBufferPointer { reader.process($0, emit: take) }
      reader.finish(emit: take)
      return heard
    }
    heard = try results.map { try $0.get() }
  }

  /// Each word found, and whether it is right: whether an alignment with the fewest edits keeps it and, if positions
  /// are known, it overlaps the digit.
  package func examples(weight: (Heard) -> Double) -> [(example: VerdictFit.Example, heard: Heard)] {
    heard.flatMap { heard in
      let (said, found) = (heard.said, heard.words.map { labels[$0.label].digit })
      let right = Self.matched(said: said.count, found: found.count) { i, j in
        said[i] == found[j] && (heard.places.map { $0[i].overlaps(heard.samples[j]) } ?? true)
      }
      let counts = weight(heard)
      let words = heard.words.indices.map { i in
        (VerdictFit.Example(features: heard.words[i].features, isRight: right.contains(i), weight: counts), heard)
      }
      let earlierDecisions = heard.earlierDecisions.map { decision in
        let isRight = said.indices.contains { i in
          said[i] == labels[decision.word.label].digit
            && (heard.places.map { $0[i].overlaps(decision.samples) } ?? true)
        }
        return (VerdictFit.Example(features: decision.word.features, isRight: isRight, weight: counts), heard)
      }
      return words + earlierDecisions
    }
  }

  /// The indices of the found words that a longest common subsequence with the words said keeps.
  static func matched(said: Int, found: Int, isSame: (Int, Int) -> Bool) -> Set<Int> {
    var table = [[Int]](repeating: [Int](repeating: 0, count: found + 1), count: said + 1)
    for i in stride(from: said - 1, through: 0, by: -1) {
      for j in stride(from: found - 1, through: 0, by: -1) {
        table[i][j] = isSame(i, j) ? table[i + 1][j + 1] + 1 : max(table[i + 1][j], table[i][j + 1])
      }
    }
    var (i, j, result) = (0, 0, Set<Int>())
    while i < said, j < found {
      if isSame(i, j) {
        result.insert(j)
        (i, j) = (i + 1, j + 1)
      } else if table[i + 1][j] >= table[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return result
  }

  /// The edit distance: the least number of insertions, deletions and substitutions.
  package static func edits(_ said: [Int], _ emitted: [Int]) -> Int {
    var row = Array(0...emitted.count)
    for (i, digit) in said.enumerated() {
      var next = [i + 1]
      for j in emitted.indices {
        next.append(min(row[j] + (digit == emitted[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1))
      }
      row = next
    }
    return row[emitted.count]
  }
}

/// Counts of right and wrong results of a trial at one threshold.
package struct SequenceScore: Sendable, CustomStringConvertible {
  package var digits = 0
  package var bestRight = 0
  package var emittedRight = 0
  package var emittedWrong = 0
  package var words = 0
  package var wordsTaken = 0
  package var talkHours = 0.0
  package var talkEmitted = 0
  package var noiseHours = 0.0
  package var noiseEmitted = 0
  package var strings = 0
  package var stringsRight = 0
  package var stringDigits = 0
  package var stringEdits = 0

  package init(_ trial: SequenceTrial, verdict: SequenceVerdict, threshold: Double) {
    for heard in trial.heard {
      let sure = heard.words.map { (digit: trial.labels[$0.label].digit, confidence: verdict.confidence($0.features)) }
      let emitted = sure.filter { $0.confidence >= threshold }.map(\.digit)
      switch heard.recording.label {
      case .digit(let digit):
        digits += 1
        if sure.max(by: { $0.confidence < $1.confidence })?.digit == digit { bestRight += 1 }
        if emitted.contains(digit) { emittedRight += 1 }
        emittedWrong += emitted.count - (emitted.contains(digit) ? 1 : 0)
      case .sequence(let said):
        let edits = SequenceTrial.edits(said, emitted)
        strings += 1
        stringsRight += edits == 0 ? 1 : 0
        stringDigits += said.count
        stringEdits += edits
      case .speech where heard.isTalk:
        talkHours += heard.seconds / 3600
        talkEmitted += emitted.count
      case .speech:
        words += 1
        wordsTaken += emitted.isEmpty ? 0 : 1
      case .noise:
        noiseHours += heard.seconds / 3600
        noiseEmitted += emitted.count
      }
    }
  }

  package var description: String {
    func share(_ part: Int, _ whole: Int) -> String {
      whole == 0 ? "–" : percent(Double(part) / Double(whole), 2)
    }
    func rate(_ count: Int, _ hours: Double) -> String {
      hours == 0 ? "–" : decimal(Double(count) / hours, 1) + "/h"
    }
    return "one at a time: best guess correct \(share(bestRight, digits)), emitted correctly "
      + "\(share(emittedRight, digits)), emitted wrongly \(share(emittedWrong, digits)) of \(digits); false accepts: other words "
      + "\(share(wordsTaken, words)) of \(words), talk \(rate(talkEmitted, talkHours)), noise \(rate(noiseEmitted, noiseHours)); "
      + "strings \(share(stringEdits, stringDigits)) of \(stringDigits) wrong, \(share(stringsRight, strings)) correct"
  }
}
