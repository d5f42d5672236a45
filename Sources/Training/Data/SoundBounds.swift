import VoiceActivity

/// The bounds of the main utterance in a whole recording, found by level: what training takes for the word, and the
/// reference for signal-to-noise ratios.
///
/// A recording may be cut so tightly that it has no background at all, or have seconds of room sound around the word,
/// with a click or a breath in it. So a frame's level is compared with the loudest 50 ms. If the recording has
/// background at its beginning or end, it is also compared with the quietest tenth (otherwise the quietest tenth is a
/// soft part of the word itself). Frames of sound are joined across short gaps. The segment with the largest area above
/// the threshold wins; a click is too short for that and a breath too soft.
package struct SoundBounds: Sendable, Equatable {
  /// The samples of the sound itself, at 8 kHz.
  package var utterance: Range<Int>

  /// Frames of sound are at most this many dB below the loudest 50 ms …
  private static let range: Float = 35
  /// … and at least this many dB above the quietest tenth, …
  private static let overQuietest: Float = 8
  /// … unless that would exceed this many dB below the loudest.
  private static let certainRange: Float = 12
  /// A recording has background if this much of its beginning or end is below those levels: 120 ms.
  private static let shortestBackground = 12
  /// Segments with a shorter gap than this are joined into one utterance: 200 ms.
  private static let joinedGap = 20

  /// Finds the main utterance in a recording at 8 kHz; nil if no frame exceeds `VoiceFrame.silence`.
  package static func find(in samples: UnsafeBufferPointer<Float>) -> SoundBounds? {
    let levels = frameLevels(of: samples)
    return mainUtterance(in: levels).map { SoundBounds(frames: $0, of: samples.count) }
  }

  private init(frames: Range<Int>, of count: Int) {
    let start = frames.lowerBound * VoiceFrame.length
    utterance = start..<min(count, frames.upperBound * VoiceFrame.length)
  }

  /// The levels of all frames of a recording, including a shorter last one.
  package static func frameLevels(of samples: UnsafeBufferPointer<Float>) -> [Float] {
    stride(from: 0, to: samples.count, by: VoiceFrame.length).map { start in
      let end = min(samples.count, start + VoiceFrame.length)
      return VoiceFrame.level(of: UnsafeBufferPointer(rebasing: samples[start..<end]))
    }
  }

  /// The frames of the main utterance, from the levels of all frames in dBFS.
  package static func mainUtterance(in levels: [Float]) -> Range<Int>? {
    guard let loudest = loudestPassage(in: levels), loudest > VoiceFrame.silence else { return nil }
    let threshold = threshold(for: levels, loudest: loudest)
    var best: (frames: Range<Int>, area: Float)?
    var piece: (frames: Range<Int>, area: Float)?
    for (frame, level) in levels.enumerated() where level > threshold {
      // A frame counts for at most 15 dB, so that a loud click is not taken for an utterance.
      let area = min(level - threshold, 15)
      if let open = piece, frame - open.frames.upperBound < joinedGap {
        piece = (open.frames.lowerBound..<frame + 1, open.area + area)
      } else {
        piece = (frame..<frame + 1, area)
      }
      if let piece, piece.area > best?.area ?? 0 { best = piece }
    }
    return best?.frames
  }

  /// The level that a frame of sound must exceed.
  private static func threshold(for levels: [Float], loudest: Float) -> Float {
    let quietest = levels.sorted()[levels.count / 10]
    let threshold = min(loudest - certainRange, max(loudest - range, quietest + overQuietest))
    let leading = levels.firstIndex { $0 > threshold } ?? 0
    let trailing = levels.count - 1 - (levels.lastIndex { $0 > threshold } ?? levels.count - 1)
    return max(leading, trailing) >= shortestBackground ? threshold : loudest - range
  }

  /// The level of the loudest five consecutive frames (or of all, if there are fewer), as the median of each five,
  /// which ignores clicks.
  private static func loudestPassage(in levels: [Float]) -> Float? {
    guard levels.count > 5 else { return levels.max() }
    return (0...levels.count - 5).lazy.map { start in levels[start..<start + 5].sorted()[2] }.max()
  }
}
