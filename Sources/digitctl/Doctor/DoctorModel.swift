import AudioInput
import CommandSupport
import DigitNetwork
import Events
import Files
import Recognition
import Wording

/// The model: whether it can be read, and what it computes here.
extension Doctor {
  func modelChecks() -> [DoctorReport.Check] {
    do {
      let path = try ModelLocator.locate(model.model)
      let model = try SequenceModel(contentsOf: path)
      let name = "\(model.metadata.name) \(model.metadata.version), from \(path)"
      return [.init("model", .good, name), try Self.selfTest(model)] + Self.sampleChecks(model, path: path)
    } catch {
      return [
        .init(
          "model", .failed(advice: "install digitd again, or name a model with --model or \(ModelLocator.variable)"),
          "\(error)")
      ]
    }
  }

  private static func sample(for model: SequenceModel, path: String) -> SampleTest? {
    SampleTest(language: model.metadata.language, besideModel: path, orIn: ModelLocator().folders)
  }

  private static func sampleChecks(_ model: SequenceModel, path: String) -> [DoctorReport.Check] {
    guard let sample = sample(for: model, path: path) else {
      let (language, name) = (model.metadata.language, SampleTest.name(language: model.metadata.language))
      return [.init("sample", .note, "there is no recording in the model's language, \(language), to try (\(name))")]
    }
    return [sample.check(with: model)] + sample.checkScores(model, path: path)
  }

  func writeGoldenScores(to file: String) throws {
    let path = try ModelLocator.locate(model.model)
    let model = try SequenceModel(contentsOf: path)
    guard let sample = Self.sample(for: model, path: path) else {
      throw CleanError("there is no \(SampleTest.name(language: model.metadata.language))")
    }
    let scores = try GoldenScores(model, path: path, sample: sample.path)
    try WholeFile.write(scores.text, to: file)
    try StandardOutput.write(line: "\(file): the scores of \(scores.model) for \(sample.path)")
  }

  /// Recognises a second of noise: fast enough, and without finding a digit.
  private static func selfTest(_ model: SequenceModel) throws -> DoctorReport.Check {
    var state: UInt32 = 1
    let noise = (0..<AudioConditioner.outputRate).map { _ -> Float in
      state = state &* 1_664_525 &+ 1_013_904_223
      return 0.1 * (Float(state >> 8) / Float(1 << 23) - 1)
    }
    var times: [Double] = []
    var number: Event.Number?
    for _ in 0..<5 {
      let start = ContinuousClock.now
      number = try ClipReading(noise, rate: AudioConditioner.outputRate, model: model).number
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    let median = times.sorted()[2]
    let time = duration(seconds: median)
    if median > 0.5 {
      return .init(
        "recogniser", .failed(advice: "use a faster machine, or one with less other work"),
        "a second of sound takes \(time)")
    }
    if let number {
      return .init("recogniser", .note, "takes \(time) for a second of sound; hears \(number.digits) in pure noise")
    }
    return .init("recogniser", .good, "takes \(time) for a second of sound; hears no digit in pure noise")
  }
}
