import AudioInput
import Events
import Files
import Wording

/// The microphones: the daemon's and the others.
extension Doctor {
  func deviceChecks(daemon: Event.Status?) -> [DoctorReport.Check] {
    let set = ConfiguredDevice.find(
      given: device, environment: Environment.current, file: config)
    return [setDeviceCheck(set, daemon: daemon)]
      + otherDeviceChecks(isNeeded: device != nil || !(daemon.map(Self.hearsRecording) ?? false))
  }

  /// Whether the daemon listens to a file or a pipe, which its status names in place of a microphone.
  private static func hearsRecording(_ daemon: Event.Status) -> Bool {
    daemon.state == .listening
      && (daemon.device == "standard input" || daemon.device.contains("/") || FileStatus(daemon.device) != nil)
  }

  /// The microphone that the daemon is set to, or uses.
  private func setDeviceCheck(_ set: ConfiguredDevice, daemon: Event.Status?) -> DoctorReport.Check {
    if let problem = set.problem {
      return .init("device", .failed(advice: "fix the file: digitd does not start with it"), problem)
    }
    // The running daemon's device counts, unless --device names another.
    let name = device == nil ? daemon?.device ?? set.name : set.name
    let origin = name == set.name ? set.origin.map { " (\($0))" } ?? "" : " (the running daemon's)"
    if device == nil, let daemon, Self.hearsRecording(daemon) {
      return .init("device", .note, "the running daemon listens to \(name), not to a microphone")
    }
    let found = CaptureDevices.device(named: name)
    switch found.ability {
    case .usable(_, let rates, let channels):
      let best = rates.max().map { ", up to \($0) Hz" } ?? ""
      return .init("device", .good, "\(name)\(origin) can be used\(best), \(counted(channels.upperBound, "channel"))")
    case .unusable(.busy, _) where daemon?.device == name && daemon?.state == .listening:
      return .init("device", .good, "\(name)\(origin) is the daemon's")
    case .unusable(let state, let detail):
      return .init("device", .failed(advice: Self.advice(for: .init(rawValue: state.rawValue))), detail + origin)
    }
  }

  /// - Parameter isNeeded: whether it is a fault if there is none.
  private func otherDeviceChecks(isNeeded: Bool) -> [DoctorReport.Check] {
    let devices = CaptureDevices.list()
    guard !devices.isEmpty else {
      let advice = "plug one in; arecord -l should list it, and dmesg has the kernel's messages"
      return [.init("microphones", isNeeded ? .failed(advice: advice) : .note, "ALSA knows no capture device")]
    }
    var checks = devices.map { device -> DoctorReport.Check in
      switch device.ability {
      case .usable(_, let rates, _):
        let best = rates.max().map { ", up to \($0) Hz" } ?? ""
        return .init("microphone", .good, "\(device.name) can be used\(best)")
      case .unusable(let state, let detail):
        // Busy is no fault: most likely the daemon uses it.
        return .init("microphone", state == .busy ? .good : .note, detail)
      }
    }
    let usable = devices.contains { device in
      switch device.ability {
      case .usable, .unusable(.busy, _): true
      case .unusable: false
      }
    }
    if !usable {
      let isDenied = devices.contains { if case .unusable(.denied, _) = $0.ability { true } else { false } }
      let advice =
        isDenied
        ? "sudo usermod -aG audio $USER, then log in again"
        : "start the sound server, or name a card with --device (digitctl devices lists them)"
      checks.append(
        .init("microphones", isNeeded ? .failed(advice: advice) : .note, "none of them can be used"))
    }
    return checks
  }

  static func advice(for state: Event.Device.State) -> String {
    switch state {
    case .busy: "end the other program, or give digitd another device with --device"
    case .denied: "the service needs SupplementaryGroups=audio; you need to be in the group audio"
    case .stalled: "plug the microphone in again; if it is behind a sound server, restart that"
    default:
      "plug it in, start the sound server if it is behind one, or name another with --device or DIGITD_DEVICE; digitctl devices lists them"
    }
  }
}
