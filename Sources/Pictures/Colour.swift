/// A colour of the sRGB space, eight bits a channel.
package struct Colour: Sendable, Equatable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// `0xRRGGBB`.
  package init(_ code: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: code >> 16), green: UInt8(truncatingIfNeeded: code >> 8),
      blue: UInt8(truncatingIfNeeded: code))
  }

  /// As CSS writes it: "#rrggbb".
  package var css: String {
    let code = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    // A seventh digit in front keeps the zeros.
    return "#" + String(1 << 24 | code, radix: 16).dropFirst()
  }
}
