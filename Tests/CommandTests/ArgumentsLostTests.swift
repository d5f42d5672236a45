import Foundation
import TestSupport
import Testing

/// A preloaded library that sets a variable before the program begins leaves Swift's own list of arguments empty
/// (swiftlang/swift#76080, seen with libfaketime).
@Suite struct ArgumentsLostTests {
  private static let hasCompiler = Command.succeeds("command -v cc || command -v clang")

  private func library(in folder: TemporaryFolder) throws -> String {
    let source = try folder.file(
      "early.c",
      Array(
        "#include <stdlib.h>\n__attribute__((constructor)) static void f(void) { setenv(\"EARLY\", \"1\", 1); }\n".utf8)
    )
    let built = folder.path("early.so")
    try #require(Command.succeeds("$(command -v cc || command -v clang) -shared -fPIC -o '\(built)' '\(source)'"))
    return built
  }

  @Test(.enabled(if: hasCompiler, "there is no C compiler"), .timeLimit(.minutes(1)))
  func `both programs do what they were asked to do`() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let early = ["LD_PRELOAD": try library(in: folder)]
    // A file that is not there: a daemon that did not see its arguments would listen to a microphone.
    let daemon = try await Command.run(
      executable: Command.products.appending(path: "digitd").path, ["--input", folder.path("none.wav"), "--no-socket"],
      environment: early)
    #expect(daemon.status == 1)
    #expect(daemon.errors.contains("none.wav: there is no such file"))
    let control = try await Command.run(["--version"], environment: early)
    #expect(control.status == 0 && control.lines.count == 1)
    #expect(try await Command.run(["nothing"], environment: early).status == 64)
  }
}
