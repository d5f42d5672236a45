/// Why the daemon could not start or go on, in one sentence, and the exit code that says so.
package struct DaemonFailure: Error, Equatable {
  package var exitCode: Int32
  package var sentence: String

  /// The work failed.
  package static func failed(_ sentence: String) -> DaemonFailure { DaemonFailure(exitCode: 1, sentence: sentence) }
  /// Wrong usage: a flag, a variable, a line of the configuration.
  package static func usage(_ sentence: String) -> DaemonFailure { DaemonFailure(exitCode: 64, sentence: sentence) }
  /// No such device at the start.
  package static func noDevice(_ sentence: String) -> DaemonFailure { DaemonFailure(exitCode: 69, sentence: sentence) }
}
