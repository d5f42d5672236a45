import CSoxr

/// Streaming libsoxr to 8 kHz, for rates without a simple ratio to 8 kHz. Like `PolyphaseResampler` it extends the
/// first sample into the past, so that an offset makes no step.
final class SoxrResampler: ResamplingEngine {
  private let soxr: soxr_t
  private let difference: UnsafeMutableBufferPointer<Float>
  private let output: UnsafeMutableBufferPointer<Float>
  private var offset: Float?

  private static let blockSize = 1024

  init?(inputRate: Int) {
    // 20 bits, 3.6 to 4.4 kHz for the edge as in PolyphaseResampler, and the smallest blocks soxr works in.
    var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
    quality.passband_end = 0.9
    quality.stopband_begin = 1.1
    var runtime = soxr_runtime_spec(1)
    runtime.log2_min_dft_size = 8
    runtime.log2_large_dft_size = 8
    var io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var failure: soxr_error_t?
    guard
      let created = soxr_create(
        Double(inputRate), Double(AudioConditioner.outputRate), 1, &failure, &io, &quality, &runtime), failure == nil
    else { return nil }
    soxr = created
    difference = .allocate(capacity: Self.blockSize)
    difference.initialize(repeating: 0)
    output = .allocate(capacity: Self.blockSize)
    output.initialize(repeating: 0)
  }

  deinit {
    soxr_delete(soxr)
    difference.deallocate()
    output.deallocate()
  }

  func reset() {
    soxr_clear(soxr)
    offset = nil
  }

  func process(_ input: UnsafeBufferPointer<Float>, emit: (UnsafeMutableBufferPointer<Float>) -> Void) {
    guard let first = input.first else { return }
    let base = offset ?? first
    offset = base
    var taken = 0
    while taken < input.count {
      let n = min(Self.blockSize, input.count - taken)
      for i in 0..<n { difference[i] = input[taken + i] - base }
      push(difference.baseAddress, n, base, emit)
      taken += n
    }
  }

  func finish(emit: (UnsafeMutableBufferPointer<Float>) -> Void) {
    guard let base = offset else { return }
    push(nil, 0, base, emit)
    reset()
  }

  /// Pushes `count` samples, or the end if `samples` is nil, and emits all output.
  private func push(
    _ samples: UnsafeMutablePointer<Float>?, _ count: Int, _ base: Float,
    _ emit: (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    var done = 0
    while true {
      var consumed = 0
      var produced = 0
      guard
        soxr_process(
          soxr, samples.map { $0 + done }, count - done, &consumed, output.baseAddress, output.count, &produced) == nil
      else { return }
      done += consumed
      if produced > 0 {
        for i in 0..<produced { output[i] += base }
        emit(UnsafeMutableBufferPointer(rebasing: output[..<produced]))
      }
      if produced < output.count, done >= count { return }
    }
  }
}
