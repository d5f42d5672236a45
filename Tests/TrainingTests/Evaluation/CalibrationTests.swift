import DigitNetwork
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct CalibrationTests {
  static func right(_ model: DigitModel, _ clips: [Clip]) throws -> [Outcome] {
    try Evaluator(model: model).outcomes(for: clips).filter {
      $0.recording.label == .digit($0.recognition.guess.digit)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func theLeastSureThatIsToPassPasses(seed: UInt64) throws {
    // Given a network that has hardly learned anything, but guesses some recordings rightly
    let scratch = try TemporaryFolder()
    let clips = try TrainingData(folders: [LeaveOneOutTests.folder(scratch)]).learned
    let raw = try TinyModel.make(seed: seed)
    // When its threshold is fitted to them
    var metadata = raw.metadata
    metadata.calibration = .fitted(to: try Evaluator(model: raw).outcomes(for: clips))
    let model = try DigitModel(metadata: metadata, tensors: raw.tensors)
    // Then as many pass it as are asked for: of fewer than twenty each.
    let right = try Self.right(model, clips)
    #expect((1..<20).contains(right.count))
    #expect(right.allSatisfy { $0.recognition.guess.confidence >= metadata.calibration.minimumConfidence })
    #expect(right.contains { $0.recognition.guess.confidence < metadata.calibration.minimumConfidence * 1.001 })
  }
}
