import CALSA
import Files
import Glibc
import Synchronization

/// A sound file in place of a microphone: the same items, in pieces of 10 ms, as fast as possible or in real time.
package final class SoundFileSource: AudioSource, @unchecked Sendable {
  private let file: SoundFile
  private let realtime: Bool
  private let stopDescriptor: CInt
  private let stopping = Atomic<Bool>(false)
  // Owned by the reading thread.
  private var reportedFormat = false
  private var frames: Int64 = 0
  private var origin: Int64?

  /// - Parameters:
  ///   - channel: the requested channel, from 1; nil for the mean of all.
  ///   - realtime: whether each piece is delayed until a microphone would have captured it.
  package init(path: String, channel: Int? = nil, realtime: Bool = false) throws {
    file = try SoundFile(path: path, channel: channel)
    self.realtime = realtime
    stopDescriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard stopDescriptor >= 0 else {
      throw AudioInputError(.unreadable, "cannot create an event descriptor: \(systemReason(errno))")
    }
  }

  deinit { close(stopDescriptor) }

  package var warnings: [String] { file.warnings }

  package func stop() {
    stopping.store(true, ordering: .releasing)
    var one: UInt64 = 1
    _ = Glibc.write(stopDescriptor, &one, 8)
  }

  package func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem
  {
    if stopping.load(ordering: .acquiring) { return .end }
    if !reportedFormat {
      reportedFormat = true
      return .format(sampleRate: file.sampleRate)
    }
    if let finding = file.takeFinding() { return .channels(finding) }
    let count = min(buffer.count, max(1, file.sampleRate / 100))
    if realtime, let item = waitUntilHeard(frames + Int64(count), timeoutMilliseconds) { return item }
    let got = try file.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    frames += Int64(got)
    return got == 0 ? .end : .samples(got)
  }

  /// Waits until a microphone would have captured this many frames; nil when that time is reached.
  private func waitUntilHeard(_ frames: Int64, _ timeoutMilliseconds: Int) -> AudioSourceItem? {
    let now = CaptureClock.now()
    let start = origin ?? now
    origin = start
    let due = start + nanoseconds(frames, at: file.sampleRate)
    guard due > now else { return nil }
    let wait = min(Int((due - now + 999_999) / 1_000_000), max(0, timeoutMilliseconds))
    var descriptor = pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0)
    if poll(&descriptor, 1, CInt(clamping: wait)) > 0 { return .end }
    return CaptureClock.now() >= due ? nil : .idle
  }
}
