/// The microphone's state, named as in the `device` event.
package enum DeviceState: String, Sendable, Equatable {
  case listening, lost, busy, denied, stalled
  /// Closed by a pause.
  case paused
}

/// One item from an `AudioSource`.
package enum AudioSourceItem: Sendable, Equatable {
  /// The sound that follows has this rate, in Hz. Comes before the first samples, and again if a reopened device has
  /// another rate.
  case format(sampleRate: Int)
  /// This many mono frames, −1…1, were written to the start of the caller's buffer.
  case samples(Int)
  /// This much sound is missing before the next samples; the stream's clock moves on by it.
  case lost(milliseconds: Int, cause: LossCause)
  /// The device's clock is slow: it has fallen behind by this much more. Nothing was lost; the stream's clock may move
  /// on by it between words.
  case late(milliseconds: Int)
  /// Something is wrong with the channels, or no longer wrong.
  case channels(ChannelFinding)
  /// The device's state changed. `name` is the device's stable name, `detail` a sentence about what keeps it from being
  /// heard; nil where it is heard, or closed on request.
  case device(DeviceState, name: String, detail: String?)
  /// Nothing came within the timeout.
  case idle
  /// The end of a file, or `stop()` was called.
  case end

  package enum LossCause: Sendable, Equatable, BitwiseCopyable {
    case overrun
    case outage
    /// A pause, not a fault.
    case pause
  }
}

/// How soon the consumer wants the next sound.
package enum Attention: Sendable, Equatable {
  /// At once, period by period: speech is under way.
  case close
  /// Later: nothing is under way. A microphone then gathers sound for up to `longestRest`, and no thread wakes in
  /// between.
  case resting

  /// Milliseconds.
  package static let longestRest = 100
}

/// A source of sound: a microphone or a file. The listening loop reads both in the same way.
///
/// `read` is called from one thread; `stop` may be called from any, and makes `read` return `.end` soon.
package protocol AudioSource: AnyObject, Sendable {
  /// Waits at most `timeoutMilliseconds` for the next item. Writes at most `buffer.count` frames and at most 10 ms of
  /// sound, so that the time of a decision is known to 10 ms.
  func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem
  func stop()
  /// Sets how soon the next items are wanted; `close` until the first call. The items and their order stay the same.
  /// For the reading thread.
  func attend(_ attention: Attention)
  /// Whether the capture thread hangs in a call that never returns, which only a restart of the program is sure to end.
  /// For the reading thread.
  var isStuck: Bool { get }
  /// Pauses or resumes. A microphone then closes, reports `paused` when it has, and opens again after the pause. From
  /// any thread.
  /// - Returns: false if this source cannot be paused.
  @discardableResult func pause(_ isPaused: Bool) -> Bool
  /// Sentences about irregularities in the sound so far. For the reading thread.
  var warnings: [String] { get }
}

extension AudioSource {
  /// A file is always there.
  package func attend(_ attention: Attention) {}
  package var isStuck: Bool { false }
  package func pause(_ isPaused: Bool) -> Bool { false }
  /// A microphone reports these as states.
  package var warnings: [String] { [] }
}
