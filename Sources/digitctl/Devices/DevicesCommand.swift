import ArgumentParser
import AudioInput
import CommandSupport
import EventFeed
import Events
import Files
import Glibc

struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the microphones and what they can do.",
    discussion: "The names are those for digitd --device; a card's stays when its number changes.")

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Listen to each for a second, and say how loud it is there; digitd is asked for the one that it has.")
  var levels = false

  @OptionGroup var socket: SocketOption

  func run() async throws {
    let daemon = levels ? await DaemonLevel.measure(socket.client) : nil
    let found = CaptureDevices.list()
    let set = ConfiguredDevice.find(environment: Environment.current).name
    let defaultCard = found.first { $0.name == "default" }?.card
    try StandardOutput.untilClosed {
      var lines: [DeviceLine] = []
      for device in found {
        var line = DeviceLine(device, set: set, defaultCard: defaultCard)
        if levels {
          let isDaemons = daemon?.isOf(device.name, holders: device.holders, all: found.flatMap(\.holders)) ?? false
          line.level = isDaemons ? daemon?.level : Self.level(of: device)
        }
        try StandardOutput.write(line: json ? line.json : DeviceLine.text([line]))
        lines.append(line)
      }
      if !json, let advice = DeviceLine.advice(lines) { try StandardOutput.write(line: "\n" + advice) }
    }
    if found.isEmpty { printError("there is no microphone: ALSA knows no capture device") }
  }

  /// Measures a second of its sound.
  private static func level(of device: CaptureDevice) -> DeviceLine.Level {
    if case .unusable(_, let detail) = device.ability { return .unheard(detail) }
    do {
      let microphone = try Microphone(device: device.name)
      defer { microphone.stop() }
      return try listen(to: microphone) ?? .unheard("no sound comes from \(device.name)")
    } catch {
      return .unheard("\(error)")
    }
  }

  private static func listen(to source: some AudioSource) throws -> DeviceLine.Level? {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 8192)
    buffer.initialize(repeating: 0)
    defer { buffer.deallocate() }
    var rate = AudioConditioner.outputRate
    var settling = Microphone.clickSeconds
    var idle = 0
    var (count, sum, squares, peak) = (0, 0.0, 0.0, 0.0)
    while count < rate {
      switch try source.read(into: buffer, timeoutMilliseconds: 100) {
      case .format(let sampleRate): rate = sampleRate
      case .samples(let taken):
        idle = 0
        if settling > 0 {
          settling -= Double(taken) / Double(rate)
          continue
        }
        count += taken
        for sample in buffer[..<taken] {
          sum += Double(sample)
          squares += Double(sample) * Double(sample)
          peak = max(peak, Double(abs(sample)))
        }
      case .device(_, _, let detail?): return .unheard(detail)
      case .idle:
        idle += 1
        if idle > 30 { return nil }
      case .end: return nil
      case .device, .lost, .late, .channels: break
      }
    }
    let mean = sum / Double(count)
    let power = max(0, squares / Double(count) - mean * mean)
    return .heard(rmsDBFS: 10 * log10(max(power, 1e-20)), peakDBFS: 20 * log10(max(peak, 1e-10)))
  }
}

extension DeviceLine {
  init(_ device: CaptureDevice, set: String, defaultCard: Int?) {
    let ability: Ability =
      switch device.ability {
      case .usable(let formats, let rates, let channels):
        .usable(formats: formats, rates: rates, channels: channels)
      case .unusable(let state, let detail): .unusable(state: state.rawValue, detail: detail)
      }
    var marks: [Mark] = []
    // The first device of the card behind `default`.
    let isDefaultsCard = device.card != nil && device.card == defaultCard && device.name.hasSuffix("DEV=0")
    if device.name == "default" || isDefaultsCard { marks.append(.isDefault) }
    if device.name == set { marks.append(.isDaemons) }
    if !device.holders.isEmpty { marks.append(.inUse(by: device.holders)) }
    self.init(name: device.name, description: device.description, ability: ability, marks: marks)
  }
}
