/// The loudest frame of a word, and the loudest of what is more than 120 to 240 ms old, in constant space: the word, with
/// the pauses in it, is looked at in blocks of 120 ms, of which the last two are recent.
package struct LoudnessHistory: Sendable, Equatable {
  private static let blockFrames = 12

  /// The level of the loudest frame so far, in dBFS.
  package private(set) var peak: Float
  /// The level of the loudest frame before the two most recent blocks, in dBFS; `.infinity` before there is one.
  package private(set) var longAgo = Float.infinity
  private var previousBlock: Float?
  private var currentBlock: Float
  private var currentFrames: Int

  package init(peak: Float, frames: Int) {
    self.peak = peak
    currentBlock = peak
    currentFrames = min(frames, Self.blockFrames - 1)
  }

  /// How many frames the recent blocks hold.
  package var recentFrames: Int { currentFrames + (previousBlock == nil ? 0 : Self.blockFrames) }

  /// Takes in the level of the word's next frame.
  package mutating func add(_ level: Float) {
    peak = max(peak, level)
    currentBlock = max(currentBlock, level)
    currentFrames += 1
    guard currentFrames == Self.blockFrames else { return }
    if let previousBlock {
      longAgo = longAgo == .infinity ? previousBlock : max(longAgo, previousBlock)
    }
    previousBlock = currentBlock
    currentBlock = VoiceFrame.silence
    currentFrames = 0
  }
}

/// The run of frames over the edge threshold that goes on now, short dips forgiven.
struct EdgeRun: Sendable, Equatable {
  /// The first frame of the run.
  private(set) var start = 0
  /// The frame after its last one over the threshold.
  private(set) var end = -1000

  mutating func update(frame: Int, isOver: Bool, dips: Int) {
    guard isOver else { return }
    if frame - end > dips { start = frame }
    end = frame + 1
  }

  /// Whether the run reaches `frame`, or ended so shortly before that it may go on.
  func isUnbroken(at frame: Int, dips: Int) -> Bool {
    frame + 1 - end <= dips
  }
}
