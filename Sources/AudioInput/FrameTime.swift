/// The duration of `frames` in ns. Whole seconds are computed apart, because `frames * 1_000_000_000` exceeds 64 bits
/// after 53 hours at 48 kHz.
func nanoseconds(_ frames: Int64, at sampleRate: Int) -> Int64 {
  let (seconds, rest) = frames.quotientAndRemainder(dividingBy: Int64(sampleRate))
  return seconds * 1_000_000_000 + rest * 1_000_000_000 / Int64(sampleRate)
}
