/// How long `frames` last, in ns. Whole seconds apart from the rest: `frames * 1_000_000_000` alone is past what 64 bits
/// hold after 53 hours at 48 kHz.
func nanoseconds(_ frames: Int64, at sampleRate: Int) -> Int64 {
  let (seconds, rest) = frames.quotientAndRemainder(dividingBy: Int64(sampleRate))
  return seconds * 1_000_000_000 + rest * 1_000_000_000 / Int64(sampleRate)
}
