/// What the microphone is doing, in the words of the `device` event.
package enum DeviceState: String, Sendable, Equatable {
  case listening, lost, busy, denied, stalled
  /// Closed because somebody wanted it so.
  case paused
}

/// One thing that an `AudioSource` has to say.
package enum AudioSourceItem: Sendable, Equatable {
  /// The sound that follows has this rate, in Hz. Comes before the first samples and again if a device that was opened
  /// anew has another rate.
  case format(sampleRate: Int)
  /// So many mono frames, −1…1, were written to the start of the caller's buffer.
  case samples(Int)
  /// This much sound is missing before the next samples; the stream's clock moves on by it.
  case lost(milliseconds: Int, cause: LossCause)
  /// The device counts its samples more slowly than its rate says: its clock has fallen behind by so much more. Nothing was
  /// lost; the stream's clock may move on by it when no word is under way.
  case late(milliseconds: Int)
  /// Something is wrong with the channels, or no longer.
  case channels(ChannelFinding)
  /// The device's state changed. `name` is the device's stable name, `detail` a sentence for a person.
  case device(DeviceState, name: String, detail: String)
  /// Nothing came within the time given.
  case idle
  /// A file is at its end, or `stop()` was called.
  case end

  package enum LossCause: Sendable, Equatable, BitwiseCopyable {
    case overrun
    case outage
    /// Nobody was to be heard: nothing went wrong.
    case pause
  }
}

/// How soon whoever listens wants what is heard next.
package enum Attention: Sendable, Equatable {
  /// At once, period by period: something is being said.
  case close
  /// At leisure: nothing is under way. A microphone then gathers sound for up to `longestRest`, and nobody wakes for it
  /// in between.
  case resting

  /// Milliseconds.
  package static let longestRest = 100
}

/// Where sound comes from: a microphone or a file. The listener's loop pulls from it and cannot tell which it is.
///
/// `read` is called from one thread; `stop` may be called from any and makes `read` return `.end` soon.
package protocol AudioSource: AnyObject, Sendable {
  /// Waits at most `timeoutMilliseconds` for the next item. Writes at most `buffer.count` frames, and never more than
  /// 10 ms of sound at once, so that a decision's place in time is known to that grain.
  func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem
  func stop()
  /// Says how soon the next items are wanted, from the thread that reads; `close` until then. What comes, and in which
  /// order, is the same.
  func attend(_ attention: Attention)
  /// Whether what captures hangs in a call that never returns; nothing but a new start of the program is sure to help. For
  /// the thread that reads.
  var isStuck: Bool { get }
  /// Whether nobody is to be heard. A microphone is then closed, tells `paused` once it is, and opens again when that is
  /// over. May be called from any thread.
  /// - Returns: false if this source cannot be paused.
  @discardableResult func pause(_ isPaused: Bool) -> Bool
  /// Sentences about what was odd in what was heard so far. For the thread that reads.
  var warnings: [String] { get }
}

extension AudioSource {
  /// A file is always there.
  package func attend(_ attention: Attention) {}
  package var isStuck: Bool { false }
  package func pause(_ isPaused: Bool) -> Bool { false }
  /// A microphone tells such things as states.
  package var warnings: [String] { [] }
}
