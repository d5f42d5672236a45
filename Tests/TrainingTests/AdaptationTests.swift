import DigitNetwork
import Recognition
import Testing
import Training

@Suite struct AdaptationTests {
  private static func outcome(_ label: RecordingLabel, told: Int?, guess: Int = 3, certainty: Double = 0.9) -> Outcome {
    let rest = (1 - certainty) / 9
    let guess = Guess(
      digit: guess, score: certainty, confidence: certainty,
      probabilities: (0..<10).map { $0 == guess ? certainty : rest })
    let decision: Decision =
      told.map { .digit(Guess(digit: $0, score: certainty, confidence: certainty, probabilities: guess.probabilities)) }
      ?? .rejected(.unsure, guess)
    return Outcome(
      recording: Recording(
        path: "a", label: label, speaker: "s", source: "x", licence: "", duration: 1, split: "validate"),
      recognition: Hypothesis(guess: guess, other: 0, decision: decision))
  }

  @Test func aScoreCountsWhatIsToldAndWhatIsTurnedDown() {
    let score = Adaptation.Score([
      Self.outcome(.digit(3), told: 3), Self.outcome(.digit(4), told: 3), Self.outcome(.digit(3), told: nil),
      Self.outcome(.speech, told: 3), Self.outcome(.noise, told: nil), Self.outcome(.sequence([1, 2]), told: 3),
    ])
    #expect(score.digits == 3 && score.toldRight == 1 && score.toldWrong == 1 && score.bestRight == 2)
    #expect(score.others == 2 && score.othersTaken == 1)
    // −(2 ln 0.9 + ln (0.1 / 9)) / 3
    #expect(abs(score.loss - 1.570_2) < 1e-4)
  }

  @Test func nobodyMayBeRecognisedWorse() {
    var voice = Adaptation.Score([Self.outcome(.digit(3), told: 3), Self.outcome(.digit(3), told: nil)])
    let others = Adaptation.Score([Self.outcome(.digit(3), told: 3), Self.outcome(.speech, told: nil)])
    let before = (voice: voice, others: others)
    #expect(!Adaptation.isBetter(before, than: before))
    voice.loss -= 0.01
    #expect(Adaptation.isBetter((voice, others), than: before))
    for worsen: (inout Adaptation.Score) -> Void in [
      { $0.bestRight -= 1 }, { $0.othersTaken += 1 }, { $0.toldRight -= 1 },
    ] {
      var worse = others
      worsen(&worse)
      #expect(!Adaptation.isBetter((voice, worse), than: before))
    }
    var wrong = voice
    wrong.toldWrong += 1
    #expect(!Adaptation.isBetter((wrong, others), than: before))
  }

  @Test func anAdaptedModelNamesAllThatItLearnedFrom() throws {
    func source(_ name: String, _ speakers: [String]) -> ModelMetadata.Source {
      ModelMetadata.Source(source: name, split: "train", speakers: speakers, recordings: 1, seconds: 1, licence: "")
    }
    let old = try TinyModel.make(sources: [source("fsdd", ["a", "b"])]).metadata
    let new = old.adapted(
      name: "mine", to: [source("own", ["me"]), source("fsdd", ["a"]), source("synthetic", ["en"])], command: "c",
      notes: "half")
    #expect(new.name == "mine" && new.training.command == "c")
    #expect(
      new.training.learnedFrom == [source("fsdd", ["a", "b"]), source("own", ["me"]), source("synthetic", ["en"])])
    #expect(new.training.notes.hasSuffix("adapted from tiny 1: half"))
  }

  @Test func weightsLieOnTheLineBetweenOldAndNew() {
    let old = ["a": Tensor(shape: [2], values: [0, 10]), "b": Tensor(shape: [1], values: [1])]
    let new = ["a": Tensor(shape: [2], values: [4, 20])]
    let mixed = Adaptation.mixed(old, new, share: 0.25)
    #expect(mixed["a"]?.values == [1, 12.5])
    #expect(mixed["b"]?.values == [1])
  }

  @Test func oneVoiceIsAsLoudAsTheOthersTogether() {
    func clips(_ speaker: String, _ count: Int, source: String = "x") -> [Clip] {
      (0..<count).map {
        Clip(
          recording: Recording(
            path: "\($0)", label: .digit($0 % 10), speaker: speaker, source: source, licence: "", duration: 1,
            split: "train"), samples: [0], sound: 0..<1)
      }
    }
    let voice = clips("me", 16)
    // Two speakers of the root 6 each against the root 4.
    let beside = Adaptation.balanced(voice, clips("a", 36) + clips("b", 36))
    #expect(Set(beside.map(\.recording.speaker)).filter { $0.hasPrefix("me") }.count == 3)
    #expect(beside.count == 3 * 16 + 72)
    // Synthetic voices have a share of their own.
    #expect(Adaptation.balanced(voice, clips("e", 400, source: "synthetic-espeak")).count == 416)
  }
}
