import VoiceActivity

/// The bounds of the word in a recording of one word: its loud part, and the soft beginnings and ends beside it, as in
/// "four" and "six".
package struct WordCut: Sendable, Equatable {
  package let sound: Range<Int>
  /// The loud part alone, with the same margin: what is left of the word when somebody hurries.
  package let loudPart: Range<Int>

  /// Powers are measured in frames of 10 ms.
  private static let frame = VoiceFrame.length
  /// The loud part is everything within 26 dB of the loudest frame.
  private static let loud: Float = 0.002_5
  /// Fricatives are found by their high frequencies: the power of the differences between samples. It must be within 40
  /// dB of the maximum and 6 dB above the quietest tenth, but never has to come within 30 dB of the maximum.
  private static let soft: Float = 1e-4
  private static let softest: Float = 1e-3
  private static let overQuietest: Float = 4
  /// A fricative has no gap of 40 ms and lasts at most 0.25 s; anything longer is noise.
  private static let gap = 3
  private static let longest = 25

  /// Nil for silence and for less than 50 ms.
  package init?(_ samples: [Float]) {
    let count = samples.count / Self.frame
    guard count >= 5 else { return nil }
    var powers = [Float](repeating: 0, count: count)
    var sharp = powers
    var before = samples[0]
    for i in 0..<count * Self.frame {
      let (sample, frame) = (samples[i], i / Self.frame)
      powers[frame] += sample * sample
      sharp[frame] += (sample - before) * (sample - before)
      before = sample
    }
    let smallest = (powers.max() ?? 0) * Self.loud
    guard smallest > 0, let first = powers.firstIndex(where: { $0 > smallest }),
      let last = powers.lastIndex(where: { $0 > smallest })
    else { return nil }
    let greatest = sharp.max() ?? 0
    let quietest = sharp.sorted()[count / 10] * Self.overQuietest
    let floor = min(max(quietest, greatest * Self.soft), greatest * Self.softest)
    let begins = first - Self.reach(of: sharp[..<first].reversed(), over: floor)
    let ends = last + Self.reach(of: Array(sharp[(last + 1)...]), over: floor)
    // Adds a margin on each side.
    func range(_ first: Int, _ last: Int) -> Range<Int> {
      max(0, first - 2) * Self.frame..<min(samples.count, (last + 4) * Self.frame)
    }
    sound = range(begins, ends)
    loudPart = range(first, last)
  }

  /// How many of the frames beside the loud part belong to the word.
  private static func reach(of frames: [Float], over floor: Float) -> Int {
    var (reach, quiet) = (0, 0)
    for (distance, power) in frames.enumerated() {
      quiet = power > floor ? 0 : quiet + 1
      if quiet > gap { return reach }
      if quiet == 0 { reach = distance + 1 }
      if reach > longest { return 0 }
    }
    // The recording begins or ends within the word.
    return reach
  }
}
