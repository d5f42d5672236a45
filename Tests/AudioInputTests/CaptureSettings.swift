import AudioInput

extension CaptureStateMachine.Settings {
  /// The settings that these tests are written for. `ShippedPolicyTests` pins those of the daemon.
  static var testing: Self {
    var settings = Self()
    settings.stall = 2000
    settings.wait = 500
    settings.leastPause = 100
    settings.firstPause = 250
    settings.longestPause = 5000
    settings.recoveries = 5
    settings.silentLoss = 200
    settings.lateness = 1000
    settings.delay = 10
    settings.lead = 1000
    return settings
  }
}
