import CommandSupport
import Files
import Glibc
import Recognition

/// `digitlab`, which trains and measures: a separate program, so that the others need neither training code nor
/// OpenBLAS.
enum Laboratory {
  private static let program = "digitlab"

  /// The `digitlab` command that these words refer to: its name, or `help` and its name.
  static func command(in words: [String]) -> LaboratoryCommand? {
    (words.first == "help" ? words.dropFirst() : words[...]).first.flatMap(LaboratoryCommand.init)
  }

  /// Replaces this process with the `digitlab` beside it, else with the one on PATH. If there is none, the process
  /// exits and says what to install.
  /// - Parameter words: the arguments of `digitlab`, byte for byte.
  static func take(over command: LaboratoryCommand, _ words: [String]) -> Never {
    let arguments = ([program] + words).map { FileName.withCString($0) { strdup($0) } } + [nil]
    if let neighbour {
      FileName.withCString(neighbour) { _ = execv($0, arguments) }
      let code = errno
      if code != ENOENT, code != ENOTDIR { fail("\(neighbour) cannot be started: \(systemReason(code))") }
    }
    execvp(program, arguments)
    switch errno {
    // A folder on PATH that may not be searched counts as one without it.
    case ENOENT, ENOTDIR, EACCES:
      fail(
        "\(command.rawValue) is done by \(program), which is not installed: install the Debian package digitd-lab, or in "
          + "the source tree run swift build --product \(program)")
    case let code: fail("\(program) cannot be started: \(systemReason(code))")
    }
  }

  /// Its place beside this program's file.
  private static var neighbour: String? {
    let own = ModelLocator.runningProgram
    return own.lastIndex(of: "/").map { own[...$0] + program }
  }

  private static func fail(_ sentence: String) -> Never {
    printError(sentence)
    exit(EXIT_FAILURE)
  }
}
