/// Numbers with a shape, row-major: the last axis runs fastest.
package struct Tensor: Sendable, Equatable {
  /// The extent of each axis; empty for a scalar.
  package let shape: [Int]
  /// As many values as the product of `shape`.
  package private(set) var values: [Float]

  /// A tensor of `shape` with `values`, of which there must be as many as the product of `shape`.
  package init(shape: [Int], values: [Float]) {
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

extension [Float] {
  /// The index of the first value that is no number or infinite. All of them are looked at, several at once: that is
  /// quicker than to ask of each whether to go on.
  var firstNotFinite: Int? {
    let exponent: UInt32 = 0x7F80_0000
    let largest = withUnsafeBufferPointer { $0.reduce(0 as UInt32) { Swift.max($0, $1.bitPattern & exponent) } }
    return largest < exponent ? nil : firstIndex { !$0.isFinite }
  }
}
