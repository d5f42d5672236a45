/// What stands alone within a cut: sounds that have something far softer on either side.
///
/// Voice activity ends a word where the level falls to that of the background. Beside a noise that has just come up, or
/// where the next word follows at once, it does not fall so far, and the cut holds more than the word. Over a higher
/// threshold the word stands alone all the same; how high it must be is not known. So the cut is looked at over one
/// threshold after another, from what is hardly over its quietest frames to what is hardly under its loudest, and all that
/// stands alone over any of them is told.
package enum IsolatedSounds {
  /// The lowest threshold is this far over the quietest tenth of the frames, in dB, …
  private static let overQuietest: Float = 3
  /// … but no further than this under the loudest; …
  private static let range: Float = 35
  /// … each next one is this much higher, …
  private static let step: Float = 3
  /// … and the last this far under the loudest frame.
  private static let underLoudest: Float = 9
  /// How far over the threshold the loudest frames of a sound must rise: five of them, for a click is not a sound.
  private static let prominence: Float = 6
  private static let prominentFrames = 5
  /// Sounds whose beginnings and ends differ by less than this in all, in frames, are one.
  private static let nearlySame = 4

  /// - Parameters:
  ///   - levels: of the frames of a cut, in dBFS.
  ///   - gap: as many frames under the threshold part one sound from the next.
  ///   - lengths: how many frames a sound may have.
  /// - Returns: frames, counted from the cut's first; by the lowest threshold over which they stand alone, those over one
  ///   threshold in the order of time. Those over different ones may overlap.
  package static func find(in levels: [Float], gap: Int, lengths: ClosedRange<Int>) -> [Range<Int>] {
    guard let loudest = levels.max() else { return [] }
    var found: [Range<Int>] = []
    var threshold = max(levels.sorted()[levels.count / 10] + overQuietest, loudest - range)
    while threshold <= loudest - underLoudest {
      for sound in sounds(in: levels, over: threshold, gap: gap) where lengths.contains(sound.count) {
        guard levels[sound].count(where: { $0 >= threshold + prominence }) >= prominentFrames else { continue }
        if !found.contains(where: { isNearly($0, sound) }) { found.append(sound) }
      }
      threshold += step
    }
    return found
  }

  private static func sounds(in levels: [Float], over threshold: Float, gap: Int) -> [Range<Int>] {
    var sounds: [Range<Int>] = []
    for (frame, level) in levels.enumerated() where level > threshold {
      if let last = sounds.last, frame - last.upperBound < gap {
        sounds[sounds.count - 1] = last.lowerBound..<frame + 1
      } else {
        sounds.append(frame..<frame + 1)
      }
    }
    return sounds
  }

  private static func isNearly(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
    abs(one.lowerBound - other.lowerBound) + abs(one.upperBound - other.upperBound) < nearlySame
  }
}
