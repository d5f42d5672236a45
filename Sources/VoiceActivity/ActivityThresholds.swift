/// The levels in dBFS that a frame is held against.
public struct ActivityThresholds: Sendable, Equatable {
  /// What a sound must exceed to begin.
  public var onset: Float
  /// What it must stay over to go on.
  public var release: Float
  /// What a word's soft edges must exceed.
  public var edge: Float
  /// The noise floor they follow from.
  public var floor: Float

  public init(onset: Float, release: Float, edge: Float, floor: Float) {
    self.onset = onset
    self.release = release
    self.edge = edge
    self.floor = floor
  }
}

/// Follows the background and derives the thresholds from it.
///
/// Two figures describe a background: its floor, and its *bed*, the mean level of what is heard between words. In steady
/// noise they are a decibel apart; in babble or music the bed lies ten over the floor, and a word is what rises over it.
struct BackgroundTracker: Sendable {
  /// Weights of one frame in the running means: half a second, a fifth of one.
  private static let bedWeight: Float = 0.02
  private static let recentWeight: Float = 0.05

  private let settings: VoiceActivitySettings
  private var floor = NoiseFloor()
  private var bed: Float
  private var recent: Float

  init(settings: VoiceActivitySettings) {
    self.settings = settings
    bed = floor.level
    recent = floor.level
  }

  var thresholds: ActivityThresholds {
    // A quiet tail lowers the bed at once: it is never taken to lie under the floor.
    let bed = max(bed, floor.level)
    let onset = max(floor.level + settings.onsetOverFloor, bed + settings.onsetOverBed, settings.quietestOnset)
    let release = max(floor.level + settings.releaseOverFloor, bed + settings.releaseOverBed)
    return ActivityThresholds(
      onset: onset,
      release: max(release, settings.quietestOnset - 4),
      edge: max(floor.level + settings.edgeOverFloor, settings.quietestEdge),
      floor: floor.level)
  }

  mutating func update(level: Float, inWord: Bool) {
    floor.update(level: level)
    recent += Self.recentWeight * (level - recent)
    if !inWord { bed += Self.bedWeight * (level - bed) }
  }

  /// What was taken for a word was the background: the bed is where the sound is now, but not over `loudest`.
  mutating func acceptRecentAsBed(notOver loudest: Float = .infinity) {
    bed = min(recent, loudest)
  }
}
