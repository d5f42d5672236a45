/// What the capture machine is told. Times are nanoseconds of a clock that never jumps and counts suspension.
package enum CaptureEvent: Equatable {
  /// The device is open and set up for this rate, in Hz.
  case opened(sampleRate: Int)
  case openFailed(CaptureFault)
  /// The stream was started, or started again.
  case started
  /// `frames` more were read. `drained` if the device had no more to give, so that what was read reaches up to now.
  case read(frames: Int, drained: Bool)
  /// There was nothing to read in the time that `wait` gave.
  case nothing
  /// A call failed; the number is an errno, positive.
  case failed(errno: Int32)
  /// A pause is over, or a device is new or may be opened by others than before.
  case pauseEnded(deviceChange: Bool)
  /// A pause ended early: somebody closed a device.
  case deviceFreed
  /// Nobody is to be heard until `resumeWanted`.
  case pauseWanted
  case resumeWanted
  /// The device is closed, as `release` wanted it.
  case closed
  case stop
}

/// Why a device is not there, as found when it was opened or when it stopped working.
package struct CaptureFault: BitwiseCopyable, Equatable {
  package enum Cause: BitwiseCopyable, Equatable {
    /// It is not there, or went away.
    case missing
    /// Somebody else has it.
    case busy
    /// It is there, and this process may not open it.
    case denied
    /// It is there and gives no sound.
    case stalled
    /// It is there and has not the channel that is wanted, counted from 1.
    case noSuchChannel(Int32, of: Int32)
    /// It is there and gives no samples that can be read.
    case noFormat
  }

  package var cause: Cause
  /// The errno that told, 0 if none did.
  package var errno: Int32

  package init(cause: Cause, errno: Int32) {
    self.cause = cause
    self.errno = errno
  }

  package var state: DeviceState {
    switch cause {
    case .missing, .noSuchChannel, .noFormat: .lost
    case .busy: .busy
    case .denied: .denied
    case .stalled: .stalled
    }
  }
}

/// What the driver does next; each is answered by one or another event.
package enum CaptureCommand: Equatable {
  /// → `opened`, `openFailed`
  case open
  /// Prepare and start the stream. → `started`, `failed`
  case start
  /// Take the stream out of suspension. → `started`, `failed`: EAGAIN not yet, ENOSYS it cannot.
  case resume
  /// Wait for sound and read it. → `read`, `nothing`, `failed`
  case wait(milliseconds: Int)
  /// Wait for the time or a change of the devices, the device kept open. → `pauseEnded`, `deviceFreed`
  case pause(milliseconds: Int)
  /// Close the device, then `pause`.
  case close(thenPause: Int)
  /// Close the device, if it is open. → `closed`
  case release
  /// Sleep until something else is wanted. → `resumeWanted`
  case sleep
  case end
}

/// What the reading side is to be told, before the samples of the read that brought it up.
package enum CaptureReport: BitwiseCopyable, Equatable {
  case format(sampleRate: Int32)
  case lost(milliseconds: Int64, cause: AudioSourceItem.LossCause)
  /// Something is wrong with the channels, or no longer.
  case channels(ChannelFinding)
  /// Nothing was lost, but the device's clock has fallen behind ours by so much more.
  case late(milliseconds: Int64)
  case listening
  /// The device is closed, because that was wanted.
  case paused
  case fault(CaptureFault)
}

/// The reports one event brings about, at most four, without an array: the capture thread must not allocate.
package struct CaptureReports: Equatable {
  package var format: CaptureReport?
  package var loss: CaptureReport?
  package var delay: CaptureReport?
  package var state: CaptureReport?

  package init() {}

  package func forEach(_ body: (CaptureReport) -> Void) {
    if let format { body(format) }
    if let loss { body(loss) }
    if let delay { body(delay) }
    if let state { body(state) }
  }
}
