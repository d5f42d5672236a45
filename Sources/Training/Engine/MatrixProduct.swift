import COpenBLAS

/// The three products of a layer with `inputs` inputs and `outputs` outputs over `rows` rows. All row-major: x
/// [rows][inputs], w [outputs][inputs], y [rows][outputs].
enum MatrixProduct {
  /// y = x wᵀ
  @inline(__always)
  static func forward(
    _ x: UnsafePointer<Float>, weights w: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int, outputs: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(outputs), blasint(inputs),
      1, x, blasint(inputs), w, blasint(inputs), 0, y, blasint(outputs))
  }

  /// dx = dy w
  @inline(__always)
  static func inputGradient(
    _ dy: UnsafePointer<Float>, weights w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
    rows: Int, inputs: Int, outputs: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(rows), blasint(inputs), blasint(outputs),
      1, dy, blasint(outputs), w, blasint(inputs), 0, dx, blasint(inputs))
  }

  /// dw = dyᵀ x, or dw + dyᵀ x if `adding`.
  @inline(__always)
  static func weightGradient(
    _ dy: UnsafePointer<Float>, _ x: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>, adding: Bool,
    rows: Int, inputs: Int, outputs: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(outputs), blasint(inputs), blasint(rows),
      1, dy, blasint(outputs), x, blasint(inputs), adding ? 1 : 0, dw, blasint(inputs))
  }
}
