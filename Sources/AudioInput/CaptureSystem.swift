import CALSA
import Glibc

/// What capturing needs from outside: the devices and the time. ALSA on a machine, a script in a test.
///
/// `open` and `pause` are called by one thread at a time, `now` by any.
package protocol CaptureSystem: AnyObject, Sendable {
  var diagnosis: DeviceDiagnosis { get }

  /// Opens and configures the device without starting it.
  /// - Parameters:
  ///   - channel: which channel to take, from 1; nil for the mean of as few as the device has.
  ///   - interrupt: a descriptor that ends a wait when it becomes readable.
  func open(device: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) -> any CaptureStream

  /// Waits for the timeout, a change of the devices, or `interrupt`.
  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause

  /// Waits for `interrupt` alone, without a timeout.
  func sleep(interrupt: CInt)

  /// Nanoseconds of a clock that never jumps and counts suspension.
  func now() -> Int64
}

/// An open capture stream. Results are errnos, 0 for none.
package protocol CaptureStream: AnyObject {
  /// In Hz.
  var sampleRate: Int { get }
  /// How long the device can buffer sound, in ms.
  var longestRest: Int { get }
  /// Prepares and starts the stream, whether it is new, overrun or stopped.
  func start() -> CInt
  /// Resumes a suspended stream: EAGAIN if the machine is still suspended, ENOSYS if the device cannot.
  func resume() -> CInt
  /// Waits until there is something to read or report.
  func wait(milliseconds: Int) -> CaptureWait
  /// Reads what is available, without waiting.
  func read() -> CaptureReading
  /// A finding about the channels since the last call; one at a time.
  func takeFinding() -> ChannelFinding?
}

extension CaptureStream {
  package func takeFinding() -> ChannelFinding? { nil }
}

package enum CaptureWait: Equatable {
  case ready, timeOut, interrupted
  case failed(errno: CInt)
}

package enum CaptureReading {
  /// Mono samples, valid until the next call; `drained` if the device had fewer than requested.
  case samples(UnsafeBufferPointer<Float>, drained: Bool)
  case failed(errno: CInt)
}

package enum DevicePause: Equatable {
  case over, interrupted
  /// A device appeared, or its permissions changed.
  case deviceChange
  /// A program closed a capture device.
  case deviceFreed
}

/// Why a device could not be opened and set up.
package enum CaptureOpenError: Error, Equatable {
  case failed(call: String, errno: CInt)
  case noSuchChannel(Int, of: Int)
  case noFormat
}

/// libasound, /dev and the clock of this machine.
///
/// Unchecked: its changing state belongs to the thread that opens and pauses.
final class ALSACaptureSystem: CaptureSystem, @unchecked Sendable {
  let diagnosis = DeviceDiagnosis()
  private let watch = DeviceWatch()
  private var openings = 0
  private var devicesChanged = false

  func open(device: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) -> any CaptureStream {
    // libasound reads its configuration once, including the parts for the cards present then. Reading it again costs 10
    // ms.
    openings += 1
    if devicesChanged || openings % 12 == 0 { snd_config_update_free_global() }
    devicesChanged = false
    return try CapturePCM(name: device, channel: channel, interrupt: interrupt)
  }

  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause {
    let pause = watch.pause(milliseconds: milliseconds, interrupt: interrupt)
    if pause == .deviceChange { devicesChanged = true }
    return pause
  }

  func sleep(interrupt: CInt) {
    var descriptor = pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)
    _ = poll(&descriptor, 1, -1)
    // After a sleep of the machine, changes of the devices may have been missed.
    devicesChanged = true
  }

  func now() -> Int64 { CaptureClock.now() }
}
