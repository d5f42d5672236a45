import VoiceActivity

/// The clock of a stream: milliseconds of input since it began, losses included.
struct StreamClock {
  private var milliseconds = 0.0
  private var frames = 0
  private var rate = Double(VoiceFrame.sampleRate)

  var now: Double { milliseconds + Double(frames) * 1000 / rate }

  mutating func change(rate: Int) {
    milliseconds = now
    frames = 0
    self.rate = Double(rate)
  }

  /// Whole frames are counted and divided once, so that no rounding error accumulates over years.
  mutating func advance(frames count: Int) { frames += count }

  mutating func lose(milliseconds lost: Int) { milliseconds += Double(lost) }
}
