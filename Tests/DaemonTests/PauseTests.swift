import AudioInput
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

/// What is paused stays so when the daemon is started again.
@Suite(.timeLimit(.minutes(2))) struct PauseTests {
  private let folder: TemporaryFolder
  private let book = LogBook()
  private let record: PauseRecord

  init() throws {
    folder = try TemporaryFolder()
    record = PauseRecord(path: folder.path("d.paused"))
  }

  private func pauseSwitch(_ source: any AudioSource, _ record: PauseRecord?) -> PauseSwitch {
    let book = book
    return PauseSwitch(source: source, record: record, logger: Logger(label: "test") { _ in book })
  }

  @Test func `a pause is remembered until it is over`() {
    let source = SilentSource()
    let pauses = pauseSwitch(source, record)
    #expect(!record.isPaused)
    #expect(pauses.set(true) && record.isPaused)
    #expect(pauses.set(true) && record.isPaused)
    #expect(pauses.set(false) && !record.isPaused)
    #expect(pauses.set(false) && !record.isPaused)
    #expect(source.wishes.withLock { $0 } == [true, true, false, false])
    #expect(book.lines.isEmpty)
  }

  @Test func `a pause that is refused is not remembered`() {
    #expect(!pauseSwitch(SilentSource(canPause: false), record).set(true))
    #expect(!record.isPaused)
  }

  @Test func `a folder that may not be written does not keep the microphone open`() {
    let source = SilentSource()
    #expect(pauseSwitch(source, PauseRecord(path: "/nowhere/d.paused")).set(true))
    #expect(source.wishes.withLock { $0 } == [true])
    #expect(book.lines.count == 1 && book.lines[0].contains("/nowhere/d.paused"))
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
