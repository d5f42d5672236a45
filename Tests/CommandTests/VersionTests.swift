import Foundation
import Testing

@Suite struct VersionTests {
  @Test(arguments: ["digitd", "digitctl"]) func theProgramsAndThePackageHaveOneVersion(program: String) async throws {
    let told = try await Command.run(executable: Command.products.appending(path: program).path, ["--version"])
    #expect(told.status == 0)
    let changelog = try String(
      contentsOf: Command.packageRoot.appending(path: "systemd/deb/changelog"), encoding: .utf8)
    #expect(changelog.hasPrefix("digitd (\(told.output.dropLast())) "))
    let help = try await Command.run(executable: Command.products.appending(path: program).path, ["--help"])
    #expect(help.output.contains("--version"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowIt(shell: String) async throws {
    let script = try await Command.run(["--generate-completion-script", shell])
    #expect(script.output.contains(shell == "fish" ? "'version'" : "--version"))
  }
}
