/// How loud it was in the second before a word, what was told as a digit left out: whether something was going on.
///
/// In babble, at a party or beside a television now and then a sound is like a digit. It stands among sounds of its own
/// loudness, where a word said to the microphone stands in quiet, or among digits. Memory is taken once.
package struct RecentLevels: Sendable {
  /// Frames that are looked at: one second.
  package static let window = 100

  /// Levels in dBFS, frame n at n modulo their count; `.nan` for what was told.
  private var levels: [Float]
  private var count = 0
  /// The frames that are still there.
  private var kept: Range<Int> { max(0, count - levels.count)..<count }

  /// - Parameter longest: frames that a word may go back at most.
  package init(longest: Int) {
    levels = [Float](repeating: .nan, count: longest + Self.window)
  }

  /// Takes in the level of the next frame, in dBFS.
  package mutating func append(_ level: Float) {
    levels[count % levels.count] = level
    count += 1
  }

  /// What lies in these frames, counted from the first that was taken in, was told: it is no sound that goes on.
  package mutating func leaveOut(_ frames: Range<Int>) {
    for frame in frames.clamped(to: kept) { levels[frame % levels.count] = .nan }
  }

  /// The share of the frames before `frame` that lie over `level`; 0 where fewer than a fifth of them are there.
  package func share(before frame: Int, over level: Float) -> Float {
    var (known, over) = (0, 0)
    for index in (frame - Self.window..<frame).clamped(to: kept) {
      let here = levels[index % levels.count]
      if !here.isNaN { known += 1 }
      if here > level { over += 1 }
    }
    return known < Self.window / 5 ? 0 : Float(over) / Float(known)
  }
}
