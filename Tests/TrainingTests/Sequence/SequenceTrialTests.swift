import Recognition
import TestSupport
import Testing
import Training

@Suite struct SequenceTrialTests {
  private static let material: [SequenceTrial.Material] = (0..<12).map { index in
    var room = Room(seed: UInt64(index))
    // What is heard in some would tell in what is heard in the next.
    if index.isMultiple(of: 3) { room.noise(4000, amplitude: 0.02) }
    room.quiet(500)
    for _ in 0...index % 2 {
      room.word(300, amplitude: 0.01)
      room.quiet(700)
    }
    let recording = Recording(
      path: "\(index)", label: .digit(7), speaker: "a", source: "test", licence: "",
      duration: Double(room.samples.count) / 8000, split: "validate")
    return .init(Clip(recording: recording, samples: room.samples, sound: 0..<room.samples.count))
  }

  @Test func `a recording is heard the same whatever was heard before, on any number of threads`() throws {
    let model = try SevenModel.make()
    func features(_ material: [SequenceTrial.Material], threads: Int) throws -> [[String: Double]] {
      let trial = try SequenceTrial(material, model: model, threads: threads)
      return trial.heard.flatMap { $0.words.map(\.features) }
    }
    let one = try features(Self.material, threads: 1)
    #expect(one.count >= 12)
    #expect(try features(Self.material, threads: 3) == one)
    #expect(try Self.material.flatMap { try features([$0], threads: 1) } == one)
  }
}
