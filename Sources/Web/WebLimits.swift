import JSON

/// The server's limits.
package struct WebLimits: Sendable, Equatable {
  /// The maximum size of a recording, and of a whole batch, in bytes.
  package var recordingBytes = 32 << 20
  package var batchBytes = 64 << 20
  package var batchRecordings = 256
  /// The maximum size of the bodies of all current requests together, in bytes.
  package var bytesUnderWay = 128 << 20
  /// The longest part of a recording that is recognised, in seconds.
  package var seconds = 60.0
  /// How long a request's body may take to arrive.
  package var bodyTime = Duration.seconds(30)
  /// The maximum number of recordings waiting for a processor; further ones are refused.
  package var waiting = 512
  /// The maximum number of live event streams; each is a subscriber of the daemon.
  package var eventStreams = 32
  /// How long the daemon may take to answer.
  package var daemonTime = Duration.seconds(2)
  /// The interval of heartbeats in a stream of events, which reveal that a reader has gone.
  package var heartbeat = Duration.seconds(15)
  /// The maximum number of connections; one more closes the one that has been idle the longest.
  package var connections = 256

  package init() {}
}

extension WebLimits {
  /// The limits that the page needs, as a script.
  var script: String { "export const longestPart = \(JSONValue.rounded(seconds, 3).text);\n" }
}
