import AudioInput
import Glibc
import TestSupport
import Testing

/// A private sound server as microphone (Tests/Support/pulsemic.sh), and an ALSA configuration of its own with PCMs that
/// need no hardware. One for the process: libasound reads its environment when it likes.
private enum Bench {
  static let script = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Support/pulsemic.sh"

  static let folder: TemporaryFolder? = {
    guard let folder = try? TemporaryFolder() else { return nil }
    let tone = Signal.sine(1000, rate: 16_000, count: 16_000, amplitude: 0.5).map { Int16($0 * 32_767) }
    guard let raw = try? folder.file("tone.raw", pcm16(tone)) else { return nil }
    _ = try? folder.file(
      "more.conf",
      Array(
        """
        pcm.nothing { type null hint { show on description "Nothing at all" } }
        pcm.tone { type file slave.pcm digits file /dev/null infile "\(raw)" format raw }
        pcm.gone { type hw card 31 }

        """.utf8))
    guard let status = try? run(script, "configure", folder.path), status == 0 else { return nil }
    setenv("ALSA_CONFIG_PATH", "\(folder.path)/asound.conf", 1)
    atexit { Bench.folder?.remove() }
    return folder
  }()

  static var hasPulse: Bool {
    ["pulseaudio", "pactl"].allSatisfy { (name: String) in access("/usr/bin/\(name)", X_OK) == 0 }
  }

  static func server(_ command: String) throws {
    #expect(try run(script, command, #require(folder).path) == 0, "pulsemic.sh \(command)")
  }

  static func play(_ file: String) throws {
    #expect(try run(script, "play", #require(folder).path, file) == 0, "pulsemic.sh play")
  }
}

