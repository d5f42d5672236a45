import AudioInput
import DigitNetwork
import EventFeed
import Events
import Glibc
import Logging
import Recognition
import Synchronization
import TestSupport
import Testing
import digitd

/// What happens to a microphone, call by call, and what a subscriber sees of it: the whole daemon but its socket, over
/// scripted results of libasound. Before and after each fault somebody says a word.
@Suite(.timeLimit(.minutes(2))) struct FaultTests {
  /// A second and three quarters, with one word in it.
  private static let word = Sound.words(1, rate: 16_000)
  /// 0.6 s before it.
  private static let hiss = [Float](word[..<9600])
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// What was said and logged.
  private struct Outcome {
    var events: [String]
    var starts: [Int]
    var log: [String]
    var status: Event.Status
  }

  /// Lets it all happen. The diagnosis looks into `root` instead of /, where the permission for the nodes is `mayOpen`.
  private func happens(
    _ steps: [CaptureStep], root: String = "/nowhere", mayOpen: Bool = true, isPaused: Bool = false
  ) async throws -> Outcome {
    let model = try SequenceModel(contentsOf: folder.model())
    let system = ScriptedSystem(steps, diagnosis: DeviceDiagnosis(root: root) { _ in mayOpen })
    let microphone = try ScriptedMicrophone(system, device: "hw:CARD=Test", isPaused: isPaused)
    let (hub, notebook, log) = (EventHub(), Notebook(), LogBook())
    hub.add(notebook)
    let counters = Counters(device: "hw:CARD=Test", state: isPaused ? Event.Device.State(rawValue: "paused") : .lost)
    let loop = try ListeningLoop(
      source: microphone, model: model, hub: hub, counters: counters,
      notifier: ServiceNotifier(environment: [:]), logger: Logger(label: "test") { _ in log })
    try await onThread { try loop.run() }
    return Outcome(events: notebook.lines, starts: notebook.starts, log: log.lines, status: counters.status())
  }

  // MARK: Sound is lost

  @Test(arguments: [[CaptureStep.readFails(EPIPE)], [.waitFails(EPIPE)]])
  func `after an overrun capture starts again and the loss is reported`(fault: [CaptureStep]) async throws {
    let outcome = try await happens([.opens(16_000), .sound(Self.word), .pass(700)] + fault + [.sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven", "overrun 700", "seven"])
    #expect(outcome.status.overruns == 1 && outcome.status.lostMs == 700)
  }

  @Test func `the stream's clock makes up for a slow sound card`() async throws {
    // Given a device 400 millionths slow, for a minute: 25 ms
    let outcome = try await happens([.opens(16_000), .sound(Sound.words(50, rate: 16_000), speed: 0.9996)])
    #expect(outcome.events == ["device listening"] + (0..<50).map { _ in "seven" })
    // Then 20 ms were added between words; where a word begins is known to a column of 32 ms
    let steps = zip(outcome.starts, outcome.starts.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { abs($0 - 1250) <= 42 })
    let whole = steps.reduce(0, +)
    #expect(abs(whole - 61_270) <= 32)
  }

  @Test func `100 overruns are no reason to end`() async throws {
    let piece = [Float](Self.word[..<1600])
    let fault: [CaptureStep] = [.pass(50), .readFails(EPIPE), .sound(piece)]
    let outcome = try await happens(
      [.opens(16_000), .sound(piece)] + (0..<100).flatMap { _ in fault } + [.sound(Self.word)])
    #expect(outcome.events == ["device listening"] + (0..<100).map { _ in "overrun 50" } + ["seven"])
    #expect(outcome.log.count == 1)
  }

  @Test(arguments: [
    ([CaptureStep.resumeFails(EAGAIN), .resumeFails(EAGAIN), .resumeFails(EAGAIN)], 60_300),
    ([.resumeFails(ENOSYS)], 60_000),
  ])
  func `a machine that slept goes on`(resuming: [CaptureStep], lostMs: Int) async throws {
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word), .pass(60_000), .readFails(ESTRPIPE)] + resuming + [.sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven", "overrun \(lostMs)", "seven"])
    #expect(outcome.status.lostMs == lostMs)
  }

  @Test(arguments: [0.9996, 1.0004]) func `a clock that drifts is no loss`(speed: Double) async throws {
    let outcome = try await happens(
      [.opens(16_000), .sound(Sound.words(10, rate: 16_000), speed: speed), .pass(300), .readFails(EPIPE)]
        + [.sound(Self.word)])
    #expect(
      outcome.events == ["device listening"] + (0..<10).map { _ in "seven" } + ["overrun 300", "seven"])
  }

  // MARK: The device goes

  @Test(arguments: [EIO, ENODEV, ENXIO, EBADFD])
  func `a device that goes is waited for and heard again`(number: CInt) async throws {
    let away = (0..<8).map { _ in CaptureStep.openFails(ENOENT) }
    let outcome = try await happens(
      [.opens(16_000), .sound(Sound.words(4, rate: 16_000)), .readFails(number)] + away
        + [.opens(16_000), .sound(Self.word)])
    // 0.25, 0.5, 1, 2, 4 and four times 5 seconds; one word, one line of the log for each change
    #expect(
      outcome.events == ["device listening"] + (0..<4).map { _ in "seven" }
        + ["device lost", "device listening 27750", "seven"])
    #expect(outcome.log.count == 3)
    #expect(outcome.status.state == .listening && outcome.status.lostMs == 27_750 && outcome.status.overruns == 0)
  }

  @Test func `a device that is plugged in again is opened at once`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .readFails(ENODEV), .openFails(ENOENT), .openFails(ENOENT), .openFails(ENOENT),
      .deviceChange, .opens(16_000), .sound(Self.word),
    ])
    // 0.25, 0.5 and 1 s; then, instead of 2 s, the tenth of a second that lies between two attempts
    #expect(outcome.events == ["device listening", "seven", "device lost", "device listening 1850", "seven"])
  }

  @Test(arguments: [ENOENT, ENODEV, ENXIO]) func `a device that is not there yet is waited for`(number: CInt)
    async throws
  {
    let away = (0..<20).map { _ in CaptureStep.openFails(number) }
    let outcome = try await happens(away + [.opens(16_000), .sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven"])
    #expect(
      outcome.log == [
        "warning there is no microphone hw:CARD=Test", "notice listening to hw:CARD=Test",
      ])
  }

  @Test func `a device that is busy is named with its holder`() async throws {
    for name in ["proc", "proc/asound", "proc/asound/card0", "proc/asound/card0/pcm0c", "proc/asound/card0/pcm0c/sub0"]
    {
      mkdir("\(folder.path)/\(name)", 0o755)
    }
    _ = try folder.file("proc/asound/card0/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 4711\n")
    symlink("card0", "\(folder.path)/proc/asound/Test")
    defer { remove(tree: "\(folder.path)/proc") }
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word), .readFails(ENODEV), .openFails(EBUSY), .openFails(EBUSY), .opens(16_000)]
        + [.sound(Self.word)], root: folder.path)
    #expect(
      outcome.events == ["device listening", "seven", "device lost", "device busy", "device listening 1750", "seven"])
    #expect(outcome.log.contains("warning the microphone hw:CARD=Test is in use by process 4711"))
  }

  @Test func `a sound server that does not answer is named`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .readFails(EIO), .openFails(ECONNREFUSED), .opens(16_000), .sound(Self.word),
    ])
    #expect(outcome.events == ["device listening", "seven", "device lost", "device listening 750", "seven"])
    // One line for each change of state: that it is gone was said, with the first reason.
    #expect(outcome.log.count == 3)
    let atStart = try await happens([
      .opens(16_000), .sound(Self.word), .openFails(ECONNREFUSED),
    ])
    #expect(atStart.status.state == .listening)
  }

  /// libasound says ENOENT where a permission is missing.
  @Test(arguments: [ENOENT, EACCES]) func `a missing permission is told from a missing file`(number: CInt) async throws
  {
    for name in ["dev", "dev/snd", "proc", "proc/asound"] { mkdir("\(folder.path)/\(name)", 0o755) }
    _ = try folder.file("dev/snd/pcmC0D0c", "")
    symlink("card0", "\(folder.path)/proc/asound/Test")
    defer { for name in ["dev", "proc"] { remove(tree: "\(folder.path)/\(name)") } }
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word), .readFails(ENODEV), .openFails(number), .openFails(number), .opens(16_000)]
        + [.sound(Self.word)], root: folder.path, mayOpen: false)
    #expect(outcome.events.contains("device denied"))
    #expect(outcome.events.last == "seven")
    #expect(
      outcome.log.contains { $0.contains("/dev/snd/pcmC0D0c belongs to group ") && $0.hasSuffix(" is not in it") })
  }

  /// udev gives a new card's nodes to their group only after they have appeared.
  @Test func `a card that its group does not have yet is not denied`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .readFails(ENODEV), .deviceChange, .openFails(EACCES), .deviceChange,
      .opens(16_000), .sound(Self.word),
    ])
    #expect(outcome.events == ["device listening", "seven", "device lost", "device listening 101", "seven"])
    #expect(outcome.log.count == 3)
  }

  // MARK: The device hangs

  @Test func `endless overruns without sound are a stall`() async throws {
    let overruns = (0..<6).map { _ in CaptureStep.readFails(EPIPE) }
    let again: [CaptureStep] = [.opens(16_000)] + overruns
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word)] + overruns + again + again + [.opens(16_000), .sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven", "device stalled", "device listening 1750", "seven"])
    #expect(outcome.log.count == 3)
  }

  @Test func `a device that gives nothing is a stall`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .nothing(2000), .opens(16_000), .nothing(2000), .opens(16_000),
      .sound(Self.word),
    ])
    #expect(outcome.events == ["device listening", "seven", "device stalled", "device listening 4750", "seven"])
    #expect(outcome.log.count == 3)
  }

  @Test func `a device that does not start is opened anew`() async throws {
    let outcome = try await happens([
      .opens(16_000), .startFails(EIO), .opens(16_000), .sound(Self.word),
    ])
    #expect(outcome.events == ["device listening", "seven"])
  }

  /// Not even the thread that captures can tell: it is in that call. When it returns after all, with sound or without,
  /// the daemon hears again; without, once the device has had as long as any other to give some. Sound that then comes
  /// at the usual pace for more than a second says what was lost.
  @Test(arguments: [
    ([CaptureStep.sound(FaultTests.hiss), .sound(FaultTests.hiss)], ["device listening", "overrun 6000"]),
    ([.nothing(1500), .opens(16_000)], ["device listening 7750"]),
  ])
  func `a read that never returns is a stall`(then: [CaptureStep], back: [String]) async throws {
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word), .hangs(6000)] + then + [.sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven", "device stalled"] + back + ["seven"])
    #expect(outcome.log.count == 3)
  }

  /// A device that opens and starts, and whose first read never returns.
  @Test func `a read that hangs before the first sound is a stall`() async throws {
    let outcome = try await happens([.opens(16_000), .hangs(6000), .sound(Self.word)])
    #expect(outcome.events == ["device stalled", "device listening", "seven"])
  }

  @Test(arguments: [
    ([CaptureStep](), ["device listening 100250"]),
    ([.openFails(ENOENT)], ["device lost", "device listening 100750"]),
  ])
  func `an open that never returns is a stall`(then: [CaptureStep], back: [String]) async throws {
    let outcome = try await happens(
      [.opens(16_000), .sound(Self.word), .readFails(ENODEV), .openHangs(100_000)] + then
        + [.opens(16_000), .sound(Self.word)])
    #expect(outcome.events == ["device listening", "seven", "device lost", "device stalled"] + back + ["seven"])
  }

  @Test func `a channel that does not exist is named`() async throws {
    let outcome = try await happens([.lacksChannel(3, of: 1), .opens(16_000), .sound(Self.word)])
    #expect(outcome.log.first?.hasSuffix("has no channel 3; its channels are 1 to 1") == true, "\(outcome.log)")
    #expect(outcome.events == ["device listening", "seven"])
  }

  @Test func `another reason for the same state is logged`() async throws {
    let away: [CaptureStep] = [.openFails(ENOENT), .openFails(ENOENT)]
    let lacking = (0..<4).map { _ in CaptureStep.lacksChannel(3, of: 1) }
    let outcome = try await happens(away + lacking + [.opens(16_000), .sound(Self.word)])
    #expect(outcome.log.first == "warning there is no microphone hw:CARD=Test")
    #expect(outcome.log.dropFirst().first?.hasSuffix("has no channel 3; its channels are 1 to 1") == true)
    #expect(outcome.events == ["device listening", "seven"])
  }

  // MARK: Nobody is to be heard

  @Test func `a pause is no loss`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .pauseWanted, .pass(60_000), .resumeWanted, .opens(16_000), .sound(Self.word),
    ])
    #expect(outcome.events == ["device listening", "seven", "device paused", "device listening", "seven"])
    #expect(outcome.status.lostMs == 0 && outcome.status.overruns == 0)
    // The stream's clock has not stood still.
    let apart = (outcome.starts.last ?? 0) - (outcome.starts.first ?? 0)
    #expect(abs(apart - 61_750) <= 40)
    #expect(outcome.log.contains("notice paused: the microphone hw:CARD=Test is closed until it is resumed"))
  }

  /// Who speaks as it is paused is told what was heard, and not when it is over.
  @Test func `a word that is under way ends with the pause`() async throws {
    let half = [Float](Self.word[..<14_000])
    let outcome = try await happens([.opens(16_000), .sound(half), .pauseWanted])
    #expect(outcome.events.count == 3, "\(outcome.events)")
    #expect(Set(outcome.events.dropFirst()).contains("device paused"))
    #expect(outcome.status.state.rawValue == "paused")
  }

  @Test func `a missing device is not tried while paused`() async throws {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .readFails(ENODEV), .openFails(ENOENT), .pauseWanted, .pass(3_600_000),
      .resumeWanted, .openFails(ENOENT), .opens(16_000), .sound(Self.word),
    ])
    #expect(
      outcome.events == [
        "device listening", "seven", "device lost", "device paused", "device lost", "device listening 500", "seven",
      ])
    // A quarter of a second before the pause and one after it, and not the hour between
    #expect(outcome.status.lostMs == 500)
  }

  @Test func `a daemon that starts paused opens nothing until it is resumed`() async throws {
    let outcome = try await happens(
      [.pass(5000), .resumeWanted, .opens(16_000), .sound(Self.word)], isPaused: true)
    #expect(outcome.events == ["device listening", "seven"])
    let never = try await happens([], isPaused: true)
    #expect(never.events.isEmpty && never.status.state.rawValue == "paused")
  }

  // MARK: The sound is wrong

  @Test func `a muted microphone is reported`() async throws {
    let silence = [Float](repeating: 0, count: 4 * 16_000)
    let outcome = try await happens([.opens(16_000), .sound(Self.word + silence + Self.word)])
    #expect(outcome.events == ["device listening", "seven", "silent on", "silent off", "seven"])
    #expect(outcome.log.contains { $0.contains("is the microphone muted?") })
  }

  @Test func `a clipped microphone is reported`() async throws {
    // 200 Hz, driven far over full scale for a second, then four quiet ones
    let clipped = (0..<16_000).map { max(-1, min(1, 8 * sin(2 * Float.pi * 200 * Float($0) / 16_000))) }
    let hiss = [Float](Self.word[..<8000])
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word + clipped + (0..<8).flatMap { _ in hiss } + Self.word),
    ])
    #expect(outcome.events.filter { $0.hasPrefix("clipping") } == ["clipping on", "clipping off"])
    #expect(outcome.events.last == "seven")
    #expect(outcome.log.contains { $0.contains("the sound is clipped") })
  }

  @Test func `who comes later learns of channels that cancel, too`() async throws {
    let cancelling = CaptureStep.finds(.cancelling(heard: 1))
    let outcome = try await happens([.opens(16_000), .sound(Self.word), cancelling, .sound(Self.hiss)])
    #expect(outcome.events == ["device listening", "seven", "cancelling-channels on"])
    #expect(outcome.status.conditions == [.cancellingChannels])
    let dead = try await happens([
      .opens(16_000), .sound(Self.hiss), .finds(.dead(ChannelSet(rawValue: 2))), .sound(Self.hiss), cancelling,
      .sound(Self.hiss), .finds(.dead([])), .sound(Self.word),
    ])
    #expect(dead.status.conditions == [.cancellingChannels])
  }

  /// Nothing is known of a microphone that is closed, and nothing is said to be wrong with it.
  @Test func `a pause ends the conditions of the sound`() async throws {
    let silence = [Float](repeating: 0, count: 4 * 16_000)
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word + silence), .finds(.cancelling(heard: 1)), .sound(Self.hiss.map { $0 * 0 }),
      .pauseWanted,
    ])
    #expect(outcome.events.prefix(4) == ["device listening", "seven", "silent on", "cancelling-channels on"])
    #expect(Set(outcome.events.dropFirst(4).dropLast()) == ["silent off", "cancelling-channels off"])
    #expect(outcome.events.last == "device paused")
    #expect(outcome.status.conditions.isEmpty)
    #expect(!outcome.log.contains { $0.contains("there is sound again") })
    // One that is still muted afterwards is reported again.
    let again = try await happens([
      .opens(16_000), .sound(Self.word + silence), .pauseWanted, .pass(1000), .resumeWanted, .opens(16_000),
      .sound(silence),
    ])
    #expect(again.events.filter { $0.hasPrefix("silent") } == ["silent on", "silent off", "silent on"])
    #expect(again.status.conditions == [.silent])
  }

  @Test(arguments: [8000, 11_025, 44_100, 48_000]) func `words lie at the same times whatever the rate`(rate: Int)
    async throws
  {
    let outcome = try await happens([
      .opens(16_000), .sound(Self.word), .readFails(ENODEV), .opens(rate), .sound(Sound.words(1, rate: rate)),
    ])
    #expect(outcome.events == ["device listening", "seven", "device lost", "device listening 250", "seven"])
    #expect(outcome.status.sampleRate == rate)
  }

  private func remove(tree: String) {
    if let directory = opendir(tree) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove(tree: "\(tree)/\(name)") }
      }
      closedir(directory)
    }
    Glibc.remove(tree)
  }
}

/// Keeps what a subscriber sees, a line each; where speech begins and ends is left out.
private final class Notebook: EventSink {
  private let written = Mutex<[String]>([])
  private let begun = Mutex<[Int]>([])

  var lines: [String] { written.withLock { $0 } }
  /// Where the digits began, in ms on the stream's clock.
  var starts: [Int] { begun.withLock { $0 } }

  func wants(_ kind: Event.Kind) -> Bool { !kind.isOnDemand }

  func offer(_ event: PublishedEvent) {
    let line: String? =
      switch event.envelope.event {
      case .transcript(let transcript): transcript.guess.text
      case .notDetected(let refusal): "not-detected \(refusal.reason.rawValue)"
      case .device(let device): "device \(device.state.rawValue)" + (device.lostMs.map { " \($0)" } ?? "")
      case .condition(let condition): "\(condition.condition.rawValue) \(condition.on ? "on" : "off")"
      case .overrun(let overrun): "overrun \(overrun.lostMs)"
      default: nil
      }
    if case .transcript(let transcript) = event.envelope.event {
      begun.withLock { $0.append(transcript.timing.startMs) }
    }
    if let line { written.withLock { $0.append(line) } }
  }
}
