/// A magnitude in as many steps as the 256 colours of a terminal can show in order.
struct Heat: Sendable, Equatable {
  /// 0 for nothing, up to `colours.count - 1`.
  let step: UInt8

  /// From little to much, by their numbers: those of the 6 × 6 × 6 cube that lie nearest to the colour map "magma" and
  /// rise evenly in lightness (CIELAB's L* 0, 7, 21, 29, 38, 46, 56, 62, 69, 78, 87, 98), so that it reads in grey too.
  static let colours: [UInt8] = [16, 17, 53, 89, 125, 161, 168, 203, 209, 215, 221, 228]

  /// - Parameter share: 0…1; a value outside takes the nearer end, NaN the lower one.
  init(_ share: Double) {
    let top = Double(Self.colours.count - 1)
    step = share > 0 ? UInt8((min(share, 1) * top).rounded()) : 0
  }

  var colour: UInt8 { Self.colours[Int(step)] }
  var share: Double { Double(step) / Double(Self.colours.count - 1) }
}
