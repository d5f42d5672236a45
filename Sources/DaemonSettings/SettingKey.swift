/// The names of the settings; in the environment and in the file each is `DIGITD_` and the name in capitals.
package enum SettingKey: String, Sendable, CaseIterable {
  case device, channel, input, raw, realtime, socket
  case noSocket = "no-socket"
  case model, format
  case logLevel = "log-level"
  case waitForDevice = "wait-for-device"
  case startPaused = "start-paused"
  case allowTCPPause = "allow-tcp-pause"
  case keepUtterances = "keep-utterances"
  case numberPause = "number-pause"

  package var variable: String {
    "DIGITD_" + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
  }
}
