import ArgumentParser
import AudioInput
import TerminalFace

struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the microphones and what they can do.",
    discussion: "The names are those for digitd --device; a card's stays when its number changes.")

  @Flag(help: "One JSON object a line.")
  var json = false

  func run() throws {
    let devices = CaptureDevices.list().map(DeviceLine.init)
    try StandardOutput.whileRead {
      if json {
        for device in devices { try StandardOutput.write(line: device.json) }
      } else if !devices.isEmpty {
        try StandardOutput.write(line: DeviceLine.text(devices))
      }
    }
    if devices.isEmpty { complain("there is no microphone: ALSA knows no capture device") }
  }
}

extension DeviceLine {
  init(_ device: CaptureDevice) {
    let ability: Ability =
      switch device.ability {
      case .usable(let formats, let rates, let channels):
        .usable(formats: formats, rates: rates, channels: channels)
      case .unusable(let state, let detail): .unusable(state: state.rawValue, detail: detail)
      }
    self.init(name: device.name, description: device.description, ability: ability)
  }
}
