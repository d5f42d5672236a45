import Files
import Glibc

/// This process.
package enum Program {
  /// Prepares the process. Exits if the arguments are not available.
  /// - Returns: the words after the program's name, as `FileName` has them.
  package static func begin() -> [String] {
    // Otherwise the first socket or file would take the number of a closed standard output, and receive its data.
    StandardDescriptors.reserve()
    guard let arguments = Arguments.current() else {
      printError("the arguments cannot be read: neither the loader nor /proc gives them")
      exit(EXIT_FAILURE)
    }
    // The reader of a pipe may go away: the write reports that.
    signal(SIGPIPE, SIG_IGN)
    return arguments
  }
}
