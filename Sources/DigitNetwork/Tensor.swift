/// Numbers with a shape, row-major: the last axis runs fastest.
public struct Tensor: Sendable, Equatable {
  /// The extent of each axis; empty for a scalar.
  public let shape: [Int]
  /// As many values as the product of `shape`.
  public private(set) var values: [Float]

  /// A tensor of `shape` with `values`, of which there must be as many as the product of `shape`.
  public init(shape: [Int], values: [Float]) {
    precondition(Tensor.count(of: shape) == values.count, "a tensor of shape \(shape) with \(values.count) values")
    self.shape = shape
    self.values = values
  }

  /// How many values a tensor of `shape` has, or nil when an extent is negative or the product overflows.
  static func count(of shape: [Int]) -> Int? {
    var product = 1
    for extent in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if extent < 0 || overflow { return nil }
      product = next
    }
    return product
  }
}
