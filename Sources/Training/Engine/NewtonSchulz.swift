import COpenBLAS

/// Orthogonalises a matrix approximately: makes its singular values nearly equal and keeps its singular vectors. Five
/// steps of the fifth-order Newton–Schulz iteration with K. Jordan's coefficients ("Muon: an optimizer for hidden
/// layers", 2024),
///
///     X ← G / ‖G‖,   X ← a X + (b A + c A²) X   with   A = X Xᵀ,
///
/// which bring all but the smallest singular values to between 0.7 and 1.2. It needs only matrix products; a singular
/// value decomposition would take many times as long.
package final class NewtonSchulz {
  static let steps = 5
  private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)

  private let products: FloatBuffer
  private let polynomial: FloatBuffer
  private let previous: FloatBuffer
  private let lanes: Lanes

  /// - Parameter shapes: [rows, columns] of the matrices to be processed.
  package convenience init(shapes: [(rows: Int, columns: Int)], threads: Int) {
    self.init(shapes: shapes, lanes: Lanes(threads: threads))
  }

  init(shapes: [(rows: Int, columns: Int)], lanes: Lanes) {
    let side = shapes.map { min($0.rows, $0.columns) }.max() ?? 0
    products = FloatBuffer(count: side * side)
    polynomial = FloatBuffer(count: side * side)
    previous = FloatBuffer(count: shapes.map { $0.rows * $0.columns }.max() ?? 0)
    self.lanes = lanes
  }

  /// Works in place on `matrix`, row-major [rows][columns]. A zero matrix stays unchanged.
  package func orthogonalise(_ matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    let count = rows * columns
    let norm = AdamW.norm(UnsafeBufferPointer(start: matrix, count: count))
    guard norm > 0 else { return }
    for i in 0..<count { matrix[i] /= norm }
    let side = min(rows, columns)
    for _ in 0..<Self.steps {
      square(matrix, rows: rows, columns: columns)
      polynomial.base.update(from: products.base, count: side * side)
      previous.base.update(from: matrix, count: count)
      // b A + c A²; A is symmetric.
      product(
        products.base, products.base, into: polynomial.base, rows: side, inner: side, columns: side,
        scale: Self.c, keeping: Self.b)
      if rows <= columns {
        product(
          polynomial.base, previous.base, into: matrix, rows: rows, inner: rows, columns: columns,
          scale: 1, keeping: Self.a)
      } else {
        product(
          previous.base, polynomial.base, into: matrix, rows: rows, inner: columns, columns: columns,
          scale: 1, keeping: Self.a)
      }
    }
  }

  /// A = X Xᵀ for a wide matrix, Xᵀ X for a tall one: the smaller of the two, into `products`.
  private func square(_ x: UnsafePointer<Float>, rows: Int, columns: Int) {
    let (side, wide, width) = (min(rows, columns), rows <= columns, blasint(columns))
    let products = products.base
    lanes.run { share, _ in
      let part = Lanes.part(of: side, share: share)
      guard !part.isEmpty else { return }
      cblas_sgemm(
        CblasRowMajor, wide ? CblasNoTrans : CblasTrans, wide ? CblasTrans : CblasNoTrans, blasint(part.count),
        blasint(side), blasint(max(rows, columns)), 1, x + part.lowerBound * (wide ? columns : 1), width, x, width, 0,
        products + part.lowerBound * side, blasint(side))
    }
  }

  /// result ← scale · x y + keeping · result; each share computes its own rows.
  private func product(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    rows: Int, inner: Int, columns: Int, scale: Float, keeping: Float
  ) {
    lanes.run { share, _ in
      let part = Lanes.part(of: rows, share: share)
      guard !part.isEmpty else { return }
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(part.count), blasint(columns), blasint(inner), scale,
        x + part.lowerBound * inner, blasint(inner), y, blasint(columns), keeping,
        result + part.lowerBound * columns, blasint(columns))
    }
  }
}
