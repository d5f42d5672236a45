import CALSA

/// A microphone behind ALSA: an `AudioSource` that survives all faults of the device.
///
/// A thread captures (`CaptureThread`) and recovers (`CaptureStateMachine`); `read` takes from the ring between them
/// (`CaptureLink`), which holds four seconds at the device's first rate, but no more than 48 kHz need. The first items
/// are the format and then the state `listening`, as soon as sound comes. An outage gives its state once; when the
/// device is back there are `format` if the rate changed, `lost` with the length of the outage, and `listening`. Times
/// are the clock's, not the device's.
package final class Microphone: AudioSource, @unchecked Sendable {
  /// A device clicks when it is opened: who measures the sound leaves so much of it out.
  package static let clickSeconds = 0.3

  package let device: String
  private let link: CaptureLink
  private let system: any CaptureSystem
  // Owned by the reading thread.
  private var sampleRate = AudioConditioner.outputRate
  /// The capture thread reports all that happens to the device except a call into libasound that never returns. The
  /// reader detects that, before the first sound as well as after it.
  package private(set) var isStuck = false
  /// The deadline of the call that was overdue after the last timeout.
  private var overdue: Int64?

  /// - Parameters:
  ///   - device: an ALSA PCM, as `arecord -L` names them. A card's name stays when its number changes.
  ///   - channel: which channel to take, from 1; nil for mono, or the mean of as few channels as the device gives.
  ///   - waitForDevice: whether it waits for a device that cannot be opened, instead of throwing.
  ///   - isPaused: whether it starts paused: the device is then opened, and examined, only after `pause(false)`.
  /// - Throws: `AudioInputError`: `noSuchDevice`, `deviceBusy` (names the program), `deviceDenied` (names the group),
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
    // The ring's memory is used cyclically even if little waits in it, so it is no larger than necessary.
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
    link.reportHang()
    return state(CaptureFault(cause: .stalled, errno: 0))
  }

  /// Whether the capture thread hangs and that is unreported, checked after a timeout. An overdue call gets one more
  /// timeout: if the machine slept or the process was stopped, it is about to return.
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
      return .device(.paused, name: device, detail: nil)
    case .report(.fault(let fault)):
      isStuck = false
      return state(fault)
    }
  }

  private var listening: AudioSourceItem {
    .device(.listening, name: device, detail: nil)
  }

  private func state(_ fault: CaptureFault) -> AudioSourceItem {
    .device(fault.state, name: device, detail: system.diagnosis.describe(fault, device: device))
  }
}
