/// Numbers with a shape, row-major: the last axis varies fastest.
package struct Tensor: Sendable, Equatable {
  /// The size of each axis; empty for a scalar.
  package let shape: [Int]
  /// The values; their number is the product of `shape`.
  package private(set) var values: [Float]

  /// A tensor of `shape`. The number of `values` must be the product of `shape`.
  package init(shape: [Int], values: [Float]) {
    precondition(Tensor.count(of: shape) == values.count, "a tensor of shape \(shape) with \(values.count) values")
    self.shape = shape
    self.values = values
  }

  /// The number of values in a tensor of `shape`; nil when a size is negative or the product overflows.
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

extension [Float] {
  /// The index of the first value that is infinite or not a number. It checks all values, several at once, which is
  /// faster than stopping at the first.
  var firstNotFinite: Int? {
    let exponent: UInt32 = 0x7F80_0000
    let largest = withUnsafeBufferPointer { $0.reduce(0 as UInt32) { Swift.max($0, $1.bitPattern & exponent) } }
    return largest < exponent ? nil : firstIndex { !$0.isFinite }
  }
}
