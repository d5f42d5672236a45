/// The inner loops of a layer in 16-bit integers. See ckernels.h for what each does.
struct IntegerKernels: Sendable {
  typealias Quantise =
    @Sendable (_ x: UnsafePointer<Float>?, _ q: UnsafeMutablePointer<Int16>?, _ count: Int, _ largest: Int) -> Float
  typealias Convolve =
    @Sendable (
      _ x: UnsafePointer<Int16>?, _ scales: UnsafePointer<Float>?, _ weights: UnsafePointer<Int16>?,
      _ filterScales: UnsafePointer<Float>?, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>?,
      _ xOffsets: UnsafePointer<Int32>?, _ yOffsets: UnsafePointer<Int32>?, _ outputs: Int, _ panels: Int, _ rows: Int,
      _ runLength: Int, _ rowStride: Int, _ scaleStride: Int
    ) -> Void
  typealias ConvolveColumn =
    @Sendable (
      _ x: UnsafePointer<Int16>?, _ scales: UnsafePointer<Float>?, _ weights: UnsafePointer<Int16>?,
      _ filterScales: UnsafePointer<Float>?, _ bias: UnsafePointer<Float>?, _ y: UnsafeMutablePointer<Float>?,
      _ panels: Int, _ rows: Int, _ runLength: Int, _ rowStride: Int, _ scaleStride: Int
    ) -> Void

  let quantise: Quantise
  let convolve: Convolve
  let convolveColumn: ConvolveColumn
}
