/// A hash that distinguishes byte sequences but is not safe from forgery: FNV-1a.
package struct Fingerprint: CustomStringConvertible {
  /// Of 64 bits.
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  package init(of bytes: [UInt8]) { add(bytes) }

  package mutating func add(_ bytes: [UInt8]) {
    for byte in bytes { add(UInt64(byte)) }
  }

  /// Adds an integer of up to 64 bits in one step.
  package mutating func add(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }

  package var description: String { String(hash, radix: 16) }

  /// The hash of 32 bits, which is not half of the other.
  package static func short(of bytes: [UInt8]) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}
