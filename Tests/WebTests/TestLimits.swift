import Web

extension WebLimits {
  /// The limits that these tests are written for. `ShippedPolicyTests` pins those of `digitctl serve`.
  static var testing: Self {
    var limits = Self()
    limits.recordingBytes = 32 << 20
    limits.batchBytes = 64 << 20
    limits.batchRecordings = 256
    limits.bytesUnderWay = 128 << 20
    limits.seconds = 60
    limits.bodyTime = .seconds(30)
    limits.waiting = 512
    limits.eventStreams = 32
    limits.daemonTime = .seconds(2)
    limits.heartbeat = .seconds(15)
    limits.connections = 256
    return limits
  }
}
