/// A key, as far as this program uses it.
package enum Key: Sendable, Equatable {
  case character(Character)
  /// Control and a lower-case letter.
  case control(Character)
  case escape
  case up, down
  /// A key without a meaning here.
  case other
}

/// Turns a terminal's bytes into keys; a pure state machine. A sequence may arrive in any number of pieces.
package struct KeyDecoder: Sendable {
  private enum State: Sendable {
    case ground
    case escape
    /// After ESC [ or ESC O.
    case sequence
    /// Within a character of several bytes.
    case character(bytes: [UInt8], missing: Int)
  }

  private var state = State.ground

  package init() {}

  /// Whether the last byte was an escape: the key itself, or the beginning of a sequence.
  package var isUndecided: Bool {
    if case .escape = state { true } else { false }
  }

  package mutating func push(_ bytes: some Sequence<UInt8>) -> [Key] {
    bytes.compactMap { push($0) }
  }

  /// Nothing more arrived for a while: a lone escape was the key.
  package mutating func flush() -> Key? {
    guard case .escape = state else { return nil }
    state = .ground
    return .escape
  }

  private mutating func push(_ byte: UInt8) -> Key? {
    switch state {
    case .ground: return ground(byte)
    case .escape:
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "O"):
        state = .sequence
        return nil
      case 0x1B: return .escape
      default:
        // Alt and a key.
        state = .ground
        return .other
      }
    case .sequence:
      // Parameters and intermediates, then one final byte.
      if (0x20...0x3F).contains(byte) { return nil }
      state = .ground
      return switch byte {
      case UInt8(ascii: "A"): .up
      case UInt8(ascii: "B"): .down
      default: .other
      }
    case .character(let bytes, let missing):
      guard byte & 0xC0 == 0x80 else {
        state = .ground
        return ground(byte)
      }
      let whole = bytes + [byte]
      guard missing == 1 else {
        state = .character(bytes: whole, missing: missing - 1)
        return nil
      }
      state = .ground
      return String(decoding: whole, as: UTF8.self).first.map(Key.character) ?? .other
    }
  }

  private mutating func ground(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x1B:
      state = .escape
      return nil
    case 0x01...0x1A where byte != 0x09 && byte != 0x0D:
      return .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x20..<0x7F: return .character(Character(Unicode.Scalar(byte)))
    case 0xC2...0xDF: return begin(byte, missing: 1)
    case 0xE0...0xEF: return begin(byte, missing: 2)
    case 0xF0...0xF4: return begin(byte, missing: 3)
    default: return .other
    }
  }

  private mutating func begin(_ byte: UInt8, missing: Int) -> Key? {
    state = .character(bytes: [byte], missing: missing)
    return nil
  }
}
