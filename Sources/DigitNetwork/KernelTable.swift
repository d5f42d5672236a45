import CCPU
import CKernels

/// The number of output channels of one panel of packed weights.
let panelWidth = Int(ckernels_panel_width)

/// The inner loops of the network for one instruction set. See ckernels.h for what each does.
package struct KernelTable: Sendable {
  typealias ConvolveFrame =
    @Sendable (
      _ x: UnsafePointer<Float>?, _ weights: UnsafePointer<Float>?, _ bias: UnsafePointer<Float>?,
      _ y: UnsafeMutablePointer<Float>?, _ xOffsets: UnsafePointer<Int32>?, _ yOffsets: UnsafePointer<Int32>?,
      _ outputs: Int, _ panels: Int, _ rows: Int, _ runLength: Int, _ rowStride: Int
    ) -> Void
  typealias ConvolveColumn =
    @Sendable (
      _ x: UnsafePointer<Float>?, _ weights: UnsafePointer<UInt32>?, _ bias: UnsafePointer<Float>?,
      _ y: UnsafeMutablePointer<Float>?, _ panels: Int, _ rows: Int, _ runLength: Int, _ rowStride: Int
    ) -> Void

  /// The instruction set's name, for reports.
  package let name: String
  let convolveFrame: ConvolveFrame
  let convolveColumn: ConvolveColumn
  /// For all layers but the first, where the processor is faster with integers.
  var integers: IntegerKernels?
  package var computesInIntegers: Bool { integers != nil }
  /// Measures the peak: runs as many multiplications and additions as the instruction set allows, `rounds` times, and
  /// returns the number of operations. `result` has room for 64 bytes and is aligned to 64.
  package let multiplyAndAdd: @Sendable (_ rounds: Int, _ result: UnsafeMutableRawPointer?) -> Int

  #if arch(x86_64)
    package static let baseline = KernelTable(
      name: "SSE2", convolveFrame: ckernels_baseline_convolve,
      convolveColumn: ckernels_baseline_convolve_column, multiplyAndAdd: ckernels_baseline_multiply_and_add)
    /// Nil on a processor without these instructions.
    package static let avx2 =
      ccpu_has_avx2_fma()
      ? KernelTable(
        name: "AVX2+FMA", convolveFrame: ckernels_avx2_convolve,
        convolveColumn: ckernels_avx2_convolve_column, multiplyAndAdd: ckernels_avx2_multiply_and_add)
      : nil
    /// Nil on a processor without these instructions.
    package static let avx512 =
      ccpu_has_avx512()
      ? KernelTable(
        name: "AVX-512", convolveFrame: ckernels_avx512_convolve,
        convolveColumn: ckernels_avx512_convolve_column, multiplyAndAdd: ckernels_avx512_multiply_and_add)
      : nil
    /// Nil on a processor that cannot run it.
    package static let vnni =
      ccpu_has_avx512_vnni()
      ? KernelTable(
        name: "AVX-512 VNNI", convolveFrame: ckernels_avx512_convolve,
        convolveColumn: ckernels_avx512_convolve_column,
        integers: IntegerKernels(
          quantise: ckernels_vnni_quantise, convolve: ckernels_vnni_convolve,
          convolveColumn: ckernels_vnni_convolve_column),
        multiplyAndAdd: ckernels_vnni_multiply_and_add)
      : nil
    /// The fastest table that this processor can run.
    package static let best = vnni ?? avx512 ?? avx2 ?? baseline
    /// All tables that this processor can run, the narrowest first.
    package static let usable = [baseline, avx2, avx512, vnni].compactMap { $0 }
  #else
    package static let baseline = KernelTable(
      name: "NEON", convolveFrame: ckernels_baseline_convolve,
      convolveColumn: ckernels_baseline_convolve_column, multiplyAndAdd: ckernels_baseline_multiply_and_add)
    package static let best = baseline
    package static let usable = [baseline]
  #endif
}
