import AudioInput
import DigitNetwork
import Events
import Recognition
import TestSupport
import Testing
import Training

@Suite struct StreamedSoundTests {
  private static func sound(words: Int) -> [Float] {
    var room = Room()
    room.quiet(800)
    for _ in 0..<words {
      room.word(300)
      room.quiet(600)
    }
    return room.samples
  }

  @Test func `a file and its samples give the same transcripts`() throws {
    let samples = Self.sound(words: 2)
    let folder = try TemporaryFolder()
    try WAVWriter.write(samples, sampleRate: 8000, to: folder.path("a.wav"))
    let file = try StreamedSound(path: folder.path("a.wav"))
    #expect(file.rate == 8000 && abs(file.seconds - Double(samples.count) / 8000) < 1e-9)
    let model = try SevenModel.make()
    let emitted = try file.transcripts(by: model)
    // Each word is emitted once, in its place, and both ways alike
    #expect(emitted.map(\.guess.digit) == [7, 7])
    for (transcript, start) in zip(emitted, [800, 1700]) {
      #expect(abs(transcript.timing.startMs - start) <= 60)
      #expect(transcript.timing.decidedMs > transcript.timing.startMs + 250)
    }
    let again = try StreamedSound(samples: file.samples).transcripts(by: model)
    #expect(again.map(\.timing.endMs) == emitted.map(\.timing.endMs))
  }

  @Test func `a model can be evaluated at another threshold`() throws {
    let sound = StreamedSound(samples: Self.sound(words: 1))
    let model = try SevenModel.make()
    #expect(model.threshold == 0.5 && model.emitting(from: 0.9).threshold == 0.9)
    #expect(try sound.transcripts(by: model.emitting(from: 0.9)).count == 1)
    #expect(try sound.transcripts(by: model.emitting(from: 1)).isEmpty)
  }
}

@Suite struct SpeechTrialTests {
  private func clips(_ label: RecordingLabel, _ count: Int) -> [Clip] {
    (0..<count).map { index in
      var room = Room(seed: UInt64(index))
      room.quiet(1200)
      if label != .noise { room.word(300) }
      room.quiet(800)
      let recording = Recording(
        path: "\(label) \(index)", label: label, speaker: "", source: "", licence: "", duration: 2, split: "validate")
      return Clip(recording: recording, samples: room.samples, sound: 9600..<12_000)
    }
  }

  @Test func `every clip is counted once, and counts fall as the threshold rises`() throws {
    // Given a model that takes every sound for a seven, and is sure to 0.9999
    let model = try SevenModel.make()
    let trial = SpeechTrial(
      digits: clips(.digit(7), 3) + clips(.digit(2), 1), speech: clips(.speech, 2), nearWords: clips(.speech, 1),
      noise: clips(.noise, 2))
    let report = try trial.measure(model, threads: 2) { _, _ in }
    // Then everything is counted once, as it was emitted
    #expect(report.own.threshold == 0.5)
    #expect(report.own.digits == Proportion(3, of: 4))
    #expect(report.own.speech == Proportion(2, of: 2) && report.own.speechEvents == 2)
    #expect(report.own.nearWords == Proportion(1, of: 1))
    #expect(report.own.noiseEvents == 0)
    #expect(abs(report.own.noiseSeconds - 4) < 0.01 && abs(report.own.speechSeconds - 4.6) < 0.01)
    #expect(report.rows.count == 5 && report.text.contains("threshold 0.500, the model's"))
    #expect(report.curves.map(\.name) == ["other speech, files", "words like digits"])
    for curve in report.curves {
      #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.threshold < $1.threshold })
    }
    // And a second time it is the same.
    #expect(try trial.measure(model, threads: 1) { _, _ in } == report)
  }
}
