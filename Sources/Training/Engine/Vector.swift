/// Eight neighbouring channels at once.
typealias Vector = SIMD8<Float>

extension SIMD8<Float> {
  static let width = 8

  @inline(__always)
  static func load(_ address: UnsafePointer<Float>) -> Self {
    UnsafeRawPointer(address).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(_ address: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
  }

  /// ReLU. It works on the sign bits, because a comparison would be slower without AVX.
  @inline(__always)
  var rectified: Self {
    let bits = unsafeBitCast(self, to: SIMD8<Int32>.self)
    return unsafeBitCast(bits & ~(bits &>> 31), to: Self.self)
  }

  /// Each number where `gate`, which must not be negative, is positive; 0 elsewhere.
  @inline(__always)
  func masked(whereAboveZero gate: Self) -> Self {
    let open = (SIMD8<Int32>.zero &- unsafeBitCast(gate, to: SIMD8<Int32>.self)) &>> 31
    return unsafeBitCast(unsafeBitCast(self, to: SIMD8<Int32>.self) & open, to: Self.self)
  }
}
