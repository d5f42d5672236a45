import Foundation
import Testing

@Suite struct VersionTests {
  @Test(arguments: ["digitd", "digitctl", "digitlab"]) func `the programs and the package have one version`(
    program: String
  )
    async throws
  {
    let told = try await Command.run(executable: Command.products.appending(path: program).path, ["--version"])
    #expect(told.status == 0)
    let changelog = try String(
      contentsOf: Command.packageRoot.appending(path: "systemd/deb/changelog"), encoding: .utf8)
    #expect(changelog.hasPrefix("digitd (\(told.output.dropLast())) "))
    let help = try await Command.run(executable: Command.products.appending(path: program).path, ["--help"])
    #expect(help.output.contains("--version"))
  }

  @Test(arguments: [
    ("digitctl", ["classify", "dig"], "digits-ar.txt digits-ar.wav digits.scores digits.txt digits.wav"),
    ("digitctl", ["classify", "--model", "dig"], "digits-ar.txt digits-ar.wav digits.scores digits.txt digits.wav"),
    ("digitlab", ["train", "--data", "../Fix"], "../Fixtures"),
  ]) func `bash completes files and folders`(program: String, words: [String], completions: String) async throws {
    let script = """
      cd "$1" && source <("$2" --generate-completion-script bash) && shift 2
      COMP_WORDS=(\(program) "$@") COMP_CWORD=$# COMP_LINE="\(program) $*" COMP_POINT=$((9 + $(printf %s "$*" | wc -c)))
      _\(program) \(program) "${@: -1}" "${@: -2:1}" 2>/dev/null
      printf '%s\\n' "${COMPREPLY[@]}" | sort | xargs
      """
    let told = try await Command.run(
      executable: "/bin/bash",
      [
        "-c", script, "bash", Command.packageRoot.appending(path: "Tests/Fixtures").path,
        Command.products.appending(path: program).path,
      ] + words)
    #expect(told.output == completions + "\n")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `completion scripts know --version`(shell: String) async throws {
    let script = try await Command.run(["--generate-completion-script", shell])
    #expect(script.output.contains(shell == "fish" ? "'version'" : "--version"))
  }
}
