import CCPU
import KernelsBaseline

#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
  import KernelsVNNI
#endif

/// The inner loops of the network for one instruction set. See Kernels.swift for what each does.
package struct KernelTable: Sendable {
  typealias ConvolveFrame =
    @Sendable (
      _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
      _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>, _ outputs: Int, _ panels: Int, _ rows: Int,
      _ runLength: Int, _ rowStride: Int
    ) -> Void
  typealias ConvolveColumn =
    @Sendable (
      _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
      _ panels: Int, _ rows: Int, _ runLength: Int, _ rowStride: Int
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
  package let multiplyAndAdd: @Sendable (_ rounds: Int, _ result: UnsafeMutableRawPointer) -> Int

  #if arch(x86_64)
    package static let baseline = KernelTable(
      name: "SSE2", convolveFrame: KernelsBaseline.convolveFrameAndRectify,
      convolveColumn: KernelsBaseline.convolveColumnAndRectify, multiplyAndAdd: KernelsBaseline.multiplyAndAdd)
    /// Nil on a processor without these instructions.
    package static let avx2 =
      ccpu_has_avx2_fma()
      ? KernelTable(
        name: "AVX2+FMA", convolveFrame: KernelsAVX2.convolveFrameAndRectify,
        convolveColumn: KernelsAVX2.convolveColumnAndRectify, multiplyAndAdd: KernelsAVX2.multiplyAndAdd)
      : nil
    /// Nil on a processor without these instructions.
    package static let avx512 =
      ccpu_has_avx512()
      ? KernelTable(
        name: "AVX-512", convolveFrame: KernelsAVX512.convolveFrameAndRectify,
        convolveColumn: KernelsAVX512.convolveColumnAndRectify, multiplyAndAdd: KernelsAVX512.multiplyAndAdd)
      : nil
    /// Nil on a processor that cannot run it.
    package static let vnni =
      ccpu_has_avx512_vnni()
      ? KernelTable(
        name: "AVX-512 VNNI", convolveFrame: KernelsAVX512.convolveFrameAndRectify,
        convolveColumn: KernelsAVX512.convolveColumnAndRectify,
        integers: IntegerKernels(
          quantise: kernelsvnni_quantise, convolve: kernelsvnni_convolve, convolveColumn: kernelsvnni_convolve_column),
        multiplyAndAdd: kernelsvnni_multiply_and_add)
      : nil
    /// The fastest table that this processor can run.
    package static let best = vnni ?? avx512 ?? avx2 ?? baseline
    /// All tables that this processor can run, the narrowest first.
    package static let usable = [baseline, avx2, avx512, vnni].compactMap { $0 }
  #else
    package static let baseline = KernelTable(
      name: "NEON", convolveFrame: KernelsBaseline.convolveFrameAndRectify,
      convolveColumn: KernelsBaseline.convolveColumnAndRectify, multiplyAndAdd: KernelsBaseline.multiplyAndAdd)
    package static let best = baseline
    package static let usable = [baseline]
  #endif
}
