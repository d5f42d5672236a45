import Foundation
import TestSupport
import Testing

/// What `digitctl` passes on to `digitlab`.
@Suite(.timeLimit(.minutes(1))) struct LaboratoryTests {
  /// A folder with a `digitctl` of its own and whatever stands for `digitlab`: a script that says who it is, its process, and
  /// what it was given.
  private final class Place {
    let folder: TemporaryFolder
    var digitctl: String { folder.path("bin/digitctl") }
    /// A PATH with what the script needs and, where there is one, the other `digitlab`.
    var path: String { folder.path("elsewhere") + ":/usr/bin:/bin" }

    init() throws {
      folder = try TemporaryFolder()
      for name in ["bin", "elsewhere"] {
        try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
      }
      try FileManager.default.copyItem(
        atPath: Command.products.appending(path: "digitctl").path, toPath: digitctl)
    }

    deinit { folder.remove() }

    func putDigitlab(in place: String, mode: Int = 0o755) throws {
      let file = try folder.file(
        "\(place)/digitlab", Array("#!/bin/sh\necho \(place) $$\nprintf '<%s>' \"$@\"\necho\nexit 7\n".utf8))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }
  }

  private static let isInstalled = Command.succeeds("PATH=/usr/bin:/bin command -v digitlab")

  @Test(arguments: [
    ["train", "--help"], ["evaluate", "--data", "a b", "--json"], ["benchmark"], ["export", "--version"],
    ["help", "train"],
  ]) func `digitctl becomes the digitlab beside it and passes on every argument`(arguments: [String]) async throws {
    let place = try Place()
    try place.putDigitlab(in: "bin")
    try place.putDigitlab(in: "elsewhere")
    let command = try RunningCommand(executable: place.digitctl, arguments, environment: ["PATH": place.path])
    var lines = command.lines.makeAsyncIterator()
    #expect(await lines.next() == "bin \(command.pid)")
    #expect(await lines.next() == arguments.map { "<\($0)>" }.joined())
    #expect(await command.status() == 7)
  }

  @Test func `without a digitlab beside it the one on PATH is taken`() async throws {
    let place = try Place()
    try place.putDigitlab(in: "elsewhere")
    let result = try await Command.run(
      executable: place.digitctl, ["train"], environment: ["PATH": place.path])
    #expect(result.status == 7 && result.output.hasPrefix("elsewhere "))
  }

  @Test(.enabled(if: !isInstalled, "digitlab is installed"), arguments: [["train", "--help"], ["help", "train"]])
  func `where there is no digitlab it says what to install`(arguments: [String]) async throws {
    let place = try Place()
    let result = try await Command.run(executable: place.digitctl, arguments, environment: ["PATH": place.path])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(
      result.errors
        == "digitctl: train is done by digitlab, which is not installed: install the Debian package digitd-lab, or in the "
        + "source tree run swift build --product digitlab\n")
  }

  @Test func `a digitlab that cannot be started is named with the reason`() async throws {
    let place = try Place()
    try place.putDigitlab(in: "bin", mode: 0o644)
    let result = try await Command.run(executable: place.digitctl, ["train"], environment: ["PATH": place.path])
    #expect(result.status == 1)
    #expect(result.errors == "digitctl: \(place.folder.path("bin/digitlab")) cannot be started: Permission denied\n")
  }

  @Test func `a name that is not UTF-8 reaches the file that digitlab writes`() async throws {
    let place = try TemporaryFolder()
    defer { place.remove() }
    let script = """
      cd "$2" && name="$(printf 'a\\377b')" && "$1" export --onnx "$name" && test -s "$name" && ls | wc -l
      """
    let result = try await Command.run(
      executable: "/bin/sh", ["-c", script, "sh", Command.products.appending(path: "digitctl").path, place.path],
      environment: ["DIGITD_MODEL": Command.model])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: " ").joined() == "1\n")
  }

  @Test func `the help lists them where they have always stood`() async throws {
    let lines = try await Command.run(["--help"]).lines
    let names = lines.compactMap { line in
      line.hasPrefix("  ") ? line.split(separator: " ").first.map(String.init) : nil
    }
    let commands = ["record", "train", "evaluate", "benchmark", "export"]
    #expect(names.filter(commands.contains) == commands)
  }

  @Test(
    .enabled(if: Command.succeeds("command -v nm && command -v readelf"), "needs binutils"),
    arguments: [("digitd", false), ("digitctl", false), ("digitlab", true)])
  func `only digitlab links OpenBLAS and training code`(program: String, isExpected: Bool) throws {
    let file = Command.products.appending(path: program).path
    #expect(Command.succeeds("readelf -d '\(file)' | grep -q 'NEEDED.*blas'") == isExpected)
    // Symbols of the module Training begin so.
    #expect(Command.succeeds("nm '\(file)' | grep -q ' \\$s8Training'") == isExpected)
  }
}
