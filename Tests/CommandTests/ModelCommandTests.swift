import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct ModelCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A place as it is after an installation: digitctl and a model.
  private func installation(previous: Bool) throws -> (program: String, models: String) {
    let models = folder.path("share/digitd")
    for name in ["bin", "share/digitd"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    let program = folder.path("bin/digitctl")
    try FileManager.default.copyItem(
      atPath: Command.products.appending(path: "digitctl").path, toPath: program)
    let model = Command.packageRoot.appending(path: "Models/digits.safetensors").path
    try FileManager.default.copyItem(atPath: model, toPath: models + "/digits.safetensors")
    if previous { try FileManager.default.copyItem(atPath: model, toPath: models + "/digits.previous.safetensors") }
    return (program, models)
  }

  @Test func `the daemon's model is marked`() async throws {
    let (program, models) = try installation(previous: true)
    _ = try folder.file("share/digitd/broken.safetensors", [1, 2, 3])
    let config = try folder.file("config", Array("DIGITD_MODEL=previous\n".utf8))
    for (file, marked) in [(folder.path("none"), "digits"), (config, "digits.previous")] {
      let result = try await Command.run(executable: program, ["model", "list", "--config", file])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.lines.count == 4)
      #expect(
        result.lines.filter { $0.hasPrefix("*") }.map { $0.hasSuffix(" \(models)/\(marked).safetensors") } == [true])
      let broken = try #require(result.lines.first { $0.hasSuffix("broken.safetensors") })
      #expect(broken.contains("(not a usable model)"))
    }
  }

  @Test func `the daemon is set to a model and back`() async throws {
    let (program, models) = try installation(previous: true)
    let before = "# mine\nDIGITD_DEVICE=hw:1\n#DIGITD_MODEL=\n"
    let config = try folder.file("config", Array(before.utf8))
    func use(_ model: String) async throws -> Command.Result {
      try await Command.run(executable: program, ["model", "use", model, "--config", config])
    }
    for (model, line) in [
      ("previous", "DIGITD_MODEL=\"previous\""),
      (models + "/digits.safetensors", "DIGITD_MODEL=\"\(models)/digits.safetensors\""),
      ("usual", "#DIGITD_MODEL="),
    ] {
      let result = try await use(model)
      #expect(result.status == 0 && result.output.contains("restart"), "\(result.errors)")
      #expect(try String(contentsOfFile: config, encoding: .utf8) == "# mine\nDIGITD_DEVICE=hw:1\n\(line)\n")
    }
  }

  /// And changes nothing.
  @Test func `a file that is not a model is refused`() async throws {
    let (program, _) = try installation(previous: false)
    let config = try folder.file("config", Array("DIGITD_CHANNEL=1\n".utf8))
    let broken = try folder.file("broken", [1, 2, 3])
    for (model, words) in [
      ("previous", "digits.previous.safetensors"), (broken, broken), ("/no/model", "/no/model"),
    ] {
      let result = try await Command.run(executable: program, ["model", "use", model, "--config", config])
      #expect(result.status == 1 && result.errors.contains(words), "\(result.errors)")
    }
    #expect(try String(contentsOfFile: config, encoding: .utf8) == "DIGITD_CHANNEL=1\n")
  }
}
