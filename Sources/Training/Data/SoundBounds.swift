import VoiceActivity

/// Where the main utterance lies in a whole recording, by its level: what training takes for the word, and what noise is
/// measured against.
///
/// A recording may be cut so tightly that it holds no background at all, or have seconds of room around the word, with a
/// click or a breath in it. So the loudness of a frame is held against the loudest 50 ms, and against the quietest tenth
/// if the recording has background at its beginning or end (else the quietest tenth is a soft part of the word itself);
/// sounding frames are joined across short gaps; and of the pieces the one with the largest area over the threshold wins,
/// which neither a click (too short) nor a breath (too soft) can have.
package struct SoundBounds: Sendable, Equatable {
  /// The samples of the sound itself, at 8 kHz.
  package var utterance: Range<Int>
  /// The samples before it that hold background only; empty in a recording that is cut tightly.
  package var background: Range<Int>

  package init(utterance: Range<Int>, background: Range<Int>) {
    self.utterance = utterance
    self.background = background
  }

  /// Frames of sound lie this far under the loudest 50 ms at most …
  private static let range: Float = 35
  /// … and this far over the quietest tenth at least, …
  private static let overQuietest: Float = 8
  /// … unless that would ask for more than this under the loudest.
  private static let certainRange: Float = 12
  /// A recording has background if this much of its beginning or its end is quieter than that: 120 ms.
  private static let shortestBackground = 12
  /// Pieces with less than this between them are one utterance: 200 ms.
  private static let joinedGap = 20
  /// What lies this close before the utterance is left out of the background, for a soft beginning: 60 ms.
  private static let guardFrames = 6

  /// Finds the main utterance in a recording at 8 kHz; nil if it has no frame of sound over `VoiceFrame.silence`.
  package static func find(in samples: UnsafeBufferPointer<Float>) -> SoundBounds? {
    let levels = frameLevels(of: samples)
    return mainUtterance(in: levels).map { SoundBounds(frames: $0, of: samples.count) }
  }

  private init(frames: Range<Int>, of count: Int) {
    let start = frames.lowerBound * VoiceFrame.length
    utterance = start..<min(count, frames.upperBound * VoiceFrame.length)
    background = 0..<max(0, start - Self.guardFrames * VoiceFrame.length)
  }

  /// The levels of the whole frames of a recording, and of what is left at its end.
  package static func frameLevels(of samples: UnsafeBufferPointer<Float>) -> [Float] {
    stride(from: 0, to: samples.count, by: VoiceFrame.length).map { start in
      let end = min(samples.count, start + VoiceFrame.length)
      return VoiceFrame.level(of: UnsafeBufferPointer(rebasing: samples[start..<end]))
    }
  }

  /// The frames of the main utterance, by the levels of all frames in dBFS.
  package static func mainUtterance(in levels: [Float]) -> Range<Int>? {
    guard let loudest = loudestPassage(in: levels), loudest > VoiceFrame.silence else { return nil }
    let threshold = threshold(for: levels, loudest: loudest)
    var best: (frames: Range<Int>, area: Float)?
    var piece: (frames: Range<Int>, area: Float)?
    for (frame, level) in levels.enumerated() where level > threshold {
      // A frame counts for 15 dB at most: a click is not an utterance however loud it is.
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

  /// What a frame of sound must exceed.
  private static func threshold(for levels: [Float], loudest: Float) -> Float {
    let quietest = levels.sorted()[levels.count / 10]
    let threshold = min(loudest - certainRange, max(loudest - range, quietest + overQuietest))
    let leading = levels.firstIndex { $0 > threshold } ?? 0
    let trailing = levels.count - 1 - (levels.lastIndex { $0 > threshold } ?? levels.count - 1)
    return max(leading, trailing) >= shortestBackground ? threshold : loudest - range
  }

  /// The level of the loudest five frames in a row (or of all, if there are fewer), by the median of each five: a click
  /// has no say in it.
  private static func loudestPassage(in levels: [Float]) -> Float? {
    guard levels.count > 5 else { return levels.max() }
    return (0...levels.count - 5).lazy.map { start in levels[start..<start + 5].sorted()[2] }.max()
  }
}
