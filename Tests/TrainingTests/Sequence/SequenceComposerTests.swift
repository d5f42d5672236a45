import DataFolders
import DigitNetwork
import Recognition
import SpeechFeatures
import Testing
import Training

@Suite struct SequenceComposerTests {
  private static func composer(_ change: (inout SequenceRecipe) -> Void = { _ in }) throws -> SequenceComposer {
    var recipe = SequenceRecipe()
    change(&recipe)
    return try SequenceComposer(
      try SequenceBank(TinyBank.clips(), language: "en"), labels: TinyBank.labels, recipe: recipe,
      architecture: .standard(labels: 11))
  }

  private static func example(_ composer: SequenceComposer, _ index: UInt64) -> (
    target: SequenceComposer.Target, input: [Float]
  ) {
    var input = [Float](repeating: .nan, count: composer.inputCount)
    let target = input.withUnsafeMutableBufferPointer { input -> SequenceComposer.Target in
      guard let base = input.baseAddress else { return .init() }
      return composer.make(index, input: base)
    }
    return (target, input)
  }

  @Test func `an example depends on its number and the seed alone`() throws {
    let (first, second) = (try Self.composer(), try Self.composer())
    let forward = (0..<10).map { Self.example(first, $0) }
    for index in (0..<10).reversed() {
      let again = Self.example(second, UInt64(index))
      #expect(again.target == forward[index].target && again.input == forward[index].input)
    }
    let other = try Self.composer { $0.seed = 2 }
    #expect(Self.example(other, 0).input != forward[0].input)
  }

  @Test func `examples are finite, and their words lie in order where digits sound`() throws {
    let composer = try Self.composer()
    var labels = Set<Int>()
    for index in 0..<120 {
      let (target, input) = Self.example(composer, UInt64(index))
      #expect(input.allSatisfy { $0.isFinite })
      #expect(target.activity.count == SequenceRecipe().columns)
      for word in target.words {
        labels.insert(word.label)
        #expect(word.columns.contains { target.activity[$0] != 0 }, "example \(index)")
      }
    }
    #expect(labels == Set(0...9), "every digit occurs")
  }

  @Test func `a recording that is cut begins with a word, within it or with a pause, and ends with a word`() throws {
    let composer = try Self.composer {
      ($0.examples.cutBeginning, $0.examples.cutEnd) = (1, 1)
    }
    var (endsEarly, beginsWithin, beginsLate) = (0, 0, 0)
    for index in 0..<40 {
      let (samples, words) = composer.sound(UInt64(index))
      // As the reader begins a recording.
      let first = try #require(samples.firstIndex { $0 != 0 })
      #expect(first >= SpeechReader.prelude, "example \(index)")
      // At most 60 ms of a word are missing.
      let start = words.first?.samples.lowerBound ?? SpeechReader.prelude
      #expect(start >= SpeechReader.prelude - 480, "example \(index)")
      if start < SpeechReader.prelude { beginsWithin += 1 }
      if start > SpeechReader.prelude + 1600 { beginsLate += 1 }
      let end = samples.lastIndex { $0 != 0 } ?? 0
      #expect(words.allSatisfy { $0.samples.upperBound <= end + 1600 })
      if end < samples.count - 1 { endsEarly += 1 }
    }
    #expect(endsEarly > 20 && (5...25).contains(beginsWithin) && (1...15).contains(beginsLate))
  }

  @Test func `half a digit, and a digit within talk, are other speech`() throws {
    func marks(_ change: (inout SequenceSettings) -> Void) throws -> (words: Int, digit: Int, other: Int) {
      let composer = try Self.composer {
        ($0.examples.run, $0.examples.single, $0.examples.word, $0.examples.talk) = (0, 0, 0, 0)
        ($0.examples.cutBeginning, $0.examples.cutEnd) = (0, 0)
        change(&$0.examples)
      }
      let targets = (0..<20).map { Self.example(composer, $0).target }
      let columns = targets.flatMap(\.activity)
      return (targets.reduce(0) { $0 + $1.words.count }, columns.count { $0 == 1 }, columns.count { $0 == 2 })
    }
    let halves = try marks { ($0.single, $0.halfDigit) = (1, 1) }
    #expect(halves.words == 0 && halves.digit == 0 && halves.other > 100)
    let wholes = try marks { ($0.single, $0.halfDigit) = (1, 0) }
    #expect(wholes.words > 20 && wholes.digit > 100 && wholes.other == 0)
    let talk = try marks { ($0.talk, $0.digitInTalk) = (1, 1) }
    #expect(talk.words == 0 && talk.digit == 0 && talk.other > 100)
  }

  @Test func `what is a digit beside digits alone is learned as that label in runs`() throws {
    let labels = TinyBank.labels + [SequenceModel.Label(text: "zero", spoken: "oh", digit: 0)]
    let clips = TinyBank.clips().map { clip in
      guard clip.recording.path == "w0.wav" else { return clip }
      var recording = clip.recording
      recording.text = "Oh"
      return Clip(recording: recording, samples: clip.samples, sound: clip.sound)
    }
    func labelsHeard(_ alike: [String: Int]) throws -> Set<Int> {
      let composer = try SequenceComposer(
        try SequenceBank(clips, language: "en", alike: alike), labels: labels, recipe: SequenceRecipe(),
        architecture: .standard(labels: 12))
      return Set((0..<300).flatMap { composer.sound($0).words.map(\.label) })
    }
    #expect(try labelsHeard([:]) == Set(0...9))
    #expect(try labelsHeard(["oh": 10]) == Set(0...10))
  }

  @Test func `recordings of another language can only be other speech`() throws {
    let clips = TinyBank.clips()
    let foreign = clips.map { clip in
      var recording = clip.recording
      recording.language = "xx"
      return Clip(recording: recording, samples: clip.samples, sound: clip.sound)
    }
    #expect(throws: DataError.self) { try SequenceBank(foreign, language: "en") }
    #expect(throws: DataError.self) { try SequenceBank([], others: clips, language: "en") }
    #expect(throws: Never.self) { try SequenceBank(clips, others: foreign, language: "en") }
  }
}
