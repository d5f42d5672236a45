import CALSA

/// A microphone behind ALSA: an `AudioSource` that survives whatever happens to the device.
///
/// A thread of its own captures (`CaptureThread`) and recovers (`CaptureStateMachine`); `read` takes from the ring between
/// (`CaptureLink`), which holds four seconds at the rate that the device has at first. The first items are the format, then the state `listening`, as soon as
/// sound comes; an outage gives its state once, and when the device is back `format` if the rate is another, `lost` with
/// how long it was away, and `listening`. Times are the clock's, not the device's.
public final class Microphone: AudioSource, @unchecked Sendable {
  public let device: String
  private let link: CaptureLink
  private let system: any CaptureSystem
  // The reading thread's own.
  private var sampleRate = AudioConditioner.outputRate
  private var flow = Flow.none

  /// Whether the capture thread does what it should, as the reader sees it: it tells of all that happens to the device,
  /// but not of a call into libasound that never returns.
  private enum Flow {
    /// No sound is to be expected.
    case none
    /// Something came at this time, in ns.
    case flowing(Int64)
    case stuck
  }

  /// Nothing for so long from a device that is said to be listening, and the capture thread hangs: longer than it takes
  /// that thread to find a device stalled. Nanoseconds.
  private static let patience: Int64 = 4_000_000_000

  /// - Parameters:
  ///   - device: an ALSA PCM, as `arecord -L` names them. A card's name stays when its number changes.
  ///   - channel: which channel to take, from 1; nil for mono, or the mean of as few channels as the device gives.
  ///   - waitForDevice: whether a device that cannot be opened is waited for instead of thrown for.
  /// - Throws: `AudioInputError`: `noSuchDevice`, `deviceBusy` (names who holds it), `deviceDenied` (names the group),
  ///   `deviceUnusable`, `noSuchChannel`.
  public convenience init(device: String = "default", channel: Int? = nil, waitForDevice: Bool = false) throws {
    calsa_silence()
    try self.init(device: device, channel: channel, waitForDevice: waitForDevice, system: ALSACaptureSystem())
  }

  package init(device: String, channel: Int?, waitForDevice: Bool, system: any CaptureSystem) throws {
    self.device = device
    self.system = system
    let stopSignal = try StopSignal()
    if let channel, channel < 1 {
      throw AudioInputError(.noSuchChannel, "channels are counted from 1; there is no channel \(channel)")
    }
    let opening: Result<any CaptureStream, CaptureOpenError>
    // A ring's memory is used all round, however little waits in it: so it is no larger than it need be.
    var rate = 48_000
    do throws(CaptureOpenError) {
      let opened = try system.open(device: device, channel: channel, stop: stopSignal.descriptor)
      rate = min(rate, opened.sampleRate)
      opening = .success(opened)
    } catch {
      if !waitForDevice { throw error.error(device: device, diagnosis: system.diagnosis) }
      opening = .failure(error)
    }
    link = try CaptureLink(capacity: 4 * rate, stopSignal: stopSignal)
    try CaptureThread.launch(device: device, channel: channel, link: link, system: system, firstOpening: opening)
  }

  deinit { link.stop() }

  public func stop() { link.stop() }

  public func attend(_ attention: Attention) { link.attend(attention) }

  public var isStuck: Bool {
    if case .stuck = flow { true } else { false }
  }

  public func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) -> AudioSourceItem {
    let most = min(buffer.count, max(1, sampleRate / 100))
    let window = UnsafeMutableBufferPointer(rebasing: buffer[..<most])
    if let item = next(window) { return item }
    link.sleep(untilAvailable: most, milliseconds: timeoutMilliseconds)
    if let item = next(window) { return item }
    guard hangs else { return .idle }
    flow = .stuck
    return state(CaptureFault(cause: .stalled, errno: 0))
  }

  private var hangs: Bool {
    switch flow {
    case .stuck: false
    case .flowing(let last): system.now() - last > Self.patience
    case .none: link.callBegan.map { system.now() - $0 > CaptureThread.longestCall } ?? false
    }
  }

  private func next(_ window: UnsafeMutableBufferPointer<Float>) -> AudioSourceItem? {
    if isStuck, link.isSoundNext {
      flow = .flowing(system.now())
      return listening
    }
    switch link.next(into: window) {
    case .nothing: return nil
    case .end: return .end
    case .samples(let count):
      flow = .flowing(system.now())
      return .samples(count)
    case .report(.format(let rate)):
      sampleRate = Int(rate)
      return .format(sampleRate: sampleRate)
    case .report(.lost(let milliseconds, let outage)):
      return .lost(milliseconds: Int(milliseconds), cause: outage ? .outage : .overrun)
    case .report(.late(let milliseconds)): return .late(milliseconds: Int(milliseconds))
    case .report(.listening):
      flow = .flowing(system.now())
      return listening
    case .report(.fault(let fault)):
      flow = .none
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
