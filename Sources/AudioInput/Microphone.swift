import CALSA

/// A microphone behind ALSA: an `AudioSource` that survives whatever happens to the device.
///
/// A thread of its own captures (`CaptureThread`) and recovers (`CaptureStateMachine`); `read` takes from the ring between
/// (`CaptureLink`), which holds four seconds at the rate that the device has at first, but no more than 48 kHz need. The
/// first items are the format, then the state `listening`, as soon as sound comes; an outage gives its state once, and
/// when the device is back `format` if the rate is another, `lost` with how long it was away, and `listening`. Times are
/// the clock's, not the device's.
package final class Microphone: AudioSource, @unchecked Sendable {
  package let device: String
  private let link: CaptureLink
  private let system: any CaptureSystem
  // The reading thread's own.
  private var sampleRate = AudioConditioner.outputRate
  /// The capture thread tells of all that happens to the device, but not of a call into libasound that never returns: that
  /// is for the reader to see, before the first sound as well as after it.
  package private(set) var isStuck = false
  /// When the call that was overdue at the last sleep in vain should have returned.
  private var overdue: Int64?

  /// - Parameters:
  ///   - device: an ALSA PCM, as `arecord -L` names them. A card's name stays when its number changes.
  ///   - channel: which channel to take, from 1; nil for mono, or the mean of as few channels as the device gives.
  ///   - waitForDevice: whether a device that cannot be opened is waited for instead of thrown for.
  ///   - isPaused: whether it is opened only once `pause(false)` says so; until then nothing is known of it.
  /// - Throws: `AudioInputError`: `noSuchDevice`, `deviceBusy` (names who holds it), `deviceDenied` (names the group),
  ///   `deviceUnusable`, `noSuchChannel`.
  package convenience init(
    device: String = "default", channel: Int? = nil, waitForDevice: Bool = false, isPaused: Bool = false
  ) throws {
    calsa_silence()
    try self.init(
      device: device, channel: channel, waitForDevice: waitForDevice, isPaused: isPaused, system: ALSACaptureSystem())
  }

  package init(
    device: String, channel: Int?, waitForDevice: Bool, isPaused: Bool = false, system: any CaptureSystem
  ) throws {
    self.device = device
    self.system = system
    let wish = try CaptureWish(isPaused ? .pause : .capture)
    if let channel, channel < 1 {
      throw AudioInputError(.noSuchChannel, "channels are counted from 1; there is no channel \(channel)")
    }
    var opening: Result<any CaptureStream, CaptureOpenError>?
    // A ring's memory is used all round, however little waits in it: so it is no larger than it need be.
    var rate = 48_000
    if !isPaused {
      do throws(CaptureOpenError) {
        let opened = try system.open(device: device, channel: channel, interrupt: wish.descriptor)
        rate = min(rate, opened.sampleRate)
        opening = .success(opened)
      } catch {
        if !waitForDevice { throw error.error(device: device, diagnosis: system.diagnosis) }
        opening = .failure(error)
      }
    }
    link = try CaptureLink(capacity: 4 * rate, wish: wish)
    try CaptureThread.launch(device: device, channel: channel, link: link, system: system, firstOpening: opening)
  }

  deinit { link.stop() }

  package func stop() { link.stop() }

  @discardableResult package func pause(_ isPaused: Bool) -> Bool {
    link.wish.set(isPaused ? .pause : .capture)
    return true
  }

  package func attend(_ attention: Attention) { link.attend(attention) }

  package func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) -> AudioSourceItem {
    let most = min(buffer.count, max(1, sampleRate / 100))
    let window = UnsafeMutableBufferPointer(rebasing: buffer[..<most])
    if let item = next(window) { return item }
    let isOver = link.sleep(untilAvailable: most, milliseconds: timeoutMilliseconds)
    if let item = next(window) { return item }
    guard isOver, findsHang() else { return .idle }
    isStuck = true
    link.tellHang()
    return state(CaptureFault(cause: .stalled, errno: 0))
  }

  /// Whether the capture thread hangs and nobody was told, as seen after a sleep in which nothing came. A call that is
  /// overdue is given one more such sleep: if the machine slept or the process was stopped, it is only about to return.
  private func findsHang() -> Bool {
    guard !isStuck, let due = link.callDue, system.now() > due else {
      overdue = nil
      return false
    }
    defer { overdue = due }
    return overdue == due
  }

  private func next(_ window: UnsafeMutableBufferPointer<Float>) -> AudioSourceItem? {
    if isStuck, link.isSoundNext {
      isStuck = false
      return listening
    }
    switch link.next(into: window) {
    case .nothing: return nil
    case .end: return .end
    case .samples(let count): return .samples(count)
    case .report(.format(let rate)):
      sampleRate = Int(rate)
      return .format(sampleRate: sampleRate)
    case .report(.lost(let milliseconds, let cause)): return .lost(milliseconds: Int(milliseconds), cause: cause)
    case .report(.channels(let finding)): return .channels(finding)
    case .report(.late(let milliseconds)): return .late(milliseconds: Int(milliseconds))
    case .report(.listening):
      isStuck = false
      return listening
    case .report(.paused):
      isStuck = false
      return .device(.paused, name: device, detail: "the microphone \(device) is closed: listening is paused")
    case .report(.fault(let fault)):
      isStuck = false
      return state(fault)
    }
  }

  private var listening: AudioSourceItem {
    .device(.listening, name: device, detail: "listening to the microphone \(device)")
  }

  private func state(_ fault: CaptureFault) -> AudioSourceItem {
    .device(fault.state, name: device, detail: system.diagnosis.describe(fault, device: device))
  }
}
