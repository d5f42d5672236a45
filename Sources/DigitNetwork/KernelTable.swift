import CCPU
import KernelsBaseline

#if arch(x86_64)
  import KernelsAVX2
#endif

/// The inner loops of the network for one instruction set. See Kernels.swift for what each does.
package struct KernelTable: Sendable {
  typealias ConvolveFrame =
    @Sendable (
      _ x: UnsafePointer<Float>, _ weights: UnsafeRawPointer, _ bias: UnsafeRawPointer, _ y: UnsafeMutableRawPointer,
      _ xOffsets: UnsafePointer<Int32>, _ yOffsets: UnsafePointer<Int32>, _ sixes: Int, _ fours: Int, _ ones: Int,
      _ panels: Int, _ rows: Int, _ runLength: Int, _ rowStride: Int
    ) -> Void

  /// The instruction set's name, for reports.
  package let name: String
  let convolveFrame: ConvolveFrame

  #if arch(x86_64)
    package static let baseline = KernelTable(
      name: "SSE2", convolveFrame: KernelsBaseline.convolveFrameAndRectify)
    /// Nil on a processor that cannot run it.
    package static let avx2 =
      ccpu_has_avx2_fma()
      ? KernelTable(
        name: "AVX2+FMA", convolveFrame: KernelsAVX2.convolveFrameAndRectify)
      : nil
    /// The fastest that this processor can run.
    package static let best = avx2 ?? baseline
    /// All that this processor can run.
    package static let usable = [baseline] + (avx2.map { [$0] } ?? [])
  #else
    package static let baseline = KernelTable(
      name: "NEON", convolveFrame: KernelsBaseline.convolveFrameAndRectify)
    package static let best = baseline
    package static let usable = [baseline]
  #endif
}
