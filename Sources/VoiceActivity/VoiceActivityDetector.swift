/// Finds the words in a stream by their energy: the background's levels, the thresholds that follow from them, and the
/// state machine that cuts the stream.
///
/// One call per frame of 10 ms, no allocation in it. Frames are counted from the first; the counting goes on over an
/// `interrupt`, which ends what is in progress but keeps what was learnt of the background.
public struct VoiceActivityDetector: Sendable {
  private var background: BackgroundTracker
  private var machine: ActivityStateMachine

  /// How many frames were taken in.
  public private(set) var frames = 0

  public init(settings: VoiceActivitySettings = VoiceActivitySettings()) {
    background = BackgroundTracker(settings: settings)
    machine = ActivityStateMachine(settings: settings)
  }

  /// Whether a stretch of speech is under way.
  public var isSpeech: Bool { machine.isSpeech }

  /// Whether the last frame may belong to a word: a word, a pause in one, or a sound that may become one.
  public var isWord: Bool { machine.isWord }

  /// The levels that the next frame will be held against.
  public var thresholds: ActivityThresholds { background.thresholds }

  /// Takes in the level of the next frame, in dBFS.
  public mutating func process(level: Float) -> VoiceActivityActions {
    let level = level > VoiceFrame.silence ? min(level, 20) : VoiceFrame.silence
    let actions = machine.process(frame: frames, level: level, thresholds: background.thresholds)
    frames += 1
    for action in actions {
      switch action {
      case .wordEnded(_, .tooLong), .wordEnded(_, .background):
        background.acceptRecentAsBed()
      case .wordEnded(let before, .overtaken):
        // What overtook it is among the recent levels, and is to be a word.
        background.acceptRecentAsBed(notOver: before.peak)
      case .wordEnded, .speechStarted, .wordStarted, .paused, .wordResumed, .speechStopped:
        break
      }
    }
    background.update(level: level, inWord: machine.isWord)
    return actions
  }

  /// The word that has just paused is decided: no wait for the word gap, what comes next is another word.
  public mutating func settleWord() {
    machine.settle()
  }

  /// The stream ends here, or a part of it is lost: ends what is in progress.
  public mutating func interrupt() -> VoiceActivityActions {
    machine.interrupt(frame: frames, thresholds: background.thresholds)
  }
}
