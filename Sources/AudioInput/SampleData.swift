/// The part of a container that holds the samples: the length that its header promises, and the length that is present.
struct SampleData {
  /// The present part, in whole frames.
  var range: Range<Int>
  var shortfall: SoundLayout.Shortfall

  /// - Parameters:
  ///   - start: where the samples begin.
  ///   - promised: how many bytes the header promises; nil if it does not say.
  ///   - frame: bytes a frame; 1 where frames have no size of their own.
  ///   - bytesPerSecond: 0 if unknown.
  init(of source: ByteSource, at start: Int, promised: Int?, frame: Int, bytesPerSecond: Int) {
    let there = max(0, source.count - start)
    let taken = min(promised ?? there, there)
    range = start..<start + taken / frame * frame
    // A promise that is not a whole number of frames is rounded down, too.
    let missing = (promised ?? 0) / frame * frame - range.count
    let seconds = bytesPerSecond > 0 ? Double(missing) / Double(bytesPerSecond) : 0
    shortfall = promised != nil && seconds > SoundLayout.moment ? .seconds(seconds) : .nothing
  }
}
