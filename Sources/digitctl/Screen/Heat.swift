/// A magnitude, in the steps of a colour scale for terminals with 256 colours.
struct Heat: Sendable, Equatable {
  /// 0 for nothing, up to `colours.count - 1`.
  let step: UInt8

  /// The colour numbers, from low to high: those of the 6 × 6 × 6 cube that are nearest to the colour map "magma", with
  /// evenly rising lightness (CIELAB's L* 0, 7, 21, 29, 38, 46, 56, 62, 69, 78, 87, 98), so that it is readable in
  /// grey.
  static let colours: [UInt8] = [16, 17, 53, 89, 125, 161, 168, 203, 209, 215, 221, 228]

  /// - Parameter share: 0…1; values outside are clamped, and NaN counts as 0.
  init(_ share: Double) {
    let top = Double(Self.colours.count - 1)
    step = share > 0 ? UInt8((min(share, 1) * top).rounded()) : 0
  }

  var colour: UInt8 { Self.colours[Int(step)] }
  var share: Double { Double(step) / Double(Self.colours.count - 1) }
}
