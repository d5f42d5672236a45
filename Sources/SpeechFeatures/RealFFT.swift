import CFFTW
import Synchronization

/// FFTW's planner keeps global state; only executing a plan is thread-safe.
private let planner = Mutex<Void>(())

/// A real-to-complex FFT of a fixed size. The plan and its buffers are made once; a run allocates nothing.
///
/// Owned by one thread at a time.
final class RealFFT {
  let size: Int
  /// `size` real samples; the caller fills them before `power`.
  let input: UnsafeMutablePointer<Float>
  private let output: UnsafeMutablePointer<fftwf_complex>
  private let plan: fftwf_plan

  /// `nil` only if FFTW cannot plan the size or memory is exhausted.
  init?(size: Int) {
    guard size > 1, let input = fftwf_alloc_real(size) else { return nil }
    guard let output = fftwf_alloc_complex(size / 2 + 1) else {
      fftwf_free(input)
      return nil
    }
    // FFTW_ESTIMATE, because a measured plan may differ from run to run, and with it the last bits of every result.
    nonisolated(unsafe) var made: fftwf_plan?  // the lock is for the planner, not for the plan
    planner.withLock { _ in made = fftwf_plan_dft_r2c_1d(Int32(size), input, output, FFTW_ESTIMATE) }
    guard let plan = made else {
      fftwf_free(input)
      fftwf_free(output)
      return nil
    }
    self.size = size
    self.input = input
    self.output = output
    self.plan = plan
    input.initialize(repeating: 0, count: size)
  }

  deinit {
    planner.withLock { _ in fftwf_destroy_plan(plan) }
    fftwf_free(input)
    fftwf_free(output)
  }

  /// Transforms `input` and writes |X[k]|² for k = 0 … size/2 to `result`.
  func power(into result: UnsafeMutablePointer<Float>) {
    fftwf_execute(plan)
    output.withMemoryRebound(to: Float.self, capacity: size + 2) { values in
      for k in 0...size / 2 {
        let re = values[2 * k]
        let im = values[2 * k + 1]
        result[k] = re * re + im * im
      }
    }
  }
}
