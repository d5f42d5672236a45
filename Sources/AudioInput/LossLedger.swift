/// Counts the sound that is lost or late, and reports it in whole milliseconds. Times are in ns.
struct LossLedger {
  /// The unreported part of the loss, below one millisecond; negative if sound that was reported as lost came late.
  private var remainder: Int64 = 0
  /// Sound that was reported as lost and has not come late.
  private var reported: Int64 = 0
  /// The device's delay since the last report of it.
  private var delay: Int64 = 0
  /// The delay that is reported.
  private let step: Int64

  /// - Parameter delay: from how many milliseconds on a delay of the device's clock is reported.
  init(delay: Int) { step = Int64(delay) * 1_000_000 }

  /// The remainder is kept for the next time, so that the stream's clock does not fall behind.
  mutating func loss(_ nanoseconds: Int64, _ cause: AudioSourceItem.LossCause) -> CaptureReport? {
    remainder += nanoseconds
    let milliseconds = max(0, remainder / 1_000_000)
    remainder -= milliseconds * 1_000_000
    reported += milliseconds * 1_000_000
    return milliseconds > 0 ? .lost(milliseconds: milliseconds, cause: cause) : nil
  }

  /// Sound that was reported as lost came late. The report stands and the stream's clock is ahead of ours, so this is
  /// set off against the next loss.
  mutating func takeBack(_ nanoseconds: Int64) {
    let excess = min(nanoseconds, reported)
    reported -= excess
    remainder -= excess
  }

  /// Follows the device's clock: clocks differ by up to 500 ppm either way.
  /// - Parameters:
  ///   - behind: how far its sound ends before now.
  ///   - time: the time since the last sound.
  mutating func follow(_ behind: Int64, for time: Int64) -> (shift: Int64, report: CaptureReport?) {
    let most = max(1, time / 2000)
    let followed = min(most, max(-most, behind))
    delay += followed
    guard delay >= step else { return (followed, nil) }
    delay -= step
    guard remainder > -step else {
      remainder += step
      return (followed, nil)
    }
    return (followed, .late(milliseconds: step / 1_000_000))
  }
}
