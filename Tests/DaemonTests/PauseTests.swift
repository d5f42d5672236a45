import AudioInput
import Dispatch
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing
import digitd

/// A microphone that says nothing, and remembers what was wanted of it.
private final class SilentSource: AudioSource {
  let wishes = Mutex<[Bool]>([])
  let canPause: Bool

  init(canPause: Bool = true) { self.canPause = canPause }

  func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem { .end }
  func stop() {}
  func pause(_ isPaused: Bool) -> Bool {
    wishes.withLock { $0.append(isPaused) }
    return canPause
  }
}

/// Each write waits for the disk.
private final class SlowDisk: PauseRecording {
  let ready = DispatchSemaphore(value: 0)
  let written = Mutex<[Bool]>([])

  func write(_ isPaused: Bool) {
    ready.wait()
    written.withLock { $0.append(isPaused) }
  }
}

/// What is paused stays so when the daemon is started again.
@Suite(.timeLimit(.minutes(2))) struct PauseTests {
  private let folder: TemporaryFolder
  private let book = LogBook()
  private let record: PauseRecord

  init() throws {
    folder = try TemporaryFolder()
    record = PauseRecord(path: folder.path("d.paused"))
  }

  private func pauseSwitch(_ source: any AudioSource, _ record: (any PauseRecording)?) -> PauseSwitch {
    let book = book
    return PauseSwitch(source: source, record: record, logger: Logger(label: "test") { _ in book })
  }

  @Test func `a pause is remembered until it is over`() {
    let source = SilentSource()
    let pauses = pauseSwitch(source, record)
    #expect(!record.isPaused)
    for isPaused in [true, true, false, false] {
      #expect(pauses.set(isPaused))
      pauses.finish()
      #expect(record.isPaused == isPaused)
    }
    #expect(source.wishes.withLock { $0 } == [true, true, false, false])
    #expect(book.lines.isEmpty)
  }

  @Test func `a pause that is refused is not remembered`() {
    let pauses = pauseSwitch(SilentSource(canPause: false), record)
    #expect(!pauses.set(true))
    pauses.finish()
    #expect(!record.isPaused)
  }

  @Test func `a folder that may not be written does not keep the microphone open`() {
    let source = SilentSource()
    let pauses = pauseSwitch(source, PauseRecord(path: "/nowhere/d.paused"))
    #expect(pauses.set(true))
    pauses.finish()
    #expect(source.wishes.withLock { $0 } == [true])
    #expect(book.lines.count == 1 && book.lines[0].contains("/nowhere/d.paused"))
  }

  /// The requests come on the thread that serves all clients.
  @Test func `a slow disk holds up nobody, and has the last request in the end`() {
    let (source, disk) = (SilentSource(), SlowDisk())
    let pauses = pauseSwitch(source, disk)
    for isPaused in [true, false, true, false, true] { #expect(pauses.set(isPaused)) }
    #expect(source.wishes.withLock { $0 } == [true, false, true, false, true])
    for _ in 0..<5 { disk.ready.signal() }
    pauses.finish()
    // What was being written when the others came, and the last of them.
    #expect(disk.written.withLock { $0.count <= 2 && $0.last == true })
  }

  private func hello(_ arguments: [String]) async throws -> (line: String, log: String) {
    let model = try folder.model()
    let daemon = try DaemonProcess(
      ["--device", "nowhere", "--model", model, "--socket", folder.path("d.sock"), "--format", "json"] + arguments)
    let line = try await daemon.nextLine()
    daemon.signal(SIGTERM)
    let result = try await daemon.wait()
    return (line ?? "", result.errors)
  }

  @Test func `it starts paused if asked to`() async throws {
    // No such device, and nobody looks: it is not opened.
    let (line, log) = try await hello(["--start-paused"])
    #expect(line.contains("\"state\": \"paused\""), "\(line)\(log)")
    #expect(!log.contains("there is no microphone"), "\(log)")
  }

  @Test func `it starts paused if it was paused before`() async throws {
    try record.write(true)
    let (line, log) = try await hello([])
    #expect(line.contains("\"state\": \"paused\""), "\(line)\(log)")
    #expect(log.contains(record.path), "\(log)")
    try record.write(false)
    let (later, _) = try await hello(["--wait-for-device"])
    #expect(later.contains("\"state\": \"lost\""), "\(later)")
  }
}
