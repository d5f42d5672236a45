import Glibc

/// Rational resampling to 8 kHz by a polyphase FIR filter: a Kaiser-windowed sinc, cut into as many phases as there are
/// output positions between two input samples, every one computed once.
///
/// The filter passes to 3.6 kHz and stops from 4.4 kHz by 80 dB. Length and shape of the window by Kaiser's formulae
/// (J. F. Kaiser, 1974; Oppenheim & Schafer, "Discrete-Time Signal Processing", eq. 7.75 and 7.76). It is symmetrical
/// and its delay is compensated: output i lies at input time i / 8000. The first and last samples are repeated beyond
/// the ends, so a DC offset causes no step.
final class PolyphaseResampler: ResamplingEngine {
  /// 8000 / rate in lowest terms is `up` / `down`.
  private let up: Int
  private let down: Int
  /// Taps on each side of the output's place.
  private let halfTaps: Int
  /// One row of `stride` coefficients a phase, padded with zeros to a multiple of 8.
  private let coefficients: UnsafeMutableBufferPointer<Float>
  private let stride: Int
  /// The input still needed; `history[0]` is the first sample under the filter for the next output when `next` is 0.
  private let history: UnsafeMutableBufferPointer<Float>
  private var filled = 0
  private var next = 0
  private var phase = 0
  private var last: Float = 0
  private var started = false
  /// Input for which output is still due, in units of 1 / `up` samples; bounded.
  private var owed = 0
  private let output: UnsafeMutableBufferPointer<Float>

  private static let attenuation = 80.0
  private static let blockSize = 1024
  /// A quarter of a megabyte of coefficients is enough; a ratio that needs more is not handled here.
  private static let maximumCoefficients = 65_536

  /// Nil if the ratio of the rates needs too large a table (44,100 Hz needs 80 rows; 44,099 Hz would need 8000).
  init?(inputRate: Int) {
    let divisor = Self.greatestCommonDivisor(inputRate, AudioConditioner.outputRate)
    up = AudioConditioner.outputRate / divisor
    down = inputRate / divisor
    let rate = Double(inputRate)
    let cutoff = min(Double(AudioConditioner.outputRate), rate) / 2 / rate
    let transition = 0.2 * cutoff
    let taps = (Self.attenuation - 7.95) / (14.36 * transition) + 1
    halfTaps = Int((taps / 2).rounded(.up))
    stride = (2 * halfTaps + 7) / 8 * 8
    guard up * stride <= Self.maximumCoefficients else { return nil }
    coefficients = .allocate(capacity: up * stride)
    coefficients.initialize(repeating: 0)
    history = .allocate(capacity: stride + Self.blockSize + 2 * halfTaps)
    history.initialize(repeating: 0)
    output = .allocate(capacity: Self.blockSize)
    output.initialize(repeating: 0)
    Self.design(
      into: coefficients, rows: up, stride: stride, halfTaps: halfTaps, cutoff: cutoff, halfWidth: taps / 2)
  }

  deinit {
    coefficients.deallocate()
    history.deallocate()
    output.deallocate()
  }

  func reset() {
    filled = 0
    next = 0
    phase = 0
    owed = 0
    started = false
  }

  func process(_ input: UnsafeBufferPointer<Float>, emit: (UnsafeMutableBufferPointer<Float>) -> Void) {
    guard let first = input.first else { return }
    if !started {
      // The first sample is repeated before the beginning.
      for i in 0..<(halfTaps - 1) { history[i] = first }
      filled = halfTaps - 1
      started = true
    }
    last = input[input.count - 1]
    owed += input.count * up
    var taken = 0
    while taken < input.count {
      let n = min(Self.blockSize, input.count - taken)
      feed(UnsafeBufferPointer(rebasing: input[taken..<(taken + n)]), emit: emit)
      taken += n
    }
  }

  /// Emits what is still held back: n input samples make ceil(n × 8000 / rate) outputs in all.
  func finish(emit: (UnsafeMutableBufferPointer<Float>) -> Void) {
    guard started else { return }
    var missing = halfTaps
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { tail in
      tail.initialize(repeating: last)
      while missing > 0 {
        let n = min(64, missing)
        feed(UnsafeBufferPointer(rebasing: tail[..<n]), emit: emit)
        missing -= n
      }
    }
    reset()
  }

  private func feed(_ block: UnsafeBufferPointer<Float>, emit: (UnsafeMutableBufferPointer<Float>) -> Void) {
    guard let base = history.baseAddress, let source = block.baseAddress, let rows = coefficients.baseAddress else {
      return
    }
    (base + filled).update(from: source, count: block.count)
    filled += block.count
    var produced = 0
    // `owed` > 0: this output lies before the end of the input, not in the padding that flushes it.
    while next + 2 * halfTaps <= filled, owed > 0 {
      output[produced] = Self.dot(base + next, rows + phase * stride, stride)
      produced += 1
      owed -= down
      phase += down
      next += phase / up
      phase %= up
      if produced == output.count {
        emit(UnsafeMutableBufferPointer(rebasing: output[..<produced]))
        produced = 0
      }
    }
    if produced > 0 { emit(UnsafeMutableBufferPointer(rebasing: output[..<produced])) }
    // Move what is still needed to the front. At a high rate the next output may begin beyond the available input.
    let drop = min(next, filled)
    base.update(from: base + drop, count: filled - drop)
    filled -= drop
    next -= drop
  }

  /// The rows are padded with zeros, so the finite values behind the end of the history do not matter.
  private static func dot(_ x: UnsafePointer<Float>, _ c: UnsafePointer<Float>, _ count: Int) -> Float {
    var sum = SIMD8<Float>.zero
    var i = 0
    while i < count {
      let a = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
      let b = UnsafeRawPointer(c + i).loadUnaligned(as: SIMD8<Float>.self)
      sum += a * b
      i += 8
    }
    return sum.sum()
  }

  private static func design(
    into rows: UnsafeMutableBufferPointer<Float>, rows count: Int, stride: Int, halfTaps: Int, cutoff: Double,
    halfWidth: Double
  ) {
    let beta = 0.1102 * (attenuation - 8.7)
    var row = [Double](repeating: 0, count: 2 * halfTaps)
    for phase in 0..<count {
      for tap in row.indices {
        let t = Double(phase) / Double(count) - Double(tap - (halfTaps - 1))
        let x = t / halfWidth
        let window = abs(x) >= 1 ? 0 : bessel(beta * (1 - x * x).squareRoot()) / bessel(beta)
        let angle = 2 * Double.pi * cutoff * t
        row[tap] = window * (abs(angle) < 1e-9 ? 1 : sin(angle) / angle)
      }
      // Each phase passes DC unchanged, or an offset would come out as a tone.
      let sum = row.reduce(0, +)
      for tap in row.indices { rows[phase * stride + tap] = Float(row[tap] / sum) }
    }
  }

  /// The modified Bessel function of the first kind, order 0, by its power series.
  private static func bessel(_ x: Double) -> Double {
    var sum = 1.0
    var term = 1.0
    var k = 1.0
    while term > sum * 1e-17 {
      term *= (x / (2 * k)) * (x / (2 * k))
      sum += term
      k += 1
    }
    return sum
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
