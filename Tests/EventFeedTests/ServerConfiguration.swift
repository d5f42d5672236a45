import EventFeed
import NIOCore

extension EventServer.Configuration {
  /// The settings that these tests are written for. `ShippedPolicyTests` pins those of the daemon.
  static var testing: Self {
    var configuration = Self()
    configuration.queueCapacity = 256
    configuration.maximumConnections = 1024
    configuration.allowsPauseOverTCP = false
    configuration.maximumRecordings = 8
    configuration.maximumBytesHeld = 32 << 20
    configuration.recognitionTimeout = .seconds(30)
    configuration.settling = .milliseconds(50)
    configuration.messageTimeout = .seconds(30)
    configuration.recordingTime = .seconds(120)
    configuration.sendBuffer = 16 << 10
    configuration.closingTimeout = .milliseconds(500)
    configuration.fileInterval = .seconds(2)
    return configuration
  }
}
