/// How much the server takes on.
public struct WebLimits: Sendable, Equatable {
  /// The largest recording, and all of a batch together, in bytes.
  public var recordingBytes = 32 << 20
  public var batchBytes = 64 << 20
  public var batchRecordings = 256
  /// The longest part of a recording that is looked at, in seconds.
  public var seconds = 60.0
  /// How long a request's body may take to come.
  public var bodyTime = Duration.seconds(30)
  /// Recordings that wait for a processor; what comes then is turned away.
  public var waiting = 512
  /// Live event streams at once; each is a subscriber of the daemon.
  public var eventStreams = 32
  /// How long the daemon may take to answer.
  public var daemonTime = Duration.seconds(2)
  /// A stream of events says something at least so often, so that a reader that is gone is found out.
  public var heartbeat = Duration.seconds(15)
  /// Connections at once; one too many costs the one that has been idle the longest.
  public var connections = 256

  public init() {}
}
