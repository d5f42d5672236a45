import ArgumentParser
import AudioInput
import CommandSupport
import DaemonSettings
import DigitNetwork
import EventFeed
import Events
import Files
import Glibc
import Recognition
import Wording

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the installation, and say how to fix what is wrong.",
    discussion:
      "Checks the model and what it computes here, the microphones and their sound, the groups, the socket and the "
      + "service. The exit code is 1 if a check fails."
  )

  @Flag(help: "One JSON object a line.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The microphone to check (default: the daemon's: DIGITD_DEVICE, else its configuration, else default).",
      valueName: "pcm"))
  var device: String?

  @Option(
    help: ArgumentHelp("The daemon's configuration (default: \(ConfigurationFile.usual)).", valueName: "file"),
    completion: .file())
  var config: String?

  /// For whoever releases a model: see Tests/Fixtures/make-recordings.sh.
  @Option(
    help: ArgumentHelp(
      "Write the network's scores for the sample, as later checks shall compare with.", valueName: "file",
      visibility: .hidden))
  var writeScores: String?

  @OptionGroup var model: ModelOption
  @OptionGroup var socket: SocketOption

  func run() async throws {
    if let writeScores { return try writeGoldenScores(to: writeScores) }
    var report = DoctorReport()
    report.checks += modelChecks()
    let daemon = await daemonChecks()
    report.checks += deviceChecks(daemon: daemon.status)
    report.checks += daemon.checks
    report.checks += serviceChecks(daemonAnswers: daemon.answers)
    try StandardOutput.untilClosed {
      try StandardOutput.write(line: json ? report.json : report.text)
    }
    if report.failures > 0 { throw ExitCode.failure }
  }

  // MARK: Model

  private func modelChecks() -> [DoctorReport.Check] {
    do {
      let path = try ModelLocator.locate(model.model)
      let model = try SequenceModel(contentsOf: path)
      let name = "\(model.metadata.name) \(model.metadata.version), from \(path)"
      return [.init("model", .good, name), try Self.selfTest(model)] + Self.sampleChecks(model, path: path)
    } catch {
      return [
        .init(
          "model", .failed(advice: "install digitd again, or name a model with --model or \(ModelLocator.variable)"),
          "\(error)")
      ]
    }
  }

  private static func sample(for model: SequenceModel, path: String) -> SampleTest? {
    SampleTest(language: model.metadata.language, besideModel: path, orIn: ModelLocator().folders)
  }

  private static func sampleChecks(_ model: SequenceModel, path: String) -> [DoctorReport.Check] {
    guard let sample = sample(for: model, path: path) else {
      let (language, name) = (model.metadata.language, SampleTest.name(language: model.metadata.language))
      return [.init("sample", .note, "there is no recording in the model's language, \(language), to try (\(name))")]
    }
    return [sample.check(with: model)] + sample.checkScores(model, path: path)
  }

  private func writeGoldenScores(to file: String) throws {
    let path = try ModelLocator.locate(model.model)
    let model = try SequenceModel(contentsOf: path)
    guard let sample = Self.sample(for: model, path: path) else {
      throw CleanError("there is no \(SampleTest.name(language: model.metadata.language))")
    }
    let scores = try GoldenScores(model, path: path, sample: sample.path)
    try WholeFile.write(scores.text, to: file)
    try StandardOutput.write(line: "\(file): the scores of \(scores.model) for \(sample.path)")
  }

  /// Recognises a second of noise: fast enough, and without finding a digit.
  private static func selfTest(_ model: SequenceModel) throws -> DoctorReport.Check {
    var state: UInt32 = 1
    let noise = (0..<AudioConditioner.outputRate).map { _ -> Float in
      state = state &* 1_664_525 &+ 1_013_904_223
      return 0.1 * (Float(state >> 8) / Float(1 << 23) - 1)
    }
    var times: [Double] = []
    var number: Event.Number?
    for _ in 0..<5 {
      let start = ContinuousClock.now
      number = try ClipReading(noise, rate: AudioConditioner.outputRate, model: model).number
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    let median = times.sorted()[2]
    let time = duration(seconds: median)
    if median > 0.5 {
      return .init(
        "recogniser", .failed(advice: "use a faster machine, or one with less other work"),
        "a second of sound takes \(time)")
    }
    if let number {
      return .init("recogniser", .note, "takes \(time) for a second of sound; hears \(number.digits) in pure noise")
    }
    return .init("recogniser", .good, "takes \(time) for a second of sound; hears no digit in pure noise")
  }

  // MARK: Microphones

  private func deviceChecks(daemon: Event.Status?) -> [DoctorReport.Check] {
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

  // MARK: The daemon

  private func daemonChecks() async -> (checks: [DoctorReport.Check], answers: Bool, status: Event.Status?) {
    let client = socket.client
    do {
      let status = try await client.answer { try await $0.status() }
      var checks: [DoctorReport.Check] = [
        .init("socket", .good, "digitd \(status.version) answers at \(client.path)")
      ]
      let sentence = status.state.sentence(about: status.device)
      let result: DoctorReport.Result =
        switch status.state {
        case .listening: .good
        // A pause is intended.
        case .paused: .note
        default: .failed(advice: Self.advice(for: status.state))
        }
      checks.append(.init("daemon", result, "\(sentence); \(counted(status.transcripts, "digit")) recognised so far"))
      checks += Self.conditionChecks(status)
      if status.state == .listening, status.noiseFloorDBFS <= -120, status.uptimeSeconds > 5,
        !status.conditions.contains(.silent)
      {
        checks.append(
          .init(
            "sound", .failed(advice: "unmute the microphone: digitctl calibrate tells more"),
            "the microphone gives nothing, not even noise"))
      }
      return (checks, true, status)
    } catch let error as SocketError {
      let advice: String
      switch error.reason {
      case .denied:
        let access = SocketAccess(path: client.path, group: FileStatus(client.path).flatMap { Account.groupName($0.group) })
        return ([.init("socket", .failed(advice: access.advice), access.sentence)], false, nil)
      case .nobodyThere: advice = "start it: sudo systemctl start digitd, or digitd in a terminal"
      default: advice = "look at the path: --socket or DIGITD_SOCKET"
      }
      return ([.init("socket", .failed(advice: advice), error.description)], false, nil)
    } catch {
      return (
        [.init("socket", .failed(advice: "restart it: sudo systemctl restart digitd"), "\(error)")], error is NoAnswer,
        nil
      )
    }
  }

  /// What is wrong with the signal; while the microphone is closed nothing is.
  private static func conditionChecks(_ status: Event.Status) -> [DoctorReport.Check] {
    guard status.state == .listening else { return [] }
    return status.conditions.map { name in
      let result: DoctorReport.Result =
        switch name {
        case .silent: .failed(advice: "unmute the microphone: digitctl calibrate tells more")
        case .clipping: .failed(advice: RoomReport.clippingAdvice)
        case .hum: .failed(advice: "use another cable or supply, or move the motor away: digitctl calibrate tells more")
        case .cancellingChannels: .failed(advice: ChannelFinding.cancellingAdvice)
        // It is left out, and the others are heard.
        default: .note
        }
      return .init("sound", result, Event.Condition(condition: name, on: true).sentence)
    }
  }

  private static func advice(for state: Event.Device.State) -> String {
    switch state {
    case .busy: "end the other program, or give digitd another device with --device"
    case .denied: "the service needs SupplementaryGroups=audio; you need to be in the group audio"
    case .stalled: "plug the microphone in again; if it is behind a sound server, restart that"
    default:
      "plug it in, start the sound server if it is behind one, or name another with --device or DIGITD_DEVICE; digitctl devices lists them"
    }
  }

  // MARK: The service

  private func serviceChecks(daemonAnswers: Bool) -> [DoctorReport.Check] {
    guard access("/run/systemd/system", F_OK) == 0 else {
      return [.init("service", .note, "this machine was not started by systemd")]
    }
    let words = Self.firstLine(of: "systemctl is-active digitd.service 2>/dev/null")
    switch words {
    case "active": return [.init("service", .good, "digitd.service is active")]
    case "failed":
      return [
        .init(
          "service", .failed(advice: "see journalctl -u digitd -n 20, then sudo systemctl restart digitd"),
          "digitd.service has failed")
      ]
    default:
      let state = words.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
      let sentence = "digitd.service is \(state)"
      return [
        .init(
          "service", daemonAnswers ? .note : .failed(advice: "sudo systemctl enable --now digitd"),
          daemonAnswers ? "\(sentence): the daemon was started otherwise" : sentence)
      ]
    }
  }

  private static func firstLine(of command: String) -> String? {
    guard let stream = popen(command, "r") else { return nil }
    defer { pclose(stream) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, CInt(line.count), stream) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