@Suite(.serialized) struct MicrophoneTests {
  init() throws { _ = try #require(Bench.folder) }

  @Test func `a device that does not exist is named`() {
    for name in ["hw:CARD=Nobody,DEV=0", "gone", "there is no such pcm", ""] {
      let error = failure { _ = try Microphone(device: name) }
      #expect(error?.isDeviceUnavailable == true, "\(name)")
      #expect(error?.description.contains("microphone \(name)") == true)
    }
  }

  @Test func `channels are counted from 1`() {
    #expect(failure { _ = try Microphone(device: "nothing", channel: 0) }?.code == .noSuchChannel)
    #expect(failure { _ = try Microphone(device: "nothing", channel: -1) }?.code == .noSuchChannel)
  }

  @Test(.timeLimit(.minutes(1))) func `a device can be waited for`() throws {
    let microphone = try Microphone(device: "gone", waitForDevice: true)
    let ear = Ear(microphone)
    #expect(try ear.next() == .device(.lost, name: "gone", detail: "there is no microphone gone"))
    microphone.stop()
    #expect(try ear.next() == .end)
  }

  @Test(.timeLimit(.minutes(1))) func `a PCM without hardware is read`() throws {
    // Given ALSA's null PCM, which gives zeros faster than anybody can take them
    let microphone = try Microphone(device: "nothing")
    let ear = Ear(microphone)
    #expect(try ear.next() == .format(sampleRate: 16_000))
    #expect(try ear.next() == .device(.listening, name: "nothing", detail: nil))
    guard case .samples(160) = try ear.next() else {
      Issue.record("no piece of 10 ms came")
      return
    }
    #expect(ear.samples.allSatisfy { $0 == 0 })
    microphone.stop()
    #expect(try ear.next() == .end)
  }

  @Test func `the devices are listed`() throws {
    let devices = CaptureDevices.list()
    let nothing = try #require(devices.first { $0.name == "nothing" })
    #expect(nothing.description == "Nothing at all")
    guard case .usable(let formats, let rates, let channels) = nothing.ability else {
      Issue.record("null can do everything")
      return
    }
    #expect(formats.contains("S16_LE") && formats.contains("FLOAT_LE"))
    #expect(rates.contains(8000) && rates.contains(48_000))
    #expect(channels.contains(1) && channels.contains(2))
    #expect(Set(devices.map(\.name)).count == devices.count)
  }

  @Test(.enabled(if: Bench.hasPulse, "needs pulseaudio"), .timeLimit(.minutes(1)))
  func `no sound is lost between rests`() throws {
    // Given a microphone at which a tone of 16 frames a period is played
    try Bench.server("start")
    defer { try? Bench.server("stop") }
    let microphone = try Microphone(device: "tone")
    defer { microphone.stop() }
    let ear = Ear(microphone)
    #expect(try ear.next() == .format(sampleRate: 16_000))
    guard case .device(.listening, "tone", _) = try ear.next() else {
      Issue.record("it does not listen")
      return
    }
    // When it is listened to now at leisure, now closely
    for attention in [Attention.resting, .close, .resting, .close] {
      microphone.attend(attention)
      try ear.listen(frames: 3500)
    }
    // Then the tone goes on from sample to sample
    let heard = ear.samples.prefix(14_000)
    #expect(heard.count == 14_000)
    #expect(zip(heard, heard.dropFirst(16)).allSatisfy { $0 == $1 })
    #expect(heard.contains { $0 > 0.4 })
  }

  /// The way of a fault, with a real ALSA PCM in real time: the sound server plays a tone, ends, comes back, hangs, goes on.
  @Test(.enabled(if: Bench.hasPulse, "needs pulseaudio"), .timeLimit(.minutes(2)))
  func `a sound server may go away, come back and hang`() throws {
    try Bench.server("start")
    defer { try? Bench.server("stop") }
    let microphone = try Microphone(device: "tone")
    defer { microphone.stop() }
    let ear = Ear(microphone)

    // Sound comes, sample for sample
    #expect(try ear.next() == .format(sampleRate: 16_000))
    #expect(try ear.next() == .device(.listening, name: "tone", detail: nil))
    try ear.listen(frames: 16_000)
    #expect(abs(Signal.decibels(ear.samples) + 9.03) < 0.1)

    // The server ends: told once
    try Bench.server("stop")
    guard case .device(.lost, "tone", _) = try ear.nextOtherThanSamples() else {
      Issue.record("it was not told that the server is gone")
      return
    }

    // It comes back: the loss, then that it listens, then sound
    try Bench.server("start")
    guard case .lost(let outage, .outage) = try ear.nextOtherThanSamples() else {
      Issue.record("no loss was told")
      return
    }
    #expect(outage > 0)
    guard case .device(.listening, "tone", _) = try ear.next() else {
      Issue.record("it was not told that the device is back")
      return
    }
    try ear.listen(frames: 1600)

    // It hangs: no call fails, nothing comes
    try Bench.server("freeze")
    guard case .device(.stalled, "tone", _) = try ear.nextOtherThanSamples() else {
      Issue.record("a hanging server was not noticed")
      return
    }
    try Bench.server("thaw")
    guard case .lost(let stall, .outage) = try ear.nextOtherThanSamples() else {
      Issue.record("no loss was told")
      return
    }
    #expect(stall >= 1900)
    guard case .device(.listening, "tone", _) = try ear.next() else {
      Issue.record("it was not told that the device goes on")
      return
    }
    try ear.listen(frames: 1600)
  }

  /// The mean that a sound server would make of them is silence.
  @Test(.enabled(if: Bench.hasPulse, "needs pulseaudio"), .timeLimit(.minutes(1)))
  func `channels that cancel are found behind a sound server, too`() throws {
    setenv("PULSEMIC_CHANNELS", "2", 1)
    defer { unsetenv("PULSEMIC_CHANNELS") }
    try Bench.server("start")
    defer { try? Bench.server("stop") }
    let tone = Signal.sine(1000, rate: 16_000, count: 32_000, amplitude: 0.5).map { Int16($0 * 32_767) }
    let sound = wav(pcm16(tone.flatMap { [$0, -$0] }), channels: 2, rate: 16_000, bits: 16)
    let file = try #require(Bench.folder).file("antiphase.wav", sound)
    let microphone = try Microphone(device: "digits")
    defer { microphone.stop() }
    let ear = Ear(microphone)
    let playing = Background { try? Bench.play(file) }
    defer { playing.join() }
    var item = try ear.nextOtherThanSamples()
    while item != .channels(.cancelling(heard: 1)), item != .end { item = try ear.nextOtherThanSamples() }
    let heard = ear.samples.count
    try ear.listen(frames: 1600)
    #expect(Signal.decibels(ear.samples[heard...]) > -20)
  }

  private func failure(_ body: () throws -> Void) -> AudioInputError? {
    do { try body() } catch { return error as? AudioInputError }
    return nil
  }
}

/// Reads from a source and keeps what it heard.
private final class Ear {
  private let source: any AudioSource
  private var buffer = [Float](repeating: 0, count: 4800)
  private(set) var samples: [Float] = []

  init(_ source: any AudioSource) { self.source = source }

  /// The next item that is not `.idle`.
  func next() throws -> AudioSourceItem {
    while true {
      let item = try buffer.withUnsafeMutableBufferPointer { try source.read(into: $0, timeoutMilliseconds: 10_000) }
      if case .samples(let count) = item { samples += buffer[..<count] }
      if item != .idle { return item }
    }
  }

  func nextOtherThanSamples() throws -> AudioSourceItem {
    while true {
      let item = try next()
      if case .samples = item { continue }
      return item
    }
  }

  /// Listens until so many frames more were heard, and nothing else.
  func listen(frames: Int) throws {
    let wanted = samples.count + frames
    while samples.count < wanted {
      let item = try next()
      guard case .samples = item else {
        Issue.record("instead of sound: \(item)")
        return
      }
    }
  }
}
