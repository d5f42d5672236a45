import Files
import Glibc

/// This process.
package enum Program {
  /// Makes the process ready to work. Without its arguments it ends.
  /// - Returns: the words after the program's name, as `FileName` has them.
  package static func begin() -> [String] {
    // Else the first socket or file takes the place of a standard output that was closed, and gets what is written there.
    StandardDescriptors.reserve()
    guard let arguments = Arguments.current() else {
      printError("the arguments cannot be read: neither the loader nor /proc gives them")
      exit(EXIT_FAILURE)
    }
    // Who reads a pipe may go away: that is told by the write.
    signal(SIGPIPE, SIG_IGN)
    return arguments
  }
}
