/// A hash that distinguishes byte sequences but is not safe from forgery: FNV-1a of 64 bits.
struct Fingerprint: CustomStringConvertible {
  private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  init() {}

  init(of bytes: some Sequence<UInt8>) { add(bytes) }

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { add(UInt64(byte)) }
  }

  /// Adds an integer of up to 64 bits in one step.
  mutating func add(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }

  var description: String { String(hash, radix: 16) }
}
