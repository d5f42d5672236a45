import AudioInput
import DigitNetwork
import Foundation
import Recognition
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct StreamedSoundTests {
  /// A room with tones of these lengths in it, half a second of room before, between and after; in ms.
  static func sound(tones: [Int]) -> [Float] {
    var random = SeededGenerator(seed: 5)
    var samples: [Float] = []
    func room(_ milliseconds: Int) { samples += (0..<milliseconds * 8).map { _ in random.normal() * 0.0005 } }
    room(800)
    for length in tones {
      samples += (0..<length * 8).map { ($0 / 8) % 2 == 0 ? 0.2 : -0.2 }
      room(600)
    }
    return samples
  }

  @Test func wordsUnderAndOverASecondAndAHalfAreToldApart() {
    let samples = Self.sound(tones: [300, 1800, 500])
    let segments = StreamedSound(samples: samples).shortSegments()
    #expect(segments.count == 2)
    for (segment, (start, length)) in zip(segments, [(800, 300), (800 + 900 + 2400, 500)]) {
      #expect(abs(segment.lowerBound / 8 - (start - 50)) <= 40)
      #expect(abs(segment.upperBound / 8 - (start + length + 100)) <= 40)
    }
  }

  @Test func aFileAndItsSamplesGiveTheSameTranscripts() throws {
    // Given a recording at 8 kHz, as a file and as the samples that conditioning makes of it
    let samples = Self.sound(tones: [300, 400])
    let folder = try TemporaryFolder()
    try WAVWriter.write(samples, sampleRate: 8000, to: folder.path("a.wav"))
    let file = try StreamedSound(path: folder.path("a.wav"))
    let read = try SoundFile.read(path: folder.path("a.wav"))
    let memory = StreamedSound(samples: try AudioConditioner.condition(read.samples, sampleRate: 8000))
    #expect(file.samples == memory.samples)
    #expect(abs(file.seconds - Double(samples.count) / 8000) < 1e-9)
    // When a recogniser that takes everything for a five listens
    final class Five: UtteranceRecognizing {
      func recognize(
        _ utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>
      ) -> Hypothesis {
        let guess = Guess(digit: 5, score: 1, confidence: 1, probabilities: [])
        return Hypothesis(guess: guess, other: 0, decision: .digit(guess), certainEarly: true)
      }
    }
    let told = file.transcripts(by: Five())
    // Then each tone is told once, in its place, and both ways alike
    #expect(told.map(\.guess.digit) == [5, 5])
    #expect(told == memory.transcripts(by: Five()))
    for (transcript, start) in zip(told, [800, 1700]) {
      #expect(abs(transcript.place.startMs - start) <= 40)
      #expect(transcript.place.decidedMs > transcript.place.startMs + 300)
    }
  }
}

@Suite struct MemoizingRecognizerTests {
  @Test func theSameSoundIsAskedOnceAndJudgedByTheCalibrationOfTheDay() throws {
    let model = try TinyModel.make()
    let (plain, memoizing) = (try Recognizer(model: model), try MemoizingRecognizer(model: model))
    let words = [300, 500].map { StreamedSoundTests.sound(tones: [$0]) }
    for _ in 0..<2 {
      for word in words {
        word.withUnsafeBufferPointer { word in
          let background = UnsafeBufferPointer(rebasing: word[..<4000])
          #expect(memoizing.recognize(word, background: background) == plain.recognize(word, background: background))
        }
      }
    }
    #expect(memoizing.known == 2)
    memoizing.calibration.minimumScore = 1
    let strict = words[0].withUnsafeBufferPointer {
      memoizing.recognize($0, background: UnsafeBufferPointer(rebasing: $0[..<4000]))
    }
    guard case .rejected = strict.decision else {
      Issue.record("a threshold of 1 lets nothing pass")
      return
    }
    #expect(memoizing.known == 2)
    memoizing.forget()
    #expect(memoizing.known == 0)
  }
}

@Suite struct SpeechTrialTests {
  @Test func countsAreOfWhatWasGivenAndFallWithTheThreshold() throws {
    // Given a model that has learned nothing, and made sounds
    let model = try TinyModel.make(minimumScore: 0.05)
    let all = TinyBank.clips()
    func clips(_ isWanted: (RecordingLabel) -> Bool) -> [Clip] { all.filter { isWanted($0.recording.label) } }
    let trial = SpeechTrial(
      digits: clips { if case .digit = $0 { true } else { false } }, speech: clips { $0 == .speech },
      nearWords: clips { $0 == .digit(3) }, noise: clips { $0 == .noise })
    // When they are put before it
    let report = try trial.measure(model, threads: 2) { _, _ in }
    // Then everything is counted once
    #expect(report.own.threshold == 0.05)
    #expect(report.own.digitsClassified.total == 20 && report.own.digitsHeard.total == 20)
    #expect(report.own.speechHeard.total == 4 && report.own.speechClassified.total == 4)
    #expect(report.own.nearWordsHeard?.total == 2)
    #expect(report.own.noiseSeconds == 8)
    #expect(report.rows.count == 8 && report.text.contains("threshold 0.050, the model's"))
    // And along each curve what is taken for a digit falls while what is missed rises
    #expect(report.curves.map(\.name).contains("other speech, files through the listener"))
    for curve in report.curves {
      for (lower, higher) in zip(curve.points, curve.points.dropFirst()) {
        #expect(lower.threshold < higher.threshold)
        #expect(lower.misses.count <= higher.misses.count, "\(curve.name) at \(higher.threshold)")
      }
    }
    // And a second time it is the same.
    #expect(try trial.measure(model, threads: 1) { _, _ in } == report)
  }
}
