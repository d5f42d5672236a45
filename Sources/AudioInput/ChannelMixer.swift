/// What is wrong with the channels of a source.
package enum ChannelFinding: Sendable, Equatable, BitwiseCopyable {
  /// They cancel each other: while they do only this one is heard, counted from 1. Nil once they no longer do.
  case cancelling(heard: Int?)
  /// These give nothing while others do; empty once all give something again.
  case dead(ChannelSet)

  /// For a person.
  package var sentence: String {
    switch self {
    case .cancelling(let heard?): "the channels cancel each other: only channel \(heard) is heard (see --channel)"
    case .cancelling(nil): "the channels no longer cancel each other"
    case .dead([]): "all channels give sound again"
    case .dead(let channels): "there is nothing in \(channels.words), while others give sound"
    }
  }
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

  /// In their order, counted from 1.
  package var numbers: [Int] { (0..<64).filter { rawValue >> UInt64($0) & 1 == 1 }.map { $0 + 1 } }
}

/// Makes one channel of several: their mean, but of those that give anything, and one of them alone where their mean is
/// next to nothing. Balanced microphones at a stereo input, or one of two wired the wrong way round, are each other's
/// negative.
///
/// It looks at pieces of 10 ms. What cancels is known within one, so that not even the first word is lost, and told when
/// there was enough of it. Memory is taken once.
package struct ChannelMixer {
  /// Of n channels that have nothing to do with each other the mean has an n-th of their power. Under a 25th of that it is
  /// next to nothing; over four tenths of it, it is not.
  private static let cancelled: Float = 0.04
  private static let added: Float = 0.4
  /// Only pieces that are as loud count: within 20 dB of the loudest lately, and more than the steps of a converter.
  private static let loud: Float = 0.01
  private static let least: Float = 1e-9
  /// The loudest is forgotten by so much a piece: 10 dB in 12 s.
  private static let forgotten: Float = 0.998
  /// Loud pieces of the same kind before it is told, or before the mean is taken again.
  private static let told = 15
  private static let over = 100
  /// A channel in which nothing is further than a tenth of a 16-bit step from the others for so many pieces is dead; one
  /// that gives something for so many is not.
  private static let deadPower: Float = 1e-11
  private static let deadAfter = 200
  private static let aliveAfter = 5

  private struct Channel {
    var power: Float = 0
    var isDead = false
    /// For how many pieces it has been otherwise.
    var against = 0
  }

  private var channels: [Channel]
  /// The one that is wanted, counted from 0; nil for the mean.
  private let wanted: Int?
  private let pieceFrames: Int
  private var loudest: Float = 0
  /// The one that is heard alone.
  private var only: Int?
  /// Pieces that cancelled less those that added up, in a row.
  private var cancelledPieces = 0
  private var addedPieces = 0
  private var isCancellingTold = false
  private var newCancelling = false
  private var newDead = false

  /// - Parameter channel: which channel to take, counted from 0; nil for the mean.
  package init(channels: Int, sampleRate: Int, channel: Int? = nil) {
    wanted = channel ?? (channels == 1 ? 0 : nil)
    self.channels = [Channel](repeating: Channel(), count: channels)
    pieceFrames = max(1, sampleRate / 100)
  }

  /// Mixes interleaved frames. A piece that is not whole is judged as it is.
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

  /// What was found since this was asked the last time: one thing at a time.
  package mutating func takeFinding() -> ChannelFinding? {
    if newCancelling {
      newCancelling = false
      return .cancelling(heard: isCancellingTold ? (only ?? 0) + 1 : nil)
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
      isAnyAlive = isAnyAlive || channels[index].power > Self.deadPower
    }
    // Where nothing comes at all, the microphone is muted: that is another thing.
    guard isAnyAlive else { return }
    for index in channels.indices {
      let isQuiet = channels[index].power <= Self.deadPower
      if isQuiet == channels[index].isDead {
        channels[index].against = 0
        continue
      }
      channels[index].against += 1
      guard channels[index].against >= (isQuiet ? Self.deadAfter : Self.aliveAfter) else { continue }
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
    for index in channels.indices where !channels[index].isDead && channels[index].power > Self.deadPower {
      sum += channels[index].power
      alive += 1
      if channels[index].power > channels[best].power { best = index }
    }
    guard alive > 1 else { return }
    let power = sum / alive
    // While they cancel the noise between two words must not come to count, however long it lasts.
    loudest = max(power, isCancellingTold ? loudest : loudest * Self.forgotten)
    guard power > Self.least, power >= loudest * Self.loud else { return }
    if mixed * alive < power * Self.cancelled {
      if only == nil { only = best }
      addedPieces = 0
      cancelledPieces = min(cancelledPieces + 1, Self.told)
      if cancelledPieces == Self.told, !isCancellingTold {
        isCancellingTold = true
        newCancelling = true
      }
    } else if mixed * alive > power * Self.added {
      cancelledPieces = max(0, cancelledPieces - 1)
      addedPieces += 1
      // What was never told need not be sure.
      if only != nil, addedPieces >= (isCancellingTold ? Self.over : Self.told) { end() }
    }
  }

  private mutating func end() {
    only = nil
    cancelledPieces = 0
    addedPieces = 0
    if isCancellingTold {
      isCancellingTold = false
      newCancelling = true
    }
  }

  /// The mean square of what a channel does beside its own mean.
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
