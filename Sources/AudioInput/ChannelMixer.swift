/// A fault of a source's channels.
package enum ChannelFinding: Sendable, Equatable, BitwiseCopyable {
  /// They cancel each other; only this one is used, counted from 1. Nil when they no longer do.
  case cancelling(heard: Int?)
  /// These are dead while others are not; empty when all give sound again.
  case dead(ChannelSet)

  /// A sentence for a person.
  package var sentence: String {
    switch self {
    case .cancelling(let heard?): "the channels cancel each other: only channel \(heard) is heard (see --channel)"
    case .cancelling(nil): "the channels no longer cancel each other"
    case .dead([]): "all channels give sound again"
    case .dead(let channels): "there is nothing in \(channels.words), while others give sound"
    }
  }

  /// What to do about it, if anything.
  package var advice: String? {
    switch self {
    case .cancelling(heard: .some): Self.cancellingAdvice
    case .dead([]), .cancelling(heard: nil): nil
    case .dead: "digitd leaves it out; if there should be a microphone, look at its wiring"
    }
  }

  package static let cancellingAdvice =
    "choose one with --channel, DIGITD_CHANNEL for the daemon, or check the wiring"
}

/// Some of a source's first 64 channels.
package struct ChannelSet: OptionSet, Sendable, Equatable, BitwiseCopyable {
  package var rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// "channel 2", "channels 2, 3 and 5".
  package var words: String {
    let names = numbers.map(String.init)
    guard let last = names.last, names.count > 1 else { return "channel \(names.first ?? "")" }
    return "channels \(names.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// In ascending order, counted from 1.
  package var numbers: [Int] { (0..<64).filter { rawValue >> UInt64($0) & 1 == 1 }.map { $0 + 1 } }
}

/// Makes one channel of several: the mean of the channels that are not dead, or a single one if they cancel each other.
/// Balanced microphones at a stereo input, or one of two wired with inverted polarity, are each other's negative.
///
/// It looks at pieces of 10 ms. Cancellation is detected within one, so that not even the first word is lost, and
/// reported after enough of them. Memory is taken once.
package struct ChannelMixer {
  /// Powers are mean squares, where 1 is full scale; times are in pieces of 10 ms.
  package struct Settings: Sendable, Equatable {
    /// The mean of n unrelated channels has an n-th of their power. Below a 25th of that they cancel; above four tenths
    /// of it they do not.
    package var cancelled: Float = 0.04
    package var added: Float = 0.4
    /// Only loud pieces count: within 20 dB of the loudest recent one, and above the steps of a converter.
    package var loud: Float = 0.01
    package var least: Float = 1e-9
    /// The loudest level falls by this factor per piece: 10 dB in 12 s.
    package var forgotten: Float = 0.998
    /// Consecutive loud pieces of one kind before cancellation is reported, or before the mean is used again.
    package var confirmation = 15
    package var over = 100
    /// A channel whose samples differ by less than a tenth of a 16-bit step for `deadAfter` is dead; one that gives
    /// sound for `aliveAfter` is not.
    package var deadPower: Float = 1e-11
    package var deadAfter = 200
    package var aliveAfter = 5

    package init() {}
  }

  private struct Channel {
    var power: Float = 0
    var isDead = false
    /// For how many pieces it has been different.
    var against = 0
  }

  private let settings: Settings
  private var channels: [Channel]
  /// The requested channel, counted from 0; nil for the mean.
  private let wanted: Int?
  private let pieceFrames: Int
  private var loudest: Float = 0
  /// The single channel in use.
  private var only: Int?
  /// Consecutive pieces that cancelled minus those that added up.
  private var cancelledPieces = 0
  private var addedPieces = 0
  private var isCancellingReported = false
  private var newCancelling = false
  private var newDead = false

  /// - Parameter channel: the requested channel, counted from 0; nil for the mean.
  package init(channels: Int, sampleRate: Int, channel: Int? = nil, settings: Settings = Settings()) {
    self.settings = settings
    wanted = channel ?? (channels == 1 ? 0 : nil)
    self.channels = [Channel](repeating: Channel(), count: channels)
    pieceFrames = max(1, sampleRate / 100)
  }

  /// Mixes interleaved frames. An incomplete piece is judged as it is.
  package mutating func mix(_ frames: UnsafePointer<Float>, count: Int, into output: UnsafeMutablePointer<Float>) {
    if let wanted {
      for frame in 0..<count { output[frame] = frames[frame * channels.count + wanted] }
      return
    }
    var done = 0
    while done < count {
      let taken = min(pieceFrames, count - done)
      mixPiece(frames + done * channels.count, taken, output + done)
      done += taken
    }
  }

  /// A finding since the last call; one at a time.
  package mutating func takeFinding() -> ChannelFinding? {
    if newCancelling {
      newCancelling = false
      return .cancelling(heard: isCancellingReported ? (only ?? 0) + 1 : nil)
    }
    if newDead {
      newDead = false
      return .dead(dead)
    }
    return nil
  }

  private var dead: ChannelSet {
    var set: UInt64 = 0
    for index in 0..<min(64, channels.count) where channels[index].isDead { set |= 1 << UInt64(index) }
    return ChannelSet(rawValue: set)
  }

  private mutating func mixPiece(_ frames: UnsafePointer<Float>, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
    measure(frames, count)
    mean(frames, count, output)
    judge(Self.power(output, count, stride: 1))
    if let only {
      for frame in 0..<count { output[frame] = frames[frame * channels.count + only] }
    }
  }

  private mutating func measure(_ frames: UnsafePointer<Float>, _ count: Int) {
    var isAnyAlive = false
    for index in channels.indices {
      channels[index].power = Self.power(frames + index, count, stride: channels.count)
      isAnyAlive = isAnyAlive || channels[index].power > settings.deadPower
    }
    // If no channel gives anything, the microphone is muted, which is another condition.
    guard isAnyAlive else { return }
    for index in channels.indices {
      let isQuiet = channels[index].power <= settings.deadPower
      if isQuiet == channels[index].isDead {
        channels[index].against = 0
        continue
      }
      channels[index].against += 1
      guard channels[index].against >= (isQuiet ? settings.deadAfter : settings.aliveAfter) else { continue }
      channels[index].against = 0
      channels[index].isDead = isQuiet
      newDead = newDead || index < 64
    }
  }

  /// The mean of the channels that are not dead.
  private func mean(_ frames: UnsafePointer<Float>, _ count: Int, _ output: UnsafeMutablePointer<Float>) {
    let alive = channels.count { !$0.isDead }
    let scale = 1 / Float(max(1, alive))
    for frame in 0..<count {
      var sum: Float = 0
      for index in channels.indices where !channels[index].isDead { sum += frames[frame * channels.count + index] }
      output[frame] = sum * scale
    }
  }

  /// - Parameter mixed: the power of the mean.
  private mutating func judge(_ mixed: Float) {
    var sum: Float = 0
    var alive: Float = 0
    var best = 0
    for index in channels.indices where !channels[index].isDead && channels[index].power > settings.deadPower {
      sum += channels[index].power
      alive += 1
      if channels[index].power > channels[best].power { best = index }
    }
    guard alive > 1 else { return }
    let power = sum / alive
    // While they cancel, the noise between two words must not count, however long it lasts.
    loudest = max(power, isCancellingReported ? loudest : loudest * settings.forgotten)
    guard power > settings.least, power >= loudest * settings.loud else { return }
    if mixed * alive < power * settings.cancelled {
      if only == nil { only = best }
      addedPieces = 0
      cancelledPieces = min(cancelledPieces + 1, settings.confirmation)
      if cancelledPieces == settings.confirmation, !isCancellingReported {
        isCancellingReported = true
        newCancelling = true
      }
    } else if mixed * alive > power * settings.added {
      cancelledPieces = max(0, cancelledPieces - 1)
      addedPieces += 1
      // A finding that was not reported needs no confirmation to end.
      if only != nil, addedPieces >= (isCancellingReported ? settings.over : settings.confirmation) { end() }
    }
  }

  private mutating func end() {
    only = nil
    cancelledPieces = 0
    addedPieces = 0
    if isCancellingReported {
      isCancellingReported = false
      newCancelling = true
    }
  }

  /// The mean square of a channel without its own mean.
  private static func power(_ samples: UnsafePointer<Float>, _ count: Int, stride: Int) -> Float {
    var sum: Float = 0
    for frame in 0..<count { sum += samples[frame * stride] }
    let mean = sum / Float(count)
    var squares: Float = 0
    for frame in 0..<count {
      let difference = samples[frame * stride] - mean
      squares += difference * difference
    }
    return squares / Float(count)
  }
}
