/// The input of the capture machine. Times are nanoseconds of a clock that never jumps and counts suspension.
package enum CaptureEvent: Equatable {
  /// The device is open and set up for this rate, in Hz.
  case opened(sampleRate: Int)
  case openFailed(CaptureFault)
  /// The stream was started, or started again.
  case started
  /// `frames` more were read. `drained` if the device had no more, so that the sound reaches up to now.
  case read(frames: Int, drained: Bool)
  /// Nothing came within the time of `wait`.
  case nothing
  /// A call failed with this errno, a positive number.
  case failed(errno: Int32)
  /// A pause is over, or a device appeared or changed its permissions.
  case pauseEnded(deviceChange: Bool)
  /// A pause ended early: a program closed a device.
  case deviceFreed
  /// Listening is paused until `resumeWanted`.
  case pauseWanted
  case resumeWanted
  /// The device is closed, as requested by `release`.
  case closed
  case stop
}

/// Why a device cannot be used, found when it was opened or when it stopped working.
package struct CaptureFault: BitwiseCopyable, Equatable {
  package enum Cause: BitwiseCopyable, Equatable {
    /// It is missing, or went away.
    case missing
    /// Another program has it.
    case busy
    /// It exists, but this process may not open it.
    case denied
    /// It exists, but delivers no sound.
    case stalled
    /// It exists, but does not have the requested channel, counted from 1.
    case noSuchChannel(Int32, of: Int32)
    /// It exists, but has no usable sample format.
    case noFormat
  }

  package var cause: Cause
  /// The errno of the failure, 0 if there is none.
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

/// The driver's next action; each is answered by one or another event.
package enum CaptureCommand: Equatable {
  /// → `opened`, `openFailed`
  case open
  /// Prepare and start the stream. → `started`, `failed`
  case start
  /// Resume a suspended stream. → `started`, `failed`: EAGAIN not yet, ENOSYS it cannot.
  case resume
  /// Wait for sound and read it. → `read`, `nothing`, `failed`
  case wait(milliseconds: Int)
  /// Wait for the timeout or a change of the devices, with the device open. → `pauseEnded`, `deviceFreed`
  case pause(milliseconds: Int)
  /// Close the device, then `pause`.
  case close(thenPause: Int)
  /// Close the device, if it is open. → `closed`
  case release
  /// Sleep until the wish changes. → `resumeWanted`
  case sleep
  case end
}

/// A report to the reader, before the samples of the read that caused it.
package enum CaptureReport: BitwiseCopyable, Equatable {
  case format(sampleRate: Int32)
  case lost(milliseconds: Int64, cause: AudioSourceItem.LossCause)
  /// Something is wrong with the channels, or no longer wrong.
  case channels(ChannelFinding)
  /// Nothing was lost, but the device's clock has fallen this much further behind ours.
  case late(milliseconds: Int64)
  case listening
  /// The device is closed on request.
  case paused
  case fault(CaptureFault)
}

/// The reports of one event, at most four, without an array: the capture thread must not allocate.
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
