/// Resamples mono to 8 kHz. `emit` is called with each block of output and may change it.
package protocol ResamplingEngine: AnyObject {
  typealias Emit = (UnsafeMutableBufferPointer<Float>) -> Void

  /// Takes any number of samples.
  func process(_ input: UnsafeBufferPointer<Float>, emit: Emit)
  /// Emits what is held back and resets.
  func finish(emit: Emit)
  /// Resets; discards what is held back.
  func reset()
}

/// Brings a mono stream of any rate to 8 kHz as it comes, aligned in time: output i lies at input time i / 8000.
///
/// Delay here delays the answer, so buffered sound counts as much as quality. Measured with chunks of 10 ms, the most
/// input (ms) that has not yet become output, once the stream runs:
///
///     rate              16,000  22,050  32,000  44,100  48,000   folded back from above 4.4 kHz
///     soxr HQ              115      80     115      80     158   −135 dB
///     soxr LQ               61      44      62      44      40   −114 dB, and 8 dB lost at 3.4 kHz
///     soxr, tuned *         12      20      13      20      16   −123 dB
///     PolyphaseResampler   3.1     3.2     3.1     3.1     3.1   −80 dB
///
/// (* 20 bits, an edge from 3.4 to 4.6 kHz, blocks of 256, the smallest it has: it filters by FFT, block by block.) So
/// the rates that microphones have go through a direct polyphase filter, and rates whose table of coefficients would
/// exceed 256 KiB go through libsoxr, tuned. 8 kHz is passed through unchanged.
///
/// All memory is taken at `init`; a call allocates nothing.
package enum Resampler {
  /// The rates taken, in Hz.
  package static let inputRates = 1000...768_000

  /// Nil if the rate is out of range or there is no memory.
  package static func engine(inputRate: Int) -> (any ResamplingEngine)? {
    guard inputRates.contains(inputRate) else { return nil }
    return inputRate == AudioConditioner.outputRate
      ? CopyingResampler()
      : PolyphaseResampler(inputRate: inputRate) ?? SoxrResampler(inputRate: inputRate)
  }
}

/// 8 kHz to 8 kHz.
package final class CopyingResampler: ResamplingEngine {
  private let block = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1024)

  deinit { block.deallocate() }

  package func process(_ input: UnsafeBufferPointer<Float>, emit: Emit) {
    var taken = 0
    while taken < input.count {
      let n = min(block.count, input.count - taken)
      _ = block.update(fromContentsOf: input[taken..<(taken + n)])
      emit(UnsafeMutableBufferPointer(rebasing: block[..<n]))
      taken += n
    }
  }

  package func finish(emit: Emit) {}
  package func reset() {}
}
