import ArgumentParser
import AudioInput
import CommandSupport
import VoiceActivity
import Wording

struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the room and the microphone, and say what to improve.",
    discussion: "Be quiet for the first half, then say a few digits. The exit code is 1 if there is a problem.")

  @OptionGroup var sound: SourceOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long to listen, in seconds (default: 8; all of a recording, up to 600).", valueName: "s"))
  var seconds: Double?

  @Flag(help: "One JSON object.")
  var json = false

  func validate() throws {
    if let seconds, !(1...600).contains(seconds) {
      throw ValidationError("--seconds is \(seconds): it must be 1 to 600")
    }
  }

  func run() throws {
    let source = try sound.open()
    defer { source.stop() }
    let heard = try listen(to: source)
    guard !heard.samples.isEmpty else { throw AudioInputError(.empty, "nothing was heard from \(sound.name)") }
    let conditioned = try AudioConditioner.condition(heard.samples, sampleRate: heard.rate)
    let report = RoomReport(
      RoomAnalysis(raw: heard.samples, sampleRate: heard.rate, conditioned: conditioned), lostMs: heard.lostMs,
      channels: heard.channels)
    try StandardOutput.untilClosed {
      if json {
        try StandardOutput.write(line: report.json)
      } else {
        try StandardOutput.write(line: "\(decimal(report.analysis.seconds, 1)) s of \(sound.name) at \(heard.rate) Hz")
        try StandardOutput.write(line: report.text())
      }
    }
    if report.hasProblem { throw ExitCode.failure }
  }

  private func listen(to source: any AudioSource) throws -> (
    samples: [Float], rate: Int, lostMs: Int, channels: RoomReport.Channels
  ) {
    let seconds = seconds ?? (sound.input == nil ? 8 : 600)
    let bar = ProgressBar()
    var samples: [Float] = []
    var rate = AudioConditioner.outputRate
    var lostMs = 0
    var channels = RoomReport.Channels()
    var quietFor = 0
    var settling = sound.input == nil ? Microphone.clickSeconds : 0
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 8192)
    buffer.initialize(repeating: 0)
    defer { buffer.deallocate() }
    listening: while Double(samples.count) < seconds * Double(rate) {
      switch try source.read(into: buffer, timeoutMilliseconds: 100) {
      case .format(let sampleRate):
        // After an outage the rate may differ; the earlier sound cannot be joined to it then.
        if sampleRate != rate { samples = [] }
        rate = sampleRate
      case .samples(let count):
        quietFor = 0
        if settling > 0 {
          settling -= Double(count) / Double(rate)
        } else {
          samples.append(contentsOf: buffer[..<count])
        }
      case .lost(let milliseconds, _): lostMs += milliseconds
      case .device(_, _, let detail?): printError(detail)
      case .channels(.cancelling(let heard)): channels.heardAlone = heard ?? channels.heardAlone
      case .channels(.dead(let dead)): channels.dead = dead
      case .device, .late: break
      case .idle:
        quietFor += 1
        guard quietFor < 50 else {
          printError("no sound comes from \(sound.name)")
          throw ExitCode.failure
        }
      case .end: break listening
      }
      if sound.input == nil {
        let share = Double(samples.count) / Double(rate) / seconds
        bar.show("listening", share: share, share < 0.5 ? "be quiet, please   " : "now say a few digits")
      }
    }
    bar.clear()
    return (samples, rate, lostMs, channels)
  }
}
