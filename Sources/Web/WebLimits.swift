import JSON

/// The server's limits.
package struct WebLimits: Sendable, Equatable {
  /// The largest recording, and all of a batch together, in bytes.
  package var recordingBytes = 32 << 20
  package var batchBytes = 64 << 20
  package var batchRecordings = 256
  /// The bodies of all requests under way together, in bytes.
  package var bytesUnderWay = 128 << 20
  /// The longest part of a recording that is recognised, in seconds.
  package var seconds = 60.0
  /// How long a request's body may take to come.
  package var bodyTime = Duration.seconds(30)
  /// Recordings that may wait for a processor; further ones are refused.
  package var waiting = 512
  /// Live event streams at once; each is a subscriber of the daemon.
  package var eventStreams = 32
  /// How long the daemon may take to answer.
  package var daemonTime = Duration.seconds(2)
  /// A stream of events has a heartbeat so often, so that a reader that is gone is noticed.
  package var heartbeat = Duration.seconds(15)
  /// Connections at once; one too many closes the one that has been idle the longest.
  package var connections = 256

  package init() {}
}

extension WebLimits {
  /// Those that the page keeps to, as a script.
  var script: String { "export const longestPart = \(JSONValue.rounded(seconds, 3).text);\n" }
}
