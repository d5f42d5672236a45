/// Prepares all sound, live and in training, for the later stages: resampling to 8 kHz, then a high-pass at 80 Hz that
/// removes DC and rumble.
///
/// In: mono samples at the input's rate, −1…1. Out: mono samples at 8 kHz; sample i lies at input time i / 8000, and n
/// input samples give ceil(8000 n / rate) of them, by the end. At most 3.2 ms of sound are held back for the rates that
/// microphones have (see `Resampler`), which belong to the time at which a decision is made.
package final class AudioConditioner {
  /// The output rate in Hz.
  package static let outputRate = 8000
  /// The accepted input rates in Hz.
  package static let inputRates = Resampler.inputRates

  package private(set) var inputRate: Int
  private var resampler: any ResamplingEngine
  private var filter = HighPassFilter()

  /// Throws if the rate is outside `inputRates`.
  package init(inputRate: Int) throws {
    self.inputRate = inputRate
    resampler = try Self.resampler(inputRate)
  }

  private static func resampler(_ rate: Int) throws -> any ResamplingEngine {
    guard let resampler = Resampler.engine(inputRate: rate) else {
      throw AudioInputError(
        .unusableRate, "a sample rate of \(rate) Hz cannot be brought to \(AudioConditioner.outputRate) Hz")
    }
    return resampler
  }

  /// Takes any number of samples; calls `emit` with each block of output before it returns.
  package func process(_ input: UnsafeBufferPointer<Float>, emit: (UnsafeBufferPointer<Float>) -> Void) {
    resampler.process(input) { block in
      filter.process(block)
      emit(UnsafeBufferPointer(block))
    }
  }

  /// Emits what is still held back, then resets as after `init`.
  package func finish(emit: (UnsafeBufferPointer<Float>) -> Void) {
    resampler.finish { block in
      filter.process(block)
      emit(UnsafeBufferPointer(block))
    }
    filter.reset()
  }

  /// Resets, possibly to another rate; discards what is held back.
  package func reset(inputRate rate: Int) throws {
    if rate == inputRate {
      resampler.reset()
    } else {
      resampler = try Self.resampler(rate)
      inputRate = rate
    }
    filter.reset()
  }

  /// Conditions a whole clip with the same code.
  package static func condition(_ samples: [Float], sampleRate: Int) throws -> [Float] {
    let conditioner = try AudioConditioner(inputRate: sampleRate)
    var output: [Float] = []
    output.reserveCapacity(samples.count * outputRate / sampleRate + 1)
    samples.withUnsafeBufferPointer { conditioner.process($0) { output.append(contentsOf: $0) } }
    conditioner.finish { output.append(contentsOf: $0) }
    return output
  }
}
