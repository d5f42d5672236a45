/// How much the server takes on.
package struct WebLimits: Sendable, Equatable {
  /// The largest recording, and all of a batch together, in bytes.
  package var recordingBytes = 32 << 20
  package var batchBytes = 64 << 20
  package var batchRecordings = 256
  /// What the bodies of all requests that are under way take together, in bytes.
  package var bytesUnderWay = 128 << 20
  /// The longest part of a recording that is looked at, in seconds.
  package var seconds = 60.0
  /// How long a request's body may take to come.
  package var bodyTime = Duration.seconds(30)
  /// Recordings that wait for a processor; what comes then is turned away.
  package var waiting = 512
  /// Live event streams at once; each is a subscriber of the daemon.
  package var eventStreams = 32
  /// How long the daemon may take to answer.
  package var daemonTime = Duration.seconds(2)
  /// A stream of events says something at least so often, so that a reader that is gone is found out.
  package var heartbeat = Duration.seconds(15)
  /// Connections at once; one too many costs the one that has been idle the longest.
  package var connections = 256

  package init() {}
}
